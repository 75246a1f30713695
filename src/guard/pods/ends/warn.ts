import type { Next, Remedy } from "#guard/model/effect.ts";
import type { Policy } from "#guard/model/policy.ts";
import type { PodRun } from "#guard/model/run.ts";
import type { Decision, GuardState } from "#guard/model/state.ts";
import { howToLift } from "#guard/budgets/check-budgets.ts";
import { chain } from "#guard/outbox/chain.ts";
import { endIncident } from "#guard/outbox/incidents.ts";
import { notify } from "#guard/outbox/notify.ts";
import { rowWords, spanWords } from "#guard/text.ts";
import { announcedAtMs, type Deadline, endsToCome } from "#guard/pods/rules/deadlines.ts";
import {
  byGuard,
  type Case,
  type Cases,
  caseWords,
  endingIn,
  type Guarded,
  listedCases,
  wordFor,
} from "#guard/pods/rules/guarded.ts";
import { withRuns } from "#guard/pods/run/update-runs.ts";

/** A start that becomes known better moves the end by seconds. */
const sameEndMs = 30_000;

/** Warns of each end once, and again when it was put off since, or is to be a worse or another one. */
export function warn(
  state: GuardState,
  guarded: readonly Guarded[],
  policy: Policy,
  nowMs: number,
): Decision {
  const { warnMs } = policy.podGuards;
  if (warnMs === 0) return { state, events: [] };
  const warned: Case[] = [];
  const ending = endingIn(state);
  const runs = guarded.flatMap((each): readonly PodRun[] => {
    const { run, deadlines } = each;
    if (ending.has(run.podId)) return [];
    const ends = endsToCome(deadlines, nowMs);
    const standing = ends.filter((end) => {
      const atMs = announcedAtMs(run, end);
      return !end.isFar && atMs !== undefined && atMs <= nowMs && !isPutOff(run, end);
    });
    const fresh = ends.filter((end) => !end.isFar && end.isKnown && !standing.includes(end));
    if (fresh.length === 0 && standing.length === Object.keys(run.warnedAtMs).length) return [];
    warned.push(...fresh.map((deadline) => ({ ...each, deadline })));
    const marks = [
      ...standing.map(({ guard }) => [guard, run.warnedAtMs[guard]] as const),
      ...fresh.map(({ guard }) => [guard, nowMs] as const),
    ];
    const announced = [
      ...standing.map(({ guard }) => [guard, run.warnedOfMs?.[guard]] as const),
      ...fresh.map(({ guard, atMs }) => [guard, atMs] as const),
    ];
    const actions = [
      ...standing.map(({ guard }) => [guard, run.warnedActions?.[guard]] as const),
      ...fresh.map(({ guard, action }) => [guard, action] as const),
    ].filter(([, action]) => action !== undefined);
    const names = [
      ...standing.map(({ guard }) => [guard, run.warnedNames?.[guard]] as const),
      ...fresh.map(({ guard, of }) => [guard, of] as const),
    ].filter(([, name]) => name !== undefined);
    return [
      {
        ...run,
        warnedAtMs: Object.fromEntries(marks),
        warnedOfMs: Object.fromEntries(announced),
        warnedActions: Object.fromEntries(actions),
        warnedNames: names.length === 0 ? undefined : Object.fromEntries(names),
      },
    ];
  });
  return chain(
    withRuns(state, runs),
    ...byGuard(warned).map((cases) => (before: GuardState) => {
      const [{ deadline }] = cases;
      const leftMs = Math.max(
        warnMs,
        cases.reduce((least, each) => Math.min(least, each.deadline.atMs - nowMs), Infinity),
      );
      const verb = deadline.action === "stop" ? "stopped" : "terminated";
      const when = cases.length === 1 ? "" : ", the first";
      return notify(before, policy, {
        event: "warn",
        name: deadline.guard,
        reason: deadline.reason,
        atMs: nowMs,
        podIds: cases.map(({ pod }) => pod.id),
        incident: endIncident(
          deadline.guard,
          cases.map(({ pod }) => pod.id),
        ),
        because: willBe(cases, `${verb}${when} in ${spanWords(leftMs)}`),
        remedy: howToKeep(cases, policy),
        next: nextOf(cases, warnMs, nowMs),
      });
    }),
  );
}

/** A lease was extended, or a limit raised, while nobody was there to see that the end was far. */
function isPutOff(run: PodRun, { guard, atMs }: Deadline): boolean {
  // Idleness that ends is seen: its end moves all the time.
  if (guard === "idle") return false;
  return atMs - (run.warnedOfMs?.[guard] ?? Infinity) > sameEndMs;
}

/** `pod trainer (p1) has been idle for 15 min and will be stopped in 15 min`. */
function willBe(cases: Cases, ended: string): string {
  const [{ deadline }] = cases;
  return cases.length === 1 && deadline.guard === "idle"
    ? `${caseWords(cases)} and will be ${ended}`
    : `${listedCases(cases)} will be ${ended}: ${deadline.words}`;
}

/** So many are named, the first ones first. */
const mostNext = 5;

/** `stop pod trainer (p1)`, at its time. */
function nextOf(cases: Cases, warnMs: number, nowMs: number): readonly Next[] {
  const ends = cases
    .map(({ pod, deadline }) => ({
      what: `${deadline.action} ${rowWords(pod)}`,
      atMs: Math.max(deadline.atMs, nowMs + warnMs),
    }))
    .toSorted((a, b) => a.atMs - b.atMs);
  const more = ends.length - mostNext;
  const [{ deadline }] = cases;
  return [
    ...ends.slice(0, mostNext),
    ...(more > 0 ? [{ what: `${deadline.action} ${more} more` }] : []),
  ];
}

/** `To keep it: runpodboss touch p1`. */
function howToKeep(cases: Cases, policy: Policy): Remedy {
  const { command } = policy.podGuards;
  const [{ deadline, pod }] = cases;
  const word = wordFor(cases, pod);
  const words = cases.length === 1 ? "To keep it" : "To keep one";
  switch (deadline.guard) {
    case "budget":
      return howToLift(deadline.of, policy);
    case "hard_timeout":
      return { words: `${words}: add it to protect in the config` };
    case "schedule":
      return { words: "To pass over it", command: [command, "skip", deadline.of].join(" ") };
    case "lease":
      return { words, command: `${command} extend ${word} 1` };
    case "idle":
      return { words, command: `${command} touch ${word}` };
  }
}
