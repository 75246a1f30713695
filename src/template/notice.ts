import type { Notify } from "#guard/model/effect.ts";
import { fixed } from "#guard/text.ts";
import { render, type Values } from "./render.ts";

/** A notice in one line: `warning: balance $9.8234 is below $10.00`. */
export function messageOf({ name, because }: Pick<Notify, "name" | "because">): string {
  return `${name}: ${because}`;
}

/** A balance for people and programs: four decimals, or that it is not known. */
export function balanceWords(balanceUsd: number | undefined): string {
  return balanceUsd === undefined ? "unknown" : fixed(balanceUsd, 4);
}

/**
 * The argv of a notify command. Arguments with placeholders are filled in; if none has one, the
 * name and the balance are appended. A trip is named by its threshold. Any other notice is words,
 * which take the place of `{message}` or, where the command has none, that of the name.
 */
export function noticeArgv(
  command: readonly string[],
  notice: Pick<Notify, "event" | "name" | "because" | "balanceUsd">,
  values: Omit<Values, "name" | "message">,
): readonly string[] {
  const message = messageOf(notice);
  const hasMessage = command.some((argument) => argument.includes("{message}"));
  const name = notice.event === "trip" || hasMessage ? notice.name : message;
  const rendered = command.map((argument) => render(argument, { ...values, name, message }));
  const argv = rendered.map(({ text }) => text);
  return rendered.some(({ filled }) => filled > 0)
    ? argv
    : [...argv, name, balanceWords(notice.balanceUsd)];
}
