import { identityOf } from "../effects/process-identity.ts";
import { UserError } from "../errors.ts";
import type { GuardState, Lease, LeaseGuard, Pod, PodRun } from "../guard/model.ts";
import { plainNumber, usd } from "../guard/money.ts";
import { own } from "../guard/own.ts";
import { isAmong, isProtected } from "../guard/protect.ts";
import { deadlinesOf, isEnding } from "../guard/rules/deadlines.ts";
import { extended, granted, withSaid } from "../guard/rules/lease.ts";
import { isRunning } from "../guard/running.ts";
import { spanWords } from "../guard/span.ts";
import { leaseFileOf } from "../store/beside.ts";
import { createLeaseFile } from "../store/lease-file.ts";
import { choosePod, podWords } from "./choose-pod.ts";
import type { Context, GlobalOptions } from "./context.ts";
import { hoursIn, whatRemains } from "./hours.ts";
import { factsNow, knownRunOf } from "./known-run.ts";
import { localTime } from "./local-time.ts";
import { record } from "./record.ts";
import { seenSituation, type SeenSituation } from "./seen-situation.ts";
import { savedState } from "./situation.ts";
import { warn } from "./warn.ts";

const hourMs = 3_600_000;

/** `lease` gives a pod time from now, `extend` adds to the time that it has. */
type Wish = "lease" | "extend";

/** Gives a pod a lease, or more of it, within the cap; or refuses and writes nothing. */
export async function lease(
  wish: Wish,
  word: string,
  hours: string,
  options: GlobalOptions,
  context: Context,
): Promise<void> {
  const forMs = hoursIn(hours);
  const situation = await seenSituation(options, context);
  const { settings } = situation;
  const pod = choosePod(word, situation.look);
  const guard = leaseGuardOf(pod, situation);
  const run = runOf(pod, situation);
  refuseOnceEnding(pod, run, situation.saved);

  const book = await createLeaseFile(leaseFileOf(settings.stateFile), identityOf).change(
    async (before) => {
      // It may have begun while we waited for our turn.
      refuseOnceEnding(pod, run, await savedState(settings.stateFile));
      const nowMs = Date.now();
      const current = withSaid(run, before, nowMs);
      const endsAtMs = endOf(wish, pod, current, guard, forMs, nowMs);
      const givenAtMs = Math.max(nowMs, current.lease?.givenAtMs ?? 0);
      return { ...before, leases: { ...before.leases, [pod.id]: { endsAtMs, givenAtMs } } };
    },
  );
  const given = own(book.leases, pod.id);
  if (given === undefined) throw new Error("the lease that was given is not in the book");

  const atMs = Date.now();
  const added = `${wish === "lease" ? "given" : "extended by"} ${spanWords(forMs)}`;
  const facts = { run: factsNow(pod, situation, atMs), endsAtMs: given.endsAtMs };
  await record({ type: wish, atMs, because: added, ...facts }, settings, context);
  say({ ...run, lease: given }, given, { pod, guard, situation, atMs }, context);
}

function leaseGuardOf(pod: Pod, { policy, settings }: SeenSituation): LeaseGuard {
  const { lease: guard } = policy.podGuards;
  const words = podWords(pod);
  if (guard === undefined) {
    throw new UserError(`${words}: the config has no lease guard, so nothing would end it.`, {
      hint: `Add guards.lease to ${settings.configPath}.`,
    });
  }
  if (!isAmong(pod, guard.pods)) {
    throw new UserError(
      `${words} is none of the pods that guards.lease is for, so nothing would end it.`,
      { hint: `Add it to guards.lease.pods in ${settings.configPath}.` },
    );
  }
  if (isProtected(pod, policy.protect)) {
    throw new UserError(`${words} is protected, so nothing would end it.`, {
      hint: `Take it out of protect in ${settings.configPath} first.`,
    });
  }
  return guard;
}

function runOf(pod: Pod, situation: SeenSituation): PodRun {
  const words = podWords(pod);
  if (!isRunning(pod)) {
    throw new UserError(`${words} does not run (${pod.status}): a lease is for a run.`, {
      hint: "Start it first.",
    });
  }
  if (situation.book === "unknown") {
    throw new UserError(`${words}: what leases there are cannot be read, so none is given.`, {
      hint: situation.troubles.join("\n"),
    });
  }
  const run = knownRunOf(pod.id, situation);
  if (run === undefined) {
    throw new UserError(`${words}: when it was started is not known, so neither is its cap.`, {
      hint: "Try again in a minute, with runpodboss watch running.",
    });
  }
  return run;
}

