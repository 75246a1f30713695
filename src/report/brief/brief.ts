import type { ScheduleSettings } from "#config/settings.ts";
import { isRunning, type Pod, type Seen } from "#guard/model/account.ts";
import { isEnd } from "#guard/model/effect.ts";
import type { Part } from "#guard/model/holdings.ts";
import type { Policy } from "#guard/model/policy.ts";
import type { LeaseBook } from "#guard/model/run.ts";
import type { GuardState } from "#guard/model/state.ts";
import { dayMs, hourMs, minuteMs } from "#guard/model/time.ts";
import type { BalanceSample } from "#ports.ts";
import { hoursLeft } from "#guard/account/lines/line.ts";
import { aheadOfNow, type AheadReport } from "#report/ahead/ahead.ts";
import { podReport } from "#report/pod.ts";
import { dayOf, otherDay, startOfDay, type Zone } from "./calendar.ts";
import type { Ends } from "./ends.ts";
import { spentIn, type Spent } from "./spent.ts";

export interface BriefSources {
  readonly nowMs: number;
  readonly timeZone: Zone;
  /** The account as it is now; undefined: it is not seen. */
  readonly look: Seen | undefined;
  readonly policy: Policy;
  readonly runs: GuardState["runs"];
  readonly book: LeaseBook | "unknown" | undefined;
  readonly saved: GuardState;
  /** What the calendar says now; undefined: it could not be asked. */
  readonly moments: GuardState["moments"];
  readonly schedules: readonly ScheduleSettings[];
  /** From the last one before yesterday on. */
  readonly samples: Part<readonly BalanceSample[]>;
  /** Of the last day and night. */
  readonly ends: Part<Ends>;
  /** What bills beside the pods that run, in short words; undefined: nothing was found. */
  readonly besides: Part<string | undefined>;
  /** What does not work, in words, beside what the guard has saved of it. */
  readonly troubles: readonly string[];
}

/** A day of the account, in short. */
export interface Brief {
  readonly nowMs: number;
  readonly timeZone: Zone;
  readonly day: string;
  readonly yesterday: Part<Spent>;
  readonly today: Part<Spent>;
  /** Undefined: the account is not seen. */
  readonly balanceUsd: number | undefined;
  readonly burnPerHrUsd: number | undefined;
  /** The burn is that of the pods: what else burns is unknown. */
  readonly isBurnAddedUp: boolean;
  /** Infinity when nothing burns; undefined: unknown. */
  readonly hoursLeft: number | undefined;
  /** Since when the account is not seen, and what it was then. */
  readonly blind:
    { readonly sinceMs: number; readonly lastBalanceUsd: number | undefined } | undefined;
  /** Since when not all pods are seen. */
  readonly podsBlindSinceMs: number | undefined;
  readonly ends: Part<Ends>;
  /** Whose end is owed and has failed so far. */
  readonly notEnded: readonly NotEnded[];
  /** The most expensive first; undefined: unknown. */
  readonly running: readonly Pod[] | undefined;
  readonly besides: Part<string | undefined>;
  /** Ends to come until the day is over, the first first. */
  readonly next: readonly NextEnd[];
  /** What is spent of each budget, and when each schedule comes. */
  readonly ahead: AheadReport;
  readonly troubles: readonly string[];
}

interface NotEnded {
  readonly podId: string;
  readonly name: string;
  readonly tries: number;
}

interface NextEnd {
  readonly id: string;
  readonly name: string;
  readonly guard: string;
  readonly atMs: number;
}

/** Of the balances that are kept one a minute; those of slow polls are as far apart as these. */
const leastGapMs = 15 * minuteMs;

export function briefOf(sources: BriefSources): Brief {
  const { nowMs, timeZone, look, saved, samples } = sources;
  const day = dayOf(nowMs, timeZone);
  const todayMs = startOfDay(day, timeZone);
  const yesterdayMs = startOfDay(otherDay(day, -1), timeZone);
  const gapMs = Math.max(leastGapMs, sources.policy.podGuards.gapMs);
  const spent = (fromMs: number, toMs: number): Part<Spent> =>
    samples.kind === "unread"
      ? samples
      : {
          kind: "read",
          value: spentIn([...samples.value, ...(look === undefined ? [] : [look])], {
            fromMs,
            toMs,
            gapMs,
          }),
        };
  const { blind, podsBlind } = saved;
  return {
    nowMs,
    timeZone,
    day,
    yesterday: spent(yesterdayMs, todayMs),
    today: spent(todayMs, nowMs),
    balanceUsd: look?.balanceUsd,
    burnPerHrUsd: look?.burnPerHrUsd,
    isBurnAddedUp: look?.isBurnAddedUp === true,
    hoursLeft: look && hoursLeft(look),
    blind:
      look === undefined
        ? { sinceMs: blind?.sinceMs ?? nowMs, lastBalanceUsd: blind?.lastBalanceUsd }
        : undefined,
    podsBlindSinceMs: look === undefined ? undefined : podsBlind?.sinceMs,
    ends: sources.ends,
    notEnded: saved.owed.flatMap((each) =>
      isEnd(each) && each.tries > 0
        ? [{ podId: each.podId, name: nameOf(each.podId, sources), tries: each.tries }]
        : [],
    ),
    running: runningIn(look),
    besides: sources.besides,
    next: nextEnds(sources, startOfDay(otherDay(day, 1), timeZone)),
    ahead: aheadOfNow({ ...sources, book: sources.book ?? "unknown" }),
    troubles: [
      ...Object.entries(saved.troubles ?? {}).map(([what, { because }]) => `${what}: ${because}`),
      ...sources.troubles,
    ],
  };
}

/** How far back what is stopped is told of. */
export const endsForMs = dayMs;

/** From when on balances are needed: those of yesterday, and the last before. */
export function samplesFromMs(nowMs: number, timeZone: Zone): number {
  return startOfDay(otherDay(dayOf(nowMs, timeZone), -1), timeZone) - hourMs;
}

function nameOf(podId: string, { look, runs }: BriefSources): string {
  const pods = look === undefined || look.pods === "unknown" ? [] : look.pods;
  return pods.find(({ id }) => id === podId)?.name ?? runs[podId]?.name ?? "";
}

function runningIn(look: Seen | undefined): readonly Pod[] | undefined {
  if (look === undefined || look.pods === "unknown") return undefined;
  return look.pods
    .filter(isRunning)
    .toSorted((a, b) => (b.costPerHrUsd ?? Infinity) - (a.costPerHrUsd ?? Infinity));
}

function nextEnds(sources: BriefSources, untilMs: number): readonly NextEnd[] {
  const { look, policy, runs, book, saved, moments, nowMs } = sources;
  if (look === undefined || look.pods === "unknown") return [];
  return look.pods
    .flatMap((pod) => {
      const { id, name, end } = podReport(pod, {
        policy,
        runs,
        book,
        saved,
        moments,
        samples: [],
        atMs: nowMs,
      });
      return typeof end === "string" || end.atMs >= untilMs
        ? []
        : [{ id, name, guard: end.guard, atMs: Math.max(nowMs, end.atMs) }];
    })
    .toSorted((a, b) => a.atMs - b.atMs);
}
