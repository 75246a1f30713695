import type { Pod } from "#guard/model/account.ts";
import type { Part } from "#guard/model/holdings.ts";
import { hourMs } from "#guard/model/time.ts";
import { inPeriodWords, spentOfWords } from "#guard/budgets/words.ts";
import { perHour, podWords, rowWords, spanWords, usd } from "#guard/text.ts";
import type { Brief } from "./brief.ts";
import { dayWords, otherDay, timeWords } from "./calendar.ts";
import type { Ends } from "./ends.ts";
import type { Spent } from "./spent.ts";

/** So many of what there may be many of are named. */
const mostNamed = 3;
/** A line of a phone, a few times over. */
const longestLine = 220;

/** What a brief says below its title: at most 14 lines, what is cut off last first. */
export function briefLines(brief: Brief): readonly string[] {
  return [
    spentLine(brief),
    ...balanceLines(brief),
    ...notEndedLine(brief),
    endsLine(brief.ends),
    runningLine(brief.running),
    besidesLine(brief.besides),
    ...budgetsLine(brief),
    ...schedulesLine(brief),
    ...nextLine(brief),
    ...troubleLines(brief),
  ].map(cut);
}

/** `Brief of Fri 27 Nov`. */
export function briefTitle({ day }: Pick<Brief, "day">): string {
  return `Brief of ${dayWords(day)}`;
}

function spentLine({ day, yesterday, today }: Brief): string {
  const date = dayWords(otherDay(day, -1));
  if (yesterday.kind === "unread")
    return `Spent yesterday (${date}): unknown (${yesterday.because})`;
  const so = today.kind === "unread" || today.value.usd === undefined ? [] : [today.value];
  return [
    `Spent yesterday (${date}): ${spentWords(yesterday.value)}`,
    ...so.map((value) => `today so far: ${spentWords(value)}`),
  ].join("; ");
}

function spentWords({ usd: amount, toppedUpUsd, unseenMs }: Spent): string {
  const paid = toppedUpUsd > 0 ? [`${usd(toppedUpUsd)} paid in`] : [];
  if (amount === undefined) return "unknown, as nobody looked";
  const unseen = unseenMs > 0 ? [`nobody looked for ${spanWords(unseenMs)}`] : [];
  const beside = [...paid, ...unseen];
  const known = `${unseenMs > 0 ? "at least " : ""}${usd(amount)}`;
  return beside.length === 0 ? known : `${known} (${beside.join(", ")})`;
}

function balanceLines(brief: Brief): readonly string[] {
  const { balanceUsd, burnPerHrUsd, blind, nowMs, podsBlindSinceMs } = brief;
  if (blind !== undefined || balanceUsd === undefined) {
    const { sinceMs = nowMs, lastBalanceUsd } = blind ?? {};
    const last = lastBalanceUsd === undefined ? "" : `; it was ${usd(lastBalanceUsd)}`;
    const since = nowMs > sinceMs ? `blind for ${spanWords(nowMs - sinceMs)}` : "the poll failed";
    return [`Balance: unknown, ${since}${last}`];
  }
  const burn = burnPerHrUsd === undefined ? "burn unknown" : `burning ${perHour(burnPerHrUsd)}`;
  return [
    `Balance: ${usd(balanceUsd)}, ${burn}`,
    `Hours left: ${leftWords(brief)}`,
    ...(podsBlindSinceMs === undefined
      ? []
      : [`Not all pods have been seen for ${spanWords(nowMs - podsBlindSinceMs)}`]),
  ];
}

/** Too far away for an hour to mean anything. */
const farHours = 1_000;

function leftWords({ hoursLeft, isBurnAddedUp, nowMs, timeZone }: Brief): string {
  if (hoursLeft === undefined) return "unknown";
  if (hoursLeft === Infinity) {
    return `unlimited, ${isBurnAddedUp ? "no pod" : "nothing"} is burning`;
  }
  if (hoursLeft === 0) return "none, the balance is used up";
  const atMs = nowMs + hoursLeft * hourMs;
  const hours = hoursLeft.toFixed(1);
  if (hoursLeft > farHours) return hours;
  return `${hours}, until about ${timeWords(atMs, nowMs, timeZone)}`;
}

function endsLine(ends: Part<Ends>): string {
  const what = "Stopped in the last 24 h";
  if (ends.kind === "unread") return `${what}: unknown (${ends.because})`;
  const { byGuard, others, savedUsd, savedUnknown } = ends.value;
  const otherwise = others === 0 ? [] : [`${others} ended otherwise`];
  if (byGuard.length === 0) return `${what}: ${["nothing by the guard", ...otherwise].join("; ")}`;
  const named = listed(
    byGuard.map(({ id, name, reason }) => `${podWords({ id, name })} ${reasonWords(reason)}`),
  );
  const known = byGuard.length > savedUnknown;
  const saved = known ? `saved at most about ${usd(savedUsd)}` : "what it saved is unknown";
  return `${what}: ${[named, saved, ...otherwise].join("; ")}`;
}

