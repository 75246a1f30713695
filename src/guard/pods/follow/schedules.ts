import type { Pod } from "#guard/model/account.ts";
import type { Policy, Schedule } from "#guard/model/policy.ts";
import type { PodRun } from "#guard/model/run.ts";
import type { Scheduled } from "#guard/model/schedules.ts";
import type { ScheduleMoments } from "#guard/model/spend.ts";
import type { Decision, GuardState } from "#guard/model/state.ts";
import { dayMs, minuteMs } from "#guard/model/time.ts";
import { chain } from "#guard/outbox/chain.ts";
import { notify, type Words } from "#guard/outbox/notify.ts";
import { own } from "#guard/own-value.ts";
import { isGuardFor } from "#guard/protect.ts";
import { guardedAs } from "#guard/pods/rules/foreign.ts";
import { isPassedOver, lateMs, passedMs, skippedIn, wasThere } from "#guard/pods/rules/schedule.ts";
import { runNameOf } from "#guard/pods/run/run-name.ts";
import { leftWords, missedWords, skippedEvent, stillRunWords } from "./schedule-words.ts";

/** Those that were dealt with longer ago, or so many more, the calendar tells of no more. */
const keptMs = 8 * dayMs;
const mostDealt = 100;

/** The load of a pod, and with it its start, is known by then, if it ever is. */
const unknownPatienceMs = 10 * minuteMs;

/**
 * Deals with the moments of schedules that have come, each once: the runs that were there before are held to
 * it, and no other ever is. `open` are the pods of a recent poll that run and are not protected; undefined:
 * there was none, and a moment waits for one.
 */
export function followSchedules(
  before: GuardState,
  open: readonly Pod[] | undefined,
  policy: Policy,
  nowMs: number,
): Decision {
  const { schedules = [] } = policy.podGuards;
  return chain(
    withoutOthers(before, schedules),
    ...schedules.map((schedule) => (state: GuardState): Decision => {
      const tells = state.moments && own(state.moments.schedules, schedule.name);
      // Unknown, it neither comes nor passes.
      if (tells === undefined) return { state, events: [] };
      return followOne({ state, schedule, tells, open, policy, nowMs });
    }),
  );
}

interface Now {
  readonly state: GuardState;
  readonly schedule: Schedule;
  readonly tells: ScheduleMoments;
  readonly open: readonly Pod[] | undefined;
  readonly policy: Policy;
  readonly nowMs: number;
}

/** What is known of the schedule after a step, and what is to be said. */
interface Step {
  readonly known: Scheduled;
  readonly words?: Words;
  readonly isSkipped?: true;
}

function followOne(now: Now): Decision {
  const { state, schedule, policy } = now;
  const before = own(state.scheduled ?? {}, schedule.name);
  const taken = takeMoment(begun(before, now), now);
  const left = letGo(taken.known, now);
  const held = holdRuns(left.known, now);
  const told = sayUnknown(held.known, now);
  const next = told.known === before ? state : withScheduled(state, schedule.name, told.known);
  const steps: readonly Step[] = [taken, left, held, told];
  return chain(
    next,
    (known) => ({
      state: known,
      events: steps.some(({ isSkipped }) => isSkipped) ? [skippedEvent(schedule)] : [],
    }),
    ...steps.flatMap(({ words }) =>
      words === undefined ? [] : [(known: GuardState) => notify(known, policy, words)],
    ),
  );
}

/** The clock was set back: what was started since a moment may seem to have been there before it. */
export function closeMoments(state: GuardState): GuardState {
  const { scheduled = {} } = state;
  return Object.entries(scheduled).reduce(
    (now, [name, known]) =>
      known.openMs === undefined ? now : withScheduled(now, name, { ...known, openMs: undefined }),
    state,
  );
}

/** What left the config is forgotten: if it comes back, it begins anew. */
function withoutOthers(state: GuardState, schedules: readonly Schedule[]): GuardState {
  const { scheduled } = state;
  if (scheduled === undefined) return state;
  const kept = Object.entries(scheduled).filter(([known]) =>
    schedules.some(({ name }) => name === known),
  );
  if (kept.length === Object.keys(scheduled).length) return state;
  return { ...state, scheduled: kept.length === 0 ? undefined : Object.fromEntries(kept) };
}

/** A schedule that is new, or another one under its name, acts from its next moment on. */
function begun(before: Scheduled | undefined, { schedule, tells, nowMs }: Now): Scheduled {
  const rule = `${schedule.action} ${tells.rule}`;
  return before?.rule === rule ? before : { rule, sinceMs: nowMs, dealtMs: [], due: {} };
}

