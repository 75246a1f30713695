import { describe, expect, it } from "vitest";
import { completionOf } from "#commands/completion/words.ts";
import type { Context } from "#terminal/context.ts";
import { createProgram } from "#program.ts";

const program = createProgram({} as Context, () => undefined);
for (const name of ["stop", "lease"]) {
  if (!program.commands.some((each) => each.name() === name)) program.command(name);
}
const none = { kind: "words", words: [] };
const pods = { kind: "pods", named: [] };
const files = { kind: "files" };

function wanted(...words: readonly string[]) {
  return completionOf(words, program).wanted;
}

describe("what is wanted", () => {
  it.each<[string, readonly string[], object]>([
    ["a pod to stop", ["stop", ""], pods],
    ["another pod to stop", ["stop", "p1", ""], { kind: "pods", named: ["p1"] }],
    ["a pod behind an option", ["stop", "--verbose", "p"], pods],
    ["a pod behind a dash-dash", ["stop", "--", "-"], pods],
    ["a pod to give a lease", ["lease", ""], pods],
    ["the hours of a lease", ["lease", "p1", ""], none],
    ["a threshold", ["drill", "--no-agent", ""], { kind: "thresholds", named: [] }],
    ["a schedule", ["skip", ""], { kind: "schedules", named: [] }],
    ["nothing behind a schedule", ["skip", "evening", ""], none],
    ["a budget", ["unfreeze", ""], { kind: "budgets", named: [] }],
    ["nothing behind a budget", ["unfreeze", "daily", ""], none],
    ["a channel", ["notify", "test", ""], { kind: "channels", named: [] }],
    [
      "another channel",
      ["notify", "test", "ntfy", "--json", ""],
      { kind: "channels", named: ["ntfy"] },
    ],
    [
      "nothing behind test alone",
      ["test", ""],
      { kind: "words", words: expect.arrayContaining(["notify"]) },
    ],
    ["a shell", ["completion", ""], { kind: "words", words: ["bash", "zsh", "fish"] }],
    ["nothing behind a shell", ["completion", "bash", ""], none],
    ["the pod of a history", ["history", "--pod", "p"], pods],
    ["the pod of a history, joined on", ["history", "--pod=p"], pods],
    ["the pod of a history, taken apart by bash", ["history", "--pod", "=", "p"], pods],
    ["nothing yet of it, taken apart by bash", ["history", "--pod", "="], pods],
    ["a config", ["-c", ""], files],
    ["a config behind the command", ["status", "--config", "c"], files],
    ["an account", ["--account", ""], { kind: "accounts", named: [] }],
    ["an account, joined on", ["status", "--account=l"], { kind: "accounts", named: [] }],
    ["a place to write to", ["init", "--output", ""], files],
    ["a cloud", ["gpus", "--cloud", ""], { kind: "words", words: ["secure", "community"] }],
    ["nothing for a number of hours", ["history", "--hours", ""], none],
    ["nothing behind a word that is no command", ["status", ""], none],
  ])("%s", (_sentence, words, found) => {
    expect(wanted(...words)).toEqual(found);
  });

  it("is a command at first, and none that is hidden", () => {
    const { words } = wanted("") as { words: readonly string[] };

    expect(words).toEqual(expect.arrayContaining(["status", "history", "watch", "help"]));
    expect(words).not.toContain("complete");
  });

  it("is a command of its group behind that", () => {
    expect(wanted("notify", "")).toEqual({ kind: "words", words: ["test", "help"] });
  });

  it("is an option of the command or of all commands after a dash", () => {
    const { words } = wanted("history", "--") as { words: readonly string[] };

    expect(words).toEqual(expect.arrayContaining(["--hours", "--pod", "--config", "--help"]));
    expect(words).not.toContain("--watch");
  });
});

describe("the word", () => {
  it.each<[string, readonly string[], string, string]>([
    ["as it stands", ["stop", "p"], "p", ""],
    ["empty", ["stop", ""], "", ""],
    ["behind its option", ["history", "--pod=p"], "p", "--pod="],
    ["taken apart by bash", ["history", "--pod", "="], "", ""],
    ["of nothing at all", [], "", ""],
  ])("%s", (_sentence, words, typed, before) => {
    expect(completionOf(words, program)).toMatchObject({ typed, before });
  });

  it.each<[readonly string[], string | undefined]>([
    [["stop", ""], undefined],
    [["-c", "a.json", "stop", ""], "a.json"],
    [["stop", "--config=a.json", ""], "a.json"],
    [["stop", "--config", "=", "a.json", ""], "a.json"],
    [["stop", "--", "-c", "a.json", ""], undefined],
  ])("%j has the config %s", (words, config) => {
    expect(completionOf(words, program).config).toBe(config);
  });

  it.each<[readonly string[], string | undefined]>([
    [["stop", ""], undefined],
    [["--account", "lab", "stop", ""], "lab"],
    [["stop", "--account=lab", ""], "lab"],
  ])("%j has the account %s", (words, account) => {
    expect(completionOf(words, program).account).toBe(account);
  });
});
