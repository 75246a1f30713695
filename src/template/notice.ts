import type { Notify } from "#guard/model/effect.ts";
import { minuteMs } from "#guard/model/time.ts";
import { fixed, messageWords, spanWords } from "#guard/text.ts";
import { render, type Values } from "./render.ts";

/** From then on a notification says when it happened. */
const oldMs = 5 * minuteMs;

/**
 * A notification in one line: `warning: balance $9.82 is below $10.00`. One that comes late says so:
 * `… (at 2026-11-26 03:12, 2 h 5 min ago)`.
 */
export function messageOf(
  { event, name, because, atMs }: Pick<Notify, "event" | "name" | "because" | "atMs">,
  nowMs: number,
): string {
  const message = messageWords(event, name, because);
  if (atMs === undefined || nowMs - atMs < oldMs) return message;
  return `${message} (at ${dateAndTime(atMs)}, ${spanWords(nowMs - atMs)} ago)`;
}

/** `2026-11-26 03:12`, in the time zone of this machine. */
function dateAndTime(atMs: number): string {
  const date = new Date(atMs);
  const two = (n: number) => String(n).padStart(2, "0");
  const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join("-");
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}`;
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
  notice: Pick<Notify, "event" | "name" | "balanceUsd">,
  values: Omit<Values, "name" | "message"> & { readonly message: string },
): readonly string[] {
  const { message } = values;
  const hasMessage = command.some((argument) => argument.includes("{message}"));
  const name = notice.event === "trip" || hasMessage ? notice.name : message;
  const rendered = command.map((argument) => render(argument, { ...values, name }));
  const argv = rendered.map(({ text }) => text);
  return rendered.some(({ filled }) => filled > 0)
    ? argv
    : [...argv, name, balanceWords(notice.balanceUsd)];
}
