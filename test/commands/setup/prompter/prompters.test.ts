import { stripVTControlCharacters } from "node:util";
import { describe, expect, it } from "vitest";
import { clackPrompter } from "#commands/setup/prompter/clack-prompter.ts";
import { plainPrompter } from "#commands/setup/prompter/plain-prompter.ts";
import { AskingEnded, type Prompter } from "#commands/setup/prompter/prompter.ts";
import { unattended } from "#commands/setup/prompter/unattended.ts";
import { UserError } from "#errors.ts";
import { widthOf } from "#terminal/text-width.ts";
import { createFakeTerminal, type FakeTerminal } from "../../../terminal/fake-terminal.ts";

const enter = "\r";
const down = "\u001b[B";
const option = "--x";
const choices = [
  { value: "a", label: "First" },
  { value: "b", label: "Second", hint: "the other" },
];

/** A terminal that knows what size it has, as clack asks for. */
function terminalOf(columns = 80): FakeTerminal {
  const terminal = createFakeTerminal({ columns });
  const noSize = { on: () => undefined, off: () => undefined, rows: 24 };
  Object.assign(terminal.stdout, noSize);
  return terminal;
}

/** Types this as soon as something was asked. */
async function typing<Answer>(
  terminal: FakeTerminal,
  ask: () => Promise<Answer>,
  ...pieces: readonly string[]
): Promise<Answer> {
  const answer = ask();
  answer.catch(() => undefined);
  for (const piece of pieces) {
    await new Promise((resolve) => setImmediate(resolve));
    terminal.keys.write(piece);
  }
  return answer;
}

const kinds: readonly (readonly [string, (prompter: Prompter) => Promise<unknown>])[] = [
  ["a line", (prompter) => prompter.text({ message: "Which?", option })],
  ["a secret", (prompter) => prompter.secret({ message: "Which?", option })],
  ["a choice", (prompter) => prompter.choose({ message: "Which?", option, choices })],
  [
    "a choice of many",
    (prompter) => prompter.chooseMany({ message: "Which?", option, choices, initial: [] }),
  ],
  ["a yes or no", (prompter) => prompter.confirm({ message: "Which?", option, initial: true })],
];

const both = [
  ["with a cursor", clackPrompter, (text: string) => `${text}${enter}`],
  ["line by line", plainPrompter, (text: string) => `${text}\n`],
] as const;

