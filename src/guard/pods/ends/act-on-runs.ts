import { unknownWords } from "#guard/account/may-end.ts";
import type { CallPodAgent } from "#guard/model/effect.ts";
import type { Policy } from "#guard/model/policy.ts";
import type { PodRun } from "#guard/model/run.ts";
import type { Decision, GuardState } from "#guard/model/state.ts";
import { hourMs } from "#guard/model/time.ts";
import { chain } from "#guard/outbox/chain.ts";
import { isDueAgain, notify } from "#guard/outbox/notify.ts";
import { perHour } from "#guard/text.ts";
import { byGuard, type Case, caseWords, type Guarded, wordFor } from "#guard/pods/rules/guarded.ts";
import { withRuns } from "#guard/pods/run/update-runs.ts";

/** A guard whose action is "notify" notifies at once, and every hour while it lasts. */
export function tell(
  state: GuardState,
  guarded: readonly Guarded[],
  policy: Policy,
  nowMs: number,
): Decision {
  const isAgain = (toldAtMs: number | undefined) => isDueAgain(toldAtMs, nowMs, hourMs);
  const { marked, cases } = act(state, guarded, "notify", isAgain, nowMs);
  return chain(
    marked,
    ...byGuard(cases).map((each) => (before: GuardState) => {
      const [{ deadline, pod }] = each;
      return notify(before, policy, {
        event: deadline.guard,
        name: deadline.guard,
        topic: `tell:${deadline.guard}:${each.map((one) => one.pod.id).join()}`,
        atMs: nowMs,
        podIds: each.map((one) => one.pod.id),
        because: `${caseWords(each)}, ${burnWords(each)}`,
        remedy: {
          words: each.length === 1 ? "To stop it" : "To stop one",
          command: `${policy.podGuards.command} stop ${wordFor(each, pod)}`,
        },
      });
    }),
  );
}

/** An agent is called once, and again only after the pod was active or got more time. */
export function callAgents(
  state: GuardState,
  guarded: readonly Guarded[],
  nowMs: number,
): Decision {
  const isAgain = (calledAtMs: number | undefined) => calledAtMs === undefined;
  // It is called to end the pod, and of this one nobody knows whether it may.
  const known = guarded.filter(({ pod }) => unknownWords(pod) === undefined);
  const { marked, cases } = act(state, known, "agent", isAgain, nowMs);
  const calls = cases.map(({ pod, deadline: { guard, words, reason } }): CallPodAgent => ({
    kind: "call-pod-agent",
    id: `call-pod-agent:${guard}:${pod.id}:${nowMs}`,
    guard,
    reason,
    podId: pod.id,
    podName: pod.name,
    because: words,
    tries: 0,
    notBeforeMs: nowMs,
  }));
  return { state: { ...marked, owed: [...marked.owed, ...calls] }, events: [] };
}

/** The cases in which a guard of this action is to act now, and the state that remembers it. */
function act(
  state: GuardState,
  guarded: readonly Guarded[],
  action: "notify" | "agent",
  isAgain: (actedAtMs: number | undefined) => boolean,
  nowMs: number,
): { readonly marked: GuardState; readonly cases: readonly Case[] } {
  const cases: Case[] = [];
  const runs: PodRun[] = [];
  for (const each of guarded) {
    const before = each.run.actedAtMs;
    const mine = each.deadlines.filter((deadline) => deadline.action === action);
    const over = mine.filter(({ guard, isPast }) => !isPast && before[guard] !== undefined);
    const due = mine.filter(
      ({ guard, isPast, isKnown }) => isPast && isKnown && isAgain(before[guard]),
    );
    cases.push(...due.map((deadline) => ({ ...each, deadline })));
    if (over.length + due.length === 0) continue;
    const marks = [
      ...over.map(({ guard }) => [guard, undefined] as const),
      ...due.map(({ guard }) => [guard, nowMs] as const),
    ];
    runs.push({ ...each.run, actedAtMs: { ...before, ...Object.fromEntries(marks) } });
  }
  return { marked: withRuns(state, runs), cases };
}

function burnWords(cases: readonly Case[]): string {
  const costs = cases.flatMap(({ pod }) => pod.costPerHrUsd ?? []);
  if (costs.length < cases.length) return "burn unknown";
  return `burning ${perHour(costs.reduce((sum, cost) => sum + cost, 0))}`;
}