/** `idle 30m`, `lease expired`. */
function reasonWords(reason: string): string {
  return `(${reason.replaceAll("_", " ")})`;
}

function notEndedLine({ notEnded }: Brief): readonly string[] {
  if (notEnded.length === 0) return [];
  const named = notEnded.map(({ podId: id, name, tries }) => {
    const count = tries === 1 ? "1 try" : `${tries} tries`;
    return `${podWords({ id, name })}, ${count}`;
  });
  return [`COULD NOT BE STOPPED so far: ${listed(named)}`];
}

function runningLine(running: readonly Pod[] | undefined): string {
  if (running === undefined) return "Running: unknown";
  if (running.length === 0) return "Running: no pod";
  const known = running.flatMap(({ costPerHrUsd }) => costPerHrUsd ?? []);
  const total = known.reduce((sum, cost) => sum + cost, 0);
  const clusters = running.filter(({ cluster }) => cluster !== undefined).length;
  const count = [
    ...counted(running.length - clusters, "pod"),
    ...counted(clusters, "cluster"),
  ].join(" and ");
  const cost = known.length === 0 ? "cost unknown" : perHour(total);
  const least = known.length > 0 && known.length < running.length ? "at least " : "";
  const named = listed(
    running.map((pod) => {
      const rate = pod.costPerHrUsd === undefined ? "cost unknown" : perHour(pod.costPerHrUsd);
      return `${pod.cluster === undefined ? podWords(pod) : rowWords(pod)} ${rate}`;
    }),
  );
  return `Running: ${count}, ${least}${cost}: ${named}`;
}

function besidesLine(besides: Part<string | undefined>): string {
  if (besides.kind === "unread") return `Beside them: unknown (${besides.because})`;
  return besides.value === undefined
    ? "Beside them: nothing bills"
    : `Beside them: ${besides.value}`;
}

function budgetsLine({ ahead, nowMs, timeZone }: Brief): readonly string[] {
  if (ahead.budgets.length === 0) return [];
  // What is used up, or nearly, is named first.
  const named = ahead.budgets
    .toSorted((a, b) => b.share - a.share)
    .map((standing) => {
      const { budget, period, share, trippedAtMs, reachedAtMs, frozenUntilMs } = standing;
      if (period === undefined) return `${budget.name} is not counted yet`;
      const spent = `${budget.name} ${spentOfWords(standing)} ${inPeriodWords(budget)} (${Math.floor(share * 100)} %)`;
      if (period.unfrozenAtMs !== undefined) return `${spent} used up, and lifted`;
      if (trippedAtMs !== undefined) {
        return `${spent} USED UP${frozenUntilMs === undefined ? "" : " and FROZEN"}`;
      }
      const isSoon = reachedAtMs !== undefined;
      return isSoon ? `${spent}, reached ${timeWords(reachedAtMs, nowMs, timeZone)}` : spent;
    });
  return [`Budgets: ${listed(named)}`];
}

function schedulesLine({ ahead, nowMs, timeZone }: Brief): readonly string[] {
  const coming = ahead.schedules
    .filter((each) => each.nextMs !== undefined)
    .toSorted((a, b) => (a.nextMs ?? 0) - (b.nextMs ?? 0));
  if (coming.length === 0) return [];
  const named = coming.map(({ schedule, nextMs = 0, isSkipped }) => {
    const when = timeWords(nextMs, nowMs, timeZone);
    const does = schedule.action === "stop" ? "stops" : "tells of";
    if (isSkipped === true) return `${when} ${schedule.name} is passed over`;
    const unless = isSkipped === undefined ? " (it may be passed over, that cannot be read)" : "";
    return `${when} ${schedule.name} ${does} ${schedule.pods.join(", ")}${unless}`;
  });
  return [`Schedules: ${listed(named)}`];
}

function nextLine({ next, nowMs, timeZone }: Brief): readonly string[] {
  if (next.length === 0) return [];
  const named = next.map(
    ({ id, name, guard, atMs }) =>
      `${timeWords(atMs, nowMs, timeZone)} ${podWords({ id, name })} (${guard.replace("_", " ")})`,
  );
  return [`Ends to come today: ${listed(named)}`];
}

function troubleLines({ troubles }: Brief): readonly string[] {
  const most = 2;
  const more = troubles.length - most;
  return [
    ...troubles.slice(0, most).map((each) => `Trouble: ${each}`),
    ...(more > 0 ? [`and ${more} more troubles: run runpodboss status`] : []),
  ];
}

function counted(count: number, noun: string): readonly string[] {
  return count === 0 ? [] : [`${count} ${noun}${count === 1 ? "" : "s"}`];
}

function listed(words: readonly string[]): string {
  const more = words.length - mostNamed;
  return [...words.slice(0, mostNamed), ...(more > 0 ? [`and ${more} more`] : [])].join(", ");
}

/** What is told of a trouble may be what a program printed, over many lines. */
function cut(text: string): string {
  const line = text.replaceAll(/\s*[\r\n]+\s*/g, " ");
  const letters = Array.from(line);
  return letters.length <= longestLine ? line : `${letters.slice(0, longestLine - 1).join("")}…`;
}
