import type { Seen } from "#guard/model/account.ts";
import type { Effect, Next, Notify } from "#guard/model/effect.ts";
import type { Policy, Threshold } from "#guard/model/policy.ts";
import type { GuardState } from "#guard/model/state.ts";
import { measuredIn } from "#guard/account/falls/measured.ts";
import { toldOf } from "#guard/outbox/incidents.ts";
import { knownFrom } from "#guard/outbox/new-ways.ts";
import { tripSeverity } from "#guard/outbox/severity.ts";
import { commandWay, oneEach, type Way, wayOf, waysFor } from "#guard/outbox/ways.ts";

/** The notices of a crossing, and the call of an agent; an agent is never waited for. */
export function answersOf(
  state: GuardState,
  policy: Policy,
  threshold: Threshold,
  look: Pick<Seen, "atMs" | "balanceUsd" | "burnPerHrUsd">,
  because: string,
): readonly Effect[] {
  const { name, belowUsd, belowHours, answers, backstop } = threshold;
  const { atMs, balanceUsd } = look;
  const calls = answers.includes("call-agent");
  const notices = crossingNotices(state, policy, threshold, look, because, [
    ...(calls ? [{ what: "call the agent", atMs }] : []),
    ...(backstop === undefined
      ? []
      : [{ what: `${backstop.action} the pods that still run`, atMs: atMs + backstop.afterMs }]),
  ]);
  if (!calls) return notices;
  const id = `call-agent:${name}:${atMs}`;
  const owed = { belowUsd, belowHours, balanceUsd, because, tries: 0, notBeforeMs: atMs };
  return [...notices, { ...owed, kind: "call-agent", id, threshold: name }];
}

/** By the notify command where the threshold has one, and every channel that asks for it. */
export function crossingNotices(
  state: GuardState,
  policy: Policy,
  { name, belowUsd, belowHours, answers }: Threshold,
  look: Pick<Seen, "atMs" | "balanceUsd" | "burnPerHrUsd">,
  because: string,
  next: readonly Next[],
): readonly Notify[] {
  const { atMs } = look;
  const { balanceUsd, burnPerHrUsd } = measuredIn(state, look);
  const about = {
    event: "trip",
    severity: tripSeverity(name, policy),
    incident: crossingTopic(name),
    topic: crossingTopic(name),
  } as const;
  const tells = answers.includes("notify");
  return oneEach(
    waysFor(state, { ...policy, tells }, about),
    `notify:${name}:${atMs}`,
    {
      belowUsd,
      belowHours,
      balanceUsd,
      because,
      tries: 0,
      notBeforeMs: atMs,
      ...about,
      ...knownFrom(policy, about),
      kind: "notify",
      burnPerHrUsd,
      name,
      threshold: name,
      atMs,
    },
    {
      next,
      remedy: {
        words: "To see what runs and what will be stopped",
        command: `${policy.podGuards.command} status`,
      },
    },
  );
}

/**
 * Who is told that it is over, by the words: who was not told of the crossing, with what was missed, and
 * the channels that were, for which it is closed; and all others where the threshold asks for it.
 */
export function rearmWords(
  state: GuardState,
  policy: Policy,
  { name, answers, tellsResolved }: Pick<Threshold, "name" | "answers" | "tellsResolved">,
  fell: string,
  missed: readonly Notify[],
): ReadonlyMap<string, readonly Way[]> {
  const words = new Map<string, readonly Way[]>();
  const add = (said: string, way: Way) => words.set(said, [...(words.get(said) ?? []), way]);
  const ways = new Set(missed.map(wayOf));
  for (const way of ways) {
    const unsent = missed.filter((each) => wayOf(each) === way);
    add(
      `${fell}, and this ${sentWords(unsent)}: ${unsent.map(({ because }) => because).join("; ")}`,
      way,
    );
  }
  const incident = crossingTopic(name);
  const told = toldOf(state, incident).filter((way) => way !== commandWay);
  const tells = policy.tells && answers.includes("notify");
  const about = { event: "rearm", severity: "info", incident, isResolution: true } as const;
  const asked = tellsResolved === true ? waysFor(state, { ...policy, tells }, about) : [];
  for (const way of new Set([...told, ...asked])) {
    if (!ways.has(way)) add(fell, way);
  }
  return words;
}

/** The first try may be under way, or may have worked without our hearing of it. */
function sentWords(notices: readonly Notify[]): string {
  return notices.every(({ tries }) => tries > 0) ? "could not be sent" : "may not have been sent";
}

/** A crossing and its end: only the last of them is worth telling. */
export function crossingTopic(threshold: string): string {
  return `threshold:${threshold}`;
}