/** What is being stopped gets no more time; an end of an earlier run says nothing of this one. */
function refuseOnceEnding(pod: Pod, run: PodRun, saved: GuardState): void {
  const savedRun = own(saved.runs, pod.id) ?? run;
  const isOfThisRun = savedRun.firstSeenAtMs === run.firstSeenAtMs;
  const ending = saved.owed.find(
    (effect) =>
      (effect.kind === "end-pod" || (effect.kind === "end-run" && isOfThisRun)) &&
      effect.podId === pod.id,
  );
  if (ending === undefined) return;
  throw new UserError(`${podWords(pod)}: the stop has begun (${ending.because}).`, {
    hint: "It gets no more time; once it is stopped it can be started again.",
  });
}

function endOf(
  wish: Wish,
  pod: Pod,
  run: PodRun,
  guard: LeaseGuard,
  forMs: number,
  nowMs: number,
): number {
  const words = podWords(pod);
  const found = (wish === "lease" ? granted : extended)(run, guard, forMs, nowMs);
  switch (found.kind) {
    case "no-lease":
      throw new UserError(`${words} has no lease that could be extended.`, {
        hint: `Give it one: runpodboss lease POD ${plainNumber(forMs / hourMs)}`,
      });
    case "over-cap":
      throw overCap(words, run, guard, found.remainsMs);
    case "granted":
      if (found.endsAtMs > nowMs) return found.endsAtMs;
      throw new UserError(
        `${words}: its lease ended so long ago that it would be over all the same, since ${localTime(found.endsAtMs)}.`,
        { hint: "Give it time from now: runpodboss lease POD HOURS" },
      );
  }
}

function overCap(
  words: string,
  { startedAtMs }: PodRun,
  { maxMs }: LeaseGuard,
  remainsMs: number,
): UserError {
  const cap = `max_hours is ${plainNumber(maxMs / hourMs)}, from its start at ${localTime(startedAtMs)}`;
  const left = whatRemains(remainsMs);
  return left === undefined
    ? new UserError(`${words}: no more time at all: ${cap}.`)
    : new UserError(`${words}: ${spanWords(left.ms)} more at most (${left.hours} hours): ${cap}.`);
}

interface Given {
  readonly pod: Pod;
  readonly guard: LeaseGuard;
  readonly situation: SeenSituation;
  readonly atMs: number;
}

function say(
  run: PodRun,
  { endsAtMs }: Lease,
  { pod, guard, situation, atMs }: Given,
  context: Context,
): void {
  const { policy, state, guardPid } = situation;
  const leftMs = endsAtMs - atMs;
  const { costPerHrUsd } = pod;
  const cost =
    costPerHrUsd === undefined
      ? "what it costs until then is unknown"
      : `until then it costs ${usd((costPerHrUsd * leftMs) / hourMs, 2)} at ${usd(costPerHrUsd)}/hr`;
  const more = whatRemains(run.startedAtMs + guard.maxMs - endsAtMs);
  context.print(
    `${podWords(pod)}: its lease ends at ${localTime(endsAtMs)}, in ${spanWords(leftMs)}; then ${actionWords(guard)}`,
  );
  context.print(cost);
  context.print(
    more === undefined ? "no more time after that" : `${spanWords(more.ms)} more at most`,
  );
  const hardTimeout = deadlinesOf(run, pod, state, policy, atMs).find(
    (each) => each.guard === "hard_timeout" && isEnding(each) && each.atMs < endsAtMs,
  );
  if (hardTimeout !== undefined) {
    warn(`its hard timeout ends it before that, at ${localTime(hardTimeout.atMs)}`, context);
  }
  if (guardPid === undefined) {
    warn(`no guard is watching, so nothing ends it: ${policy.podGuards.command} watch`, context);
  }
}

function actionWords({ action }: LeaseGuard): string {
  switch (action) {
    case "stop":
      return "it is stopped";
    case "terminate":
      return "it is terminated";
    case "notify":
      return "people are told, and it runs on";
    case "agent":
      return "the agent is called";
  }
}
