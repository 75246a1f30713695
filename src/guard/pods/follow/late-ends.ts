import type { Pod } from "#guard/model/account.ts";
import type { Policy, Schedule } from "#guard/model/policy.ts";
import type { Scheduled } from "#guard/model/schedules.ts";
import type { Decision, GuardState } from "#guard/model/state.ts";
import { chain } from "#guard/outbox/chain.ts";
import { notify } from "#guard/outbox/notify.ts";
import { own } from "#guard/own-value.ts";
import { guardedAs } from "#guard/pods/rules/foreign.ts";
import { lateMs, scheduleReason } from "#guard/pods/rules/schedule.ts";
import { namedIn } from "#guard/pods/run/named-in.ts";
import { runNameOf } from "#guard/pods/run/run-name.ts";
import { isProtected } from "#guard/protect.ts";
import { withScheduled } from "./schedules.ts";
import { type Late, lateWords } from "./schedule-words.ts";

/**
 * Passes over what schedules were to end more than an hour ago, where nobody has seen the pods for a while since:
 * the machine slept, the daemon was down, polls failed. What was tried all along goes on. `open` are the pods of a
 * recent poll that run: of others, the end that is owed finds out what became of them.
 */
export function passOverLate(
  before: GuardState,
  open: readonly Pod[],
  policy: Policy,
  nowMs: number,
): Decision {
  const { schedules = [] } = policy.podGuards;
  const rules = schedules
    .filter(({ action }) => action === "stop")
    .map((schedule) => (state: GuardState): Decision => {
      const known = own(state.scheduled ?? {}, schedule.name);
      const late = known === undefined ? [] : lateIn(known, state, policy, nowMs);
      if (known === undefined || late.length === 0) return { state, events: [] };
      const ids = new Set(late.map(({ run }) => run.podId));
      const due = Object.fromEntries(Object.entries(known.due).filter(([id]) => !ids.has(id)));
      const next = withScheduled(state, schedule.name, { ...known, due });
      return passOver(next, schedule, late, open, policy, nowMs);
    });
  return chain(before, ...rules);
}

function lateIn(
  { due }: Scheduled,
  { runs }: GuardState,
  { podGuards: { gapMs } }: Policy,
  nowMs: number,
): readonly Late[] {
  return Object.entries(due).flatMap(([podId, { run: named, ofMs }]) => {
    const run = own(runs, podId);
    if (run?.unsureSinceMs === undefined || runNameOf(run) !== named) return [];
    const unseenMs = nowMs - run.unsureSinceMs;
    return nowMs - ofMs >= lateMs && unseenMs > gapMs ? [{ run, ofMs, unseenMs }] : [];
  });
}

/** Takes back what is owed of those that run, and tells of all that are not known to have stopped. */
function passOver(
  state: GuardState,
  schedule: Schedule,
  late: readonly Late[],
  open: readonly Pod[],
  policy: Policy,
  nowMs: number,
): Decision {
  const ids = new Set(late.map(({ run }) => run.podId));
  const running = new Set(open.flatMap(({ id }) => (ids.has(id) ? [id] : [])));
  const told = late.filter(
    ({ run }) =>
      run.stoppedAtMs === undefined &&
      !isProtected(namedIn(run), policy.protect) &&
      guardedAs(namedIn(run), run, state.leaseBook, policy.podGuards) === "guard",
  );
  const nextMs = own(state.moments?.schedules ?? {}, schedule.name)?.nextMs;
  const reason = scheduleReason(schedule);
  const over = state.owed.filter(
    (each) => each.kind === "end-run" && each.reason === reason && running.has(each.podId),
  );
  const because = "it is more than an hour late by now";
  return chain(
    state,
    (before) => ({
      state: { ...before, owed: before.owed.filter((each) => !over.includes(each)) },
      events: over.map((effect) => ({ kind: "moot", effect, because })),
    }),
    (before) =>
      told.length === 0
        ? { state: before, events: [] }
        : notify(before, policy, lateWords(schedule, told, nextMs, policy, nowMs)),
  );
}
