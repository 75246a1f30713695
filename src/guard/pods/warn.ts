import type { Policy } from "#guard/model/policy.ts";
import type { PodRun } from "#guard/model/run.ts";
import type { Decision, GuardState } from "#guard/model/state.ts";
import { chain } from "#guard/outbox/chain.ts";
import { notify } from "#guard/outbox/notify.ts";
import { spanWords } from "#guard/text.ts";
import { endsToCome } from "./deadlines.ts";
import {
  byGuard,
  type Case,
  type Cases,
  endingIn,
  type Guarded,
  listedCases,
  wordFor,
} from "./guarded.ts";
import { withRuns } from "./update-runs.ts";

/** Announces each end once, and anew when it has been put off meanwhile. */
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
    const standing = ends.filter(({ guard, isFar }) => {
      const atMs = run.warnedAtMs[guard];
      return !isFar && atMs !== undefined && atMs <= nowMs;
    });
    const fresh = ends.filter((end) => !end.isFar && end.isKnown && !standing.includes(end));
    if (fresh.length === 0 && standing.length === Object.keys(run.warnedAtMs).length) return [];
    warned.push(...fresh.map((deadline) => ({ ...each, deadline })));
    const marks = [
      ...standing.map(({ guard }) => [guard, run.warnedAtMs[guard]] as const),
      ...fresh.map(({ guard }) => [guard, nowMs] as const),
    ];
    return [{ ...run, warnedAtMs: Object.fromEntries(marks) }];
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
        because: `${listedCases(cases)} will be ${verb}${when} in ${spanWords(leftMs)}: ${deadline.words}; ${howToKeep(cases, policy)}`,
      });
    }),
  );
}

/** `to keep it: runpodboss touch p1`. */
function howToKeep(cases: Cases, { podGuards: { command } }: Policy): string {
  const [{ deadline, pod }] = cases;
  const word = wordFor(cases, pod);
  switch (deadline.guard) {
    case "hard_timeout":
      return "nothing but protect in the config keeps it";
    case "lease":
      return `to keep it: ${command} extend ${word} 1`;
    case "idle":
      return `to keep it: ${command} touch ${word}`;
  }
}