describe.each(both)("somebody at a terminal, %s", (_sentence, prompterOn, line) => {
  it.each(kinds)("leaves %s when the terminal hangs up", async (_kind, ask) => {
    let hangUp = (): void => undefined;
    const terminal = { ...terminalOf(), onHangup: (listener: () => void) => (hangUp = listener) };
    const prompter = prompterOn(terminal);

    const asked = ask(prompter);
    hangUp();

    await expect(asked).rejects.toMatchObject({ by: "gone" });
    await expect(ask(prompter)).rejects.toBeInstanceOf(AskingEnded);
  });

  it.each(kinds)("leaves %s by Ctrl-C", async (_kind, ask) => {
    const terminal = terminalOf();
    const prompter = prompterOn(terminal);

    // Line by line it is the terminal that makes a signal of it, but for a secret.
    const interrupts = async (): Promise<unknown> => {
      const asked = ask(prompter);
      asked.catch(() => undefined);
      await new Promise((resolve) => setImmediate(resolve));
      if (prompterOn === plainPrompter && _kind !== "a secret") terminal.interrupt();
      else terminal.keys.write("\u0003");
      return asked;
    };

    await expect(interrupts()).rejects.toEqual(new AskingEnded("interrupted"));
    expect(terminal.modes.at(-1) ?? false).toBe(false);
  });

  it.each(kinds)("leaves %s by SIGTERM", async (_kind, ask) => {
    const terminal = terminalOf();
    const asked = ask(prompterOn(terminal));
    terminal.interrupt();

    await expect(asked).rejects.toMatchObject({ by: "interrupted" });
    await expect(ask(prompterOn(terminal))).rejects.toMatchObject({ by: "interrupted" });
  });

  it.each(kinds)("leaves %s by going away, and every later one", async (_kind, ask) => {
    const terminal = terminalOf();
    const prompter = prompterOn(terminal);
    const asked = ask(prompter);
    terminal.keys.end();

    await expect(asked).rejects.toMatchObject({ by: "gone" });
    await expect(ask(prompter)).rejects.toMatchObject({ by: "gone" });
  });

  it("a terminal that fails is one that has gone", async () => {
    const terminal = terminalOf();
    const asked = prompterOn(terminal).text({ message: "Which?", option });
    terminal.keys.destroy(new Error("read EIO"));

    await expect(asked).rejects.toMatchObject({ by: "gone" });
  });

  it("a line that is wrong is asked for again, and comes without the spaces around it", async () => {
    const terminal = terminalOf();
    const prompter = prompterOn(terminal);
    const check = (text: string) => (text === "right" ? undefined : "Not that one.");

    const ask = () => prompter.text({ message: "Which?", option, check });
    // The line is still there where it can be edited.
    const again = prompterOn === clackPrompter ? "\u0015 right " : " right ";
    const answer = await typing(terminal, ask, line("wrong"), line(again));

    expect(answer).toBe("right");
    expect(stripVTControlCharacters(terminal.asked())).toContain("Not that one.");
  });

  it("Enter takes what is proposed", async () => {
    const terminal = terminalOf();
    const prompter = prompterOn(terminal);

    const text = () => prompter.text({ message: "Which?", option, initial: "10, 2" });
    const choose = () => prompter.choose({ message: "Which?", option, choices, initial: "b" });
    const many = () => prompter.chooseMany({ message: "Which?", option, choices, initial: ["b"] });
    const confirm = () => prompter.confirm({ message: "Which?", option, initial: false });

    expect(await typing(terminal, text, line(""))).toBe("10, 2");
    expect(await typing(terminal, choose, line(""))).toBe("b");
    expect(await typing(terminal, many, line(""))).toEqual(["b"]);
    expect(await typing(terminal, confirm, line(""))).toBe(false);
    prompter.close();
  });

  it("a secret is never shown", async () => {
    const terminal = terminalOf();
    const ask = () => prompterOn(terminal).secret({ message: "Your key:", option });

    expect(await typing(terminal, ask, line("rpa_geheim"))).toBe("rpa_geheim");
    expect(terminal.asked()).not.toMatch(/g|rpa_/u);
    expect(terminal.modes).toContain(true);
    expect(terminal.modes.at(-1)).toBe(false);
  });

  it.each([80, 60, 40])("names of pods do nothing to a terminal of %i columns", async (columns) => {
    const terminal = terminalOf(columns);
    const evil = `\u001b[2J\u202e\u0007\r\n${"very-long-".repeat(20)}`;
    const prompter = prompterOn(terminal);
    prompter.say(`Protected: ${evil}`, "warning");
    const ask = () =>
      prompter.chooseMany({
        message: "Which pods?",
        option,
        choices: [{ value: "p1", label: evil, hint: evil.slice(0, 20) }],
        initial: [],
      });

    await typing(terminal, ask, line(""));

    const shown = terminal.asked();
    expect(shown).not.toContain("\u001b[2J");
    expect(shown).not.toContain("\u202e");
    expect(shown).not.toContain("\u0007");
  });
});

