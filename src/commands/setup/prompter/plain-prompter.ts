import { oneLine, printable } from "#control-characters.ts";
import type { Context } from "#terminal/context.ts";
import { columnsOf, wrappedText } from "#terminal/wrap.ts";
import { typedLines } from "./typed-lines.ts";
import type { Choice, Prompter } from "./prompter.ts";

/** Questions in lines that follow each other: for a terminal that cannot move its cursor, or is read aloud. */
export function plainPrompter(
  context: Pick<Context, "stdin" | "stdout" | "interrupted" | "onHangup" | "screen">,
): Prompter {
  const { stdout } = context;
  const lines = typedLines(context);
  const print = (text: string): void =>
    void stdout.write(`${wrappedText(printable(text), columnsOf(context))}\n`);

  async function ask(
    message: string,
    check: ((text: string) => string | undefined) | undefined,
    isHidden = false,
  ): Promise<string> {
    for (;;) {
      stdout.write(`${printable(message)} `);
      const answer = (await lines.next(isHidden)).trim();
      const fault = check?.(answer);
      if (fault === undefined) return answer;
      print(fault);
    }
  }

  function list(choices: readonly Choice<string>[]): void {
    for (const [n, { label, hint }] of choices.entries()) {
      print(`  ${n + 1}. ${oneLine(label)}${hint === undefined ? "" : ` (${oneLine(hint)})`}`);
    }
  }

  const numberFault = (text: string, choices: readonly unknown[]): string | undefined =>
    /^\d+$/.test(text) && Number(text) >= 1 && Number(text) <= choices.length
      ? undefined
      : `Type a number from 1 to ${choices.length}.`;

  return {
    say: (words, kind = "plain") =>
      print(kind === "warning" ? `Note: ${words}` : kind === "bad" ? `FAILED: ${words}` : words),
    text: async ({ message, initial = "", check }) => {
      const orInitial = (text: string): string => (text === "" ? initial : text);
      const shown = initial === "" ? message : `${message} [${initial}]`;
      return orInitial(await ask(shown, (text) => check?.(orInitial(text))));
    },
    secret: ({ message, check }) => ask(message, check, true),
    choose: async <Value extends string>({
      message,
      choices,
      initial,
    }: Parameters<Prompter["choose"]>[0]) => {
      print(message);
      list(choices);
      const at = Math.max(
        0,
        choices.findIndex(({ value }) => value === initial),
      );
      const answer = await ask(`Number [${at + 1}]`, (text) =>
        text === "" ? undefined : numberFault(text, choices),
      );
      const found = choices[answer === "" ? at : Number(answer) - 1];
      return found?.value as Value;
    },
    chooseMany: async ({ message, choices, initial }) => {
      print(message);
      list(choices);
      const numbers = choices.flatMap(({ value }, n) => (initial.includes(value) ? [n + 1] : []));
      const now = numbers.length === 0 ? "none" : numbers.join(" ");
      const wordsOf = (text: string) => text.split(/[\s,]+/).filter((word) => word !== "");
      const answer = await ask(`Numbers, a space between, or "none" [${now}]`, (text) =>
        text === "none"
          ? undefined
          : wordsOf(text).flatMap((word) => numberFault(word, choices) ?? [])[0],
      );
      if (answer === "") return initial;
      if (answer === "none") return [];
      return wordsOf(answer).flatMap((word) => choices[Number(word) - 1]?.value ?? []);
    },
    confirm: async ({ message, initial }) => {
      const answer = await ask(`${message} [${initial ? "Y/n" : "y/N"}]`, (text) =>
        /^(y|yes|n|no|)$/i.test(text) ? undefined : "Type y or n.",
      );
      return answer === "" ? initial : /^y/i.test(answer);
    },
    close: () => lines.close(),
  };
}
