import { describe, expect, it } from "vitest";
import { UserError } from "#errors.ts";
import { errorOf, resultOf } from "#mcp/result.ts";
import { createRedactor } from "#redact.ts";
import { GivenUp } from "#within-limit.ts";

function deps() {
  const said: string[] = [];
  return {
    said,
    configPath: "/srv/guard.json",
    redact: createRedactor(["a-secret-of-ours"]),
    say: (line: string) => said.push(line),
  };
}

describe("what a tool did not do", () => {
  it.each([
    [
      "a refusal, with the tool to call",
      new UserError("No quote.", { hint: "Ask for another: runpodboss estimate" }),
      "No quote.\nAsk for another: the tool estimate",
    ],
    [
      "a refusal, with what only a person can do, and what they type for this very config",
      new UserError("No lease.", { hint: "Give it one: runpodboss lease POD 1" }),
      "No lease.\nWhat only the person you work for can do:\nGive it one: runpodboss -c /srv/guard.json lease POD 1",
    ],
    [
      "an option by the name that it has here",
      new UserError("--volume must be a whole number."),
      "volume_gb must be a whole number.",
    ],
    ["a refusal without a hint", new UserError("No."), "No."],
    [
      "what was given up may still be done",
      new GivenUp("not done after 90 s"),
      "Not waited for any longer: not done after 90 s. What was begun may still be done.\nLook with status before anything is tried again.",
    ],
    ["a secret is none", new UserError("key a-secret-of-ours \u001b[2J"), "key [redacted] [2J"],
  ])("%s", (_sentence, error, text) => {
    const { said, ...given } = deps();

    expect(errorOf(error, given)).toEqual({ content: [{ type: "text", text }], isError: true });
    expect(said).toEqual([]);
  });

  it("a bug of ours is told as one, and where it was is said on standard error", () => {
    const { said, ...given } = deps();

    const { content, isError } = errorOf(new TypeError("x is no function"), given);

    expect(isError).toBe(true);
    expect(content).toEqual([
      {
        type: "text",
        text: "This is a bug in runpodboss: x is no function\nWhat was begun may have been done: look with status, and tell the person you work for.",
      },
    ]);
    expect(said).toEqual([
      expect.stringMatching(/^This is a bug in runpodboss: TypeError: x .*\n/),
    ]);
  });
});

describe("what a tool came to", () => {
  it("has its data beside the words, and neither holds a secret, nor what hides one", () => {
    const { said, ...given } = deps();
    const data = { name: "a-secret-of-ours", hidden: "a\u202eb" };

    expect(resultOf({ words: ["one", "a-secret-of-ours"], data }, given)).toEqual({
      content: [{ type: "text", text: "one\n[redacted]" }],
      structuredContent: { name: "[redacted]", hidden: "ab" },
    });
    expect(said).toEqual([]);
  });

  it("tells of warnings and troubles with the tools to call; what else is there stays as it is", () => {
    const warning = "nothing stops it: runpodboss stop p1";
    const name = "runpodboss stop p1";
    const words = [name, `Warning: ${warning}`];

    const { said, ...given } = deps();
    const data = { name, warnings: [warning], troubles: [warning] };

    const told = "nothing stops it: the tool stop (pod: p1)";
    expect(resultOf({ words, data }, given)).toEqual({
      content: [{ type: "text", text: `${name}\nWarning: ${told}` }],
      structuredContent: { name, warnings: [told], troubles: [told] },
    });
    expect(said).toEqual([]);
  });

  it("says first what is wrong with it, and then all that is known", () => {
    const fault = new UserError("The account cannot be seen.", { hint: "Try again." });

    expect(resultOf({ data: { balance_usd: null }, fault }, deps())).toEqual({
      content: [
        { type: "text", text: 'The account cannot be seen.\nTry again.\n{"balance_usd":null}' },
      ],
      structuredContent: { balance_usd: null },
      isError: true,
    });
  });
});