describe("with a cursor", () => {
  it("arrows move, a lone Escape does nothing, and a name is cut to the width", async () => {
    const terminal = terminalOf(40);
    const long = `${"a".repeat(70)}-end`;
    const prompter = clackPrompter(terminal);
    const ask = () =>
      prompter.choose({
        message: "Which?",
        option,
        choices: [...choices, { value: "c", label: long }],
      });

    expect(await typing(terminal, ask, "\u001b", "", down, down, enter)).toBe("c");
    expect(stripVTControlCharacters(terminal.asked())).not.toContain("-end");
    expect(
      stripVTControlCharacters(terminal.asked())
        .split("\n")
        .every((row) => widthOf(row) <= 40),
    ).toBe(true);
  });

  it("of 200 pods those around the cursor are shown", async () => {
    const terminal = terminalOf();
    const many = Array.from({ length: 200 }, (_, n) => ({ value: `p${n}`, label: `pod-${n}.` }));
    const prompter = clackPrompter(terminal);
    const ask = () =>
      prompter.chooseMany({ message: "Which?", option, choices: many, initial: ["p150"] });

    const answer = await typing(terminal, ask, "\u001b[A", " ", enter);

    expect(answer).toEqual(["p150", "p199"]);
    expect(terminal.asked()).toContain("pod-199.");
    expect(terminal.asked()).not.toContain("pod-100.");
  });

  it("Ctrl-D leaves, as the end of the input does", async () => {
    const terminal = terminalOf();
    const asked = typing(
      terminal,
      () => clackPrompter(terminal).confirm({ message: "Which?", option, initial: true }),
      "\u0004",
    );

    await expect(asked).rejects.toMatchObject({ by: "gone" });
  });

  it("an Enter while nothing was asked answers nothing", async () => {
    const terminal = terminalOf();
    const prompter = clackPrompter(terminal);
    terminal.keys.write("\n\n");
    const ask = () => prompter.confirm({ message: "Which?", option, initial: true });

    expect(await typing(terminal, ask, enter)).toBe(true);
  });

  it("an earlier question does not draw itself again when a later one is interrupted", async () => {
    const terminal = terminalOf();
    const prompter = clackPrompter(terminal);
    await typing(terminal, () => prompter.text({ message: "First?", option }), enter);
    const before = terminal.asked().length;
    const asked = prompter.text({ message: "Second?", option });
    terminal.interrupt();
    await asked.catch(() => undefined);

    expect(terminal.asked().slice(before)).not.toContain("First?");
  });

  it("a terminal that says nothing of its size has 80 columns", async () => {
    const terminal = terminalOf(0);
    clackPrompter(terminal).say("word ".repeat(40));

    expect(
      stripVTControlCharacters(terminal.asked())
        .split("\n")
        .map((row) => widthOf(row)),
    ).toContain(77);
  });
});

describe("line by line", () => {
  it("a number that is not on the list is asked for again", async () => {
    const terminal = terminalOf();
    const prompter = plainPrompter(terminal);
    const choose = () => prompter.choose({ message: "Which?", option, choices });
    const many = () => prompter.chooseMany({ message: "Which?", option, choices, initial: ["a"] });

    expect(await typing(terminal, choose, "3\n", "x\n", "2\n")).toBe("b");
    expect(await typing(terminal, many, "1 9\n", "2, 1\n")).toEqual(["b", "a"]);
    expect(await typing(terminal, many, "none\n")).toEqual([]);
    expect(terminal.asked()).toContain("Type a number from 1 to 2.");
  });

  it("what is typed ahead answers the next question", async () => {
    const terminal = terminalOf();
    const prompter = plainPrompter(terminal);
    terminal.keys.write("one\ntwo\n");

    expect(await prompter.text({ message: "First?", option })).toBe("one");
    expect(await prompter.text({ message: "Second?", option })).toBe("two");
  });

  it("a backspace in a secret takes the last key back", async () => {
    const terminal = terminalOf();
    const ask = () => plainPrompter(terminal).secret({ message: "Key:", option });

    expect(await typing(terminal, ask, "abd\u007fc\n")).toBe("abc");
  });
});

it("nobody to ask: every question names the option that answers it", async () => {
  const heard: string[] = [];
  const prompter = unattended((words) => void heard.push(words));
  prompter.say("Wrote it");

  for (const [, ask] of kinds) {
    await expect(ask(prompter)).rejects.toEqual(
      new UserError("Nobody can be asked here: Which?", {
        hint: "Give it as an option: --x. Nothing was written.",
      }),
    );
  }
  expect(heard).toEqual(["Wrote it"]);
});