/** A moment that has come is opened, or passed over as it was skipped or nobody could look in time. */
function takeMoment(known: Scheduled, { state, schedule, tells, open, nowMs }: Now): Step {
  const ms = passedMs(tells, nowMs);
  // A poll may be older than what the calendar told since: by it, the moment is still to come.
  if (ms === undefined || ms > nowMs) return { known };
  if (ms <= known.sinceMs || known.dealtMs.includes(ms)) return { known };
  if (skippedIn(state.leaseBook, schedule.name) === ms) {
    return { known: withDealt(known, ms), isSkipped: true };
  }
  if (nowMs - ms >= lateMs) {
    return { known: withDealt(known, ms), words: missedWords(schedule, ms, tells, nowMs) };
  }
  // It may be skipped in what cannot be read.
  const isBookKnown = state.leaseBook !== undefined && state.leaseBook !== "unknown";
  if (open === undefined || !isBookKnown) return { known };
  const opened = { ...known, openMs: ms, openedAtMs: nowMs, isUnknownTold: undefined };
  return { known: withDealt(opened, ms) };
}

/** A person has passed over a moment that had come: whom it held to it, it holds no more. */
function letGo(known: Scheduled, { state, schedule }: Now): Step {
  const isOver = (ms: number): boolean => isPassedOver(ms, schedule.name, known, state.leaseBook);
  const kept = Object.entries(known.due).filter(([, { ofMs }]) => !isOver(ofMs));
  const isOpenOver = known.openMs !== undefined && isOver(known.openMs);
  if (!isOpenOver && kept.length === Object.keys(known.due).length) return { known };
  const openMs = isOpenOver ? undefined : known.openMs;
  return { known: { ...known, openMs, due: Object.fromEntries(kept) }, isSkipped: true };
}

/** While a moment is open, the runs that were there before it are held to it; a run that is over is held no more. */
function holdRuns(known: Scheduled, now: Now): Step {
  const { state, schedule, policy, nowMs } = now;
  const openMs = isOpenAt(known, nowMs) ? known.openMs : undefined;
  const kept = Object.entries(known.due).filter(([podId, { run }]) => isStill(state, podId, run));
  const isSame = openMs === known.openMs && kept.length === Object.keys(known.due).length;
  const held = new Set(kept.map(([podId]) => podId));
  const fresh = openMs === undefined ? [] : placesOf(now, openMs, "before");
  const added = fresh.filter(({ pod }) => !held.has(pod.id));
  if (isSame && added.length === 0) return { known };
  const due = Object.fromEntries([
    ...kept,
    ...added.map(({ pod, run, ofMs }) => [pod.id, { run: runNameOf(run), ofMs }] as const),
  ]);
  const next = { ...known, openMs, due };
  if (schedule.action !== "notify" || added.length === 0) return { known: next };
  const pods = added.map(({ pod }) => pod);
  return { known: next, words: stillRunWords(schedule, pods, policy, nowMs) };
}

/** Of a pod that may have been started since, nothing is done, and people are told. */
function sayUnknown(known: Scheduled, now: Now): Step {
  const { schedule, policy, nowMs } = now;
  const { openMs, openedAtMs, isUnknownTold } = known;
  if (openMs === undefined || openedAtMs === undefined || isUnknownTold === true) return { known };
  const pods = placesOf(now, openMs, "unknown")
    .filter(({ run }) => nowMs - Math.max(openedAtMs, run.firstSeenAtMs) >= unknownPatienceMs)
    .map(({ pod }) => pod);
  if (pods.length === 0) return { known };
  return {
    known: { ...known, isUnknownTold: true },
    words: leftWords(schedule, pods, openMs, policy, nowMs),
  };
}

/** By a clock that has gone back since, it is still to come. */
function isOpenAt({ openMs }: Scheduled, nowMs: number): boolean {
  return openMs !== undefined && nowMs >= openMs && nowMs - openMs < lateMs;
}

function isStill({ runs }: GuardState, podId: string, name: string): boolean {
  const run = own(runs, podId);
  return run !== undefined && runNameOf(run) === name;
}

interface Place {
  readonly pod: Pod;
  readonly run: PodRun;
  readonly ofMs: number;
}

/** The pods that the schedule is for, and their runs that stand so to this moment. */
function placesOf(
  { state: { runs, leaseBook }, schedule, open = [], policy: { podGuards } }: Now,
  ofMs: number,
  when: ReturnType<typeof wasThere>,
): readonly Place[] {
  return open.flatMap((pod) => {
    const run = own(runs, pod.id);
    if (run === undefined || !isGuardFor(pod, schedule)) return [];
    const as = guardedAs(pod, run, leaseBook, podGuards);
    if (as === "ignore" || as === "unknown") return [];
    return wasThere(run, ofMs) === when ? [{ pod, run, ofMs }] : [];
  });
}

function withDealt(known: Scheduled, ms: number): Scheduled {
  const dealtMs = [...known.dealtMs.filter((each) => Math.abs(ms - each) < keptMs), ms];
  return { ...known, dealtMs: dealtMs.slice(-mostDealt) };
}

export function withScheduled(state: GuardState, name: string, known: Scheduled): GuardState {
  return {
    ...state,
    scheduled: Object.fromEntries([...Object.entries(state.scheduled ?? {}), [name, known]]),
  };
}
