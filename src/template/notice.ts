import type { Notify } from "#guard/model/effect.ts";
import { fixed, messageWords } from "#guard/text.ts";
import { render, type Values } from "./render.ts";

/** A notification in one line: `warning: balance $9.82 is below $10.00`. */
export function messageOf({
  event,
  name,
  because,
}: Pick<Notify, "event" | "name" | "because">): string {
  return messageWords(event, name, because);
}

/** A balance for programs: four decimals, or `unknown`. */
export function balanceWords(balanceUsd: number | undefined): string {
  return balanceUsd === undefined ? "unknown" : fixed(balanceUsd, 4);
}

/**
 * The argv of a notify command. Arguments with placeholders are filled in; if none has one, the
 * name and the balance are appended. The name is that of a trip's threshold. Of any other event it is
 * the whole message, unless the command has `{message}`.
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
