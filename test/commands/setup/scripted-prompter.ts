import { AskingEnded, type Prompter } from "#commands/setup/prompter/prompter.ts";

/** What somebody does when asked something that holds these words. */
export type Reply = readonly [question: RegExp, answer: Answer];

type Answer = string | boolean | readonly string[] | Ends | (() => string);
type Ends = { readonly ends: AskingEnded["by"] };

export const ctrlC: Ends = { ends: "interrupted" };
export const hangsUp: Ends = { ends: "gone" };

export interface ScriptedPrompter extends Prompter {
  /** All that was said and asked, in order, and what was found wrong with an answer. */
  readonly heard: readonly string[];
  /** Of the choices, the labels, by question. */
  readonly offered: ReadonlyMap<string, readonly string[]>;
  /** By question, what would be taken on Enter. */
  readonly proposed: ReadonlyMap<string, unknown>;
  /** Replies that nobody asked for. */
  readonly left: () => readonly Reply[];
}

/** Somebody who says these things, each once and in this order; on Enter take what is proposed. */
export function scriptedPrompter(replies: readonly Reply[]): ScriptedPrompter {
  const left = [...replies];
  const heard: string[] = [];
  const offered = new Map<string, readonly string[]>();
  const proposed = new Map<string, unknown>();

  function next(message: string): Exclude<Answer, Ends | (() => string)> {
    heard.push(message);
    const [question, answer] = left.shift() ?? [];
    if (question?.test(message) !== true || answer === undefined) {
      throw new Error(`asked "${message}" and not ${String(question)} after:\n${heard.join("\n")}`);
    }
    if (typeof answer === "function") return answer();
    if (typeof answer === "object" && "ends" in answer) throw new AskingEnded(answer.ends);
    return answer;
  }

  const typed: Prompter["text"] = ({ message, check, initial }) => {
    proposed.set(message, initial);
    for (;;) {
      const reply = next(message);
      const text = reply === true ? (initial ?? "") : String(reply);
      const fault = check?.(text);
      if (fault === undefined) return Promise.resolve(text);
      heard.push(fault);
    }
  };

  return {
    heard,
    offered,
    proposed,
    left: () => left,
    say: (words) => void heard.push(words),
    text: async (question) => typed(question),
    secret: async (question) => typed(question),
    choose: async <Value extends string>({
      message,
      choices,
      initial,
    }: Parameters<Prompter["choose"]>[0]) => {
      offered.set(
        message,
        choices.map(({ label }) => label),
      );
      proposed.set(message, initial ?? choices[0]?.value);
      const reply = next(message);
      const value = reply === true ? (initial ?? choices[0]?.value) : reply;
      if (!choices.some((choice) => choice.value === value)) {
        throw new Error(`${String(value)} is not offered: ${JSON.stringify(choices)}`);
      }
      return value as Value;
    },
    chooseMany: async ({ message, choices, initial }) => {
      offered.set(
        message,
        choices.map(({ label }) => label),
      );
      proposed.set(message, initial);
      const reply = next(message);
      return reply === true ? initial : (reply as readonly string[]);
    },
    confirm: async ({ message, initial }) => {
      proposed.set(message, initial);
      return next(message) as boolean;
    },
    close: () => undefined,
  };
}
