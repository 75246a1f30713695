import type { Notify } from "#guard/model/effect.ts";
import { minuteMs } from "#guard/model/time.ts";
import { messageWords, spanWords } from "#guard/text.ts";
import { cut, mostInArgument } from "./fit.ts";
import { render, type Values } from "./render.ts";
import { balanceWords } from "./variables.ts";

/** No receiver takes more, and it has to fit into an argument. */
const longestBytes = 4_000;

/** What all arguments hold together, with the environment beside them. */
const mostInAll = 400_000;

/** From then on a notification says when it happened: it may be over by now. */
const oldMs = 5 * minuteMs;

/**
 * A notification in one line: `warning: balance $9.82 is below $10.00`. One that comes late says so:
 * `… (at 2026-11-26 03:12, 2 h 5 min ago)`.
 */
export function messageOf(
  notice: Pick<Notify, "event" | "name" | "because" | "atMs" | "remedy">,
  nowMs: number,
): string {
  const { atMs } = notice;
  const message = cut(messageWords(notice), longestBytes);
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

/**
 * The argv of a notify command. Arguments with placeholders are filled in, each with as many pods as it has
 * room for; if none has one, the name and the balance are appended. The name is that of a trip's
 * threshold. Of any other event it is the whole message, unless the command has `{message}`.
 */
export function noticeArgv(
  command: readonly string[],
  notice: Pick<Notify, "event" | "name" | "balanceUsd">,
  values: Omit<Values, "name" | "message" | "podsJson"> & { readonly message: string },
  podsFor: (mostBytes: number) => string,
): readonly string[] {
  const { message } = values;
  const hasMessage = command.some((argument) => /\{message(?:_json)?\}/.test(argument));
  const name = notice.event === "trip" || hasMessage ? notice.name : message;
  const holders = command.filter((argument) => argument.includes("{pods_json}")).length;
  const mostBytes = Math.min(mostInArgument, Math.floor(mostInAll / Math.max(1, holders)));
  const all = { ...values, name, podsJson: "", isArgument: true };
  const rendered = command.map((argument) => {
    const places = argument.split("{pods_json}").length - 1;
    const bare = render(argument, all);
    if (places === 0) return bare;
    const room = mostBytes - Buffer.byteLength(bare.text);
    return render(argument, { ...all, podsJson: podsFor(Math.floor(room / places)) });
  });
  const argv = rendered.map(({ text }) => cut(text, mostInArgument));
  return rendered.some(({ filled }) => filled > 0)
    ? argv
    : [...argv, name, balanceWords(notice.balanceUsd)];
}
