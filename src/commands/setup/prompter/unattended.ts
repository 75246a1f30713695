import { UserError } from "#errors.ts";
import type { Prompter, Question } from "./prompter.ts";

/** Nobody to ask: says what it would say to somebody, and refuses every question with the option that answers it. */
export function unattended(print: (words: string) => void): Prompter {
  const refuse = ({ message, option }: Question): Promise<never> =>
    Promise.reject(
      new UserError(`Nobody can be asked here: ${message}`, {
        hint: `Give it as an option: ${option}. Nothing was written.`,
      }),
    );
  return {
    say: (words) => print(words),
    text: refuse,
    secret: refuse,
    choose: refuse,
    chooseMany: refuse,
    confirm: refuse,
    close: () => undefined,
  };
}
