import { describe, expect, it } from "vitest";
import { commandWarnings } from "#commands/check/command-words.ts";

function warned(...command: readonly string[]): readonly string[] {
  return commandWarnings({ where: "extra_notify_command", command });
}

describe("curl that calls an error page a success is told", () => {
  it.each<[string, readonly string[]]>([
    ["without options", ["curl", "https://ntfy.sh/x"]],
    ["with others", ["curl", "-sS", "-d", "{message}", "https://ntfy.sh/x"]],
    ["with a value that has an f in it", ["curl", "-Hf: on", "https://ntfy.sh/x"]],
    ["with a file of that name", ["curl", "-of", "https://ntfy.sh/x"]],
    ["by its path", ["/usr/bin/curl", "https://ntfy.sh/x"]],
    ["behind timeout", ["timeout", "9", "curl", "https://ntfy.sh/x"]],
    ["in a shell's script", ["sh", "-c", 'curl -d "$RUNPODBOSS_MESSAGE" https://ntfy.sh/x']],
  ])("%s", (_sentence, command) => {
    expect(warned(...command)).toEqual([
      "extra_notify_command: curl without --fail calls an error page a success; add --fail",
    ]);
  });

  it.each<[string, readonly string[]]>([
    ["--fail", ["curl", "--fail", "https://ntfy.sh/x"]],
    ["--fail-with-body", ["curl", "--fail-with-body", "https://ntfy.sh/x"]],
    ["-f", ["curl", "-f", "https://ntfy.sh/x"]],
    ["-f among others", ["curl", "-fsS", "https://ntfy.sh/x"]],
    ["-f behind others", ["curl", "-sSf", "https://ntfy.sh/x"]],
    ["-f in a shell's script", ["sh", "-c", "curl -fsS https://ntfy.sh/x"]],
    ["no curl at all", ["ntfy", "publish", "x", "curl is down"]],
  ])("and not with %s", (_sentence, command) => {
    expect(warned(...command)).toEqual([]);
  });
});

describe("what only a shell would fill in is told", () => {
  it.each<[string, string, RegExp]>([
    ["~ at the start", "~/notify.sh", /"~\/notify\.sh" is passed as it stands, as ~ is a shell's/],
    ["~ as the value of an option", "--config=~/ntfy.yml", /"--config=~\/ntfy\.yml" is passed/],
    ["~ behind curl's @", "@~/message", /"@~\/message" is passed/],
    [
      "the home folder",
      "$HOME/notify.sh",
      /"\$HOME\/notify\.sh" is passed as it stands, as no shell/,
    ],
    ["our own variable", "$RUNPODBOSS_MESSAGE", /use a placeholder/],
    ["one in braces", "x ${RUNPODBOSS_POD_ID} y", /use a placeholder/],
  ])("%s", (_sentence, argument, words) => {
    expect(warned("notify", argument)).toEqual([expect.stringMatching(words)]);
  });

  it.each<[string, readonly string[]]>([
    ["in a shell's script", ["bash", "-c", 'x "$RUNPODBOSS_MESSAGE" $HOME']],
    ["for the program itself, which is expanded", ["~/notify.sh"]],
    ["for a ~ elsewhere", ["notify", "about ~/x", "~", "a~/b"]],
    ["for money", ["notify", "${balance} of $10 left, $9.4995"]],
  ])("and nothing is said %s", (_sentence, command) => {
    expect(warned(...command)).toEqual([]);
  });
});
