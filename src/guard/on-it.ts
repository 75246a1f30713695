import { crossingTopic } from "#guard/account/lines/told-crossing.ts";
import { silenceTopic } from "#guard/account/silent.ts";
import { budgetIncident } from "#guard/budgets/marks.ts";
import { podGuardNames, type Policy, type Repeats } from "#guard/model/policy.ts";
import type { Reminded } from "#guard/model/spend.ts";
import type { Decision, GuardState, Input } from "#guard/model/state.ts";
import { hourMs, minuteMs } from "#guard/model/time.ts";
import { toldOf } from "#guard/outbox/incidents.ts";
import { notify } from "#guard/outbox/notify.ts";
import { heldUntilMs, onItMs } from "#guard/outbox/remind.ts";
import { commandWay } from "#guard/outbox/ways.ts";
import { repeatsOf, tellKey } from "#guard/pods/ends/tell-over.ts";
import { stoppedIncident, stoppedKey } from "#guard/pods/stopped/rows.ts";
import { own } from "#guard/own-value.ts";
import { plainNumber } from "#guard/text.ts";

/** How it stands with what a notification has told of, for somebody who is on it. */
export type OnIt =
  | { readonly kind: "over" }
  /** People are reminded of it. */
  | { readonly kind: "reminds" }
  /** Nobody is reminded until then. */
  | { readonly kind: "held"; readonly untilMs: number };

/** For how long. */
export const onItWords = `${plainNumber(onItMs / hourMs)} h`;

/** A clock that is set right moves a time by seconds. */
const sameMs = minuteMs / 2;

/** Whether whoever is told of this is reminded of it: only then is there something to hold. */
export function isReminded(
  topic: string,
  { reminded = {} }: Pick<GuardState, "reminded">,
  policy: Pick<Policy, "thresholds" | "budgets" | "podGuards">,
): boolean {
  const { name, keys, repeats } = aboutOf(topic);
  const { remind = "once" } = repeats(policy, name) ?? {};
  return remind !== "once" && keys.every((key) => own(reminded, key) !== undefined);
}

/** `saidAtMs`: when it was told. What has begun since then is another. */
export function onItNow(
  topic: string,
  saidAtMs: number,
  state: Pick<GuardState, "reminded">,
  nowMs: number,
): OnIt {
  const rows = rowsOf(topic, saidAtMs, state);
  if (rows.length === 0) return { kind: "over" };
  const untilMs = Math.min(...rows.map(([, row]) => heldUntilMs(row)));
  return nowMs < untilMs ? { kind: "held", untilMs } : { kind: "reminds" };
}

/**
 * Holds the reminders of one thing for a while, or until it is over, and tells that once to all who were told of it.
 * All else is told and done as ever.
 */
export function onIt(
  before: GuardState,
  { topic, saidAtMs, atMs }: Omit<Input & { readonly kind: "on-it" }, "kind">,
  policy: Policy,
): Decision {
  if (onItNow(topic, saidAtMs, before, atMs).kind !== "reminds") {
    return { state: before, events: [] };
  }
  const held = rowsOf(topic, saidAtMs, before).map(
    ([key, row]) => [key, { ...row, onItAtMs: atMs }] as const,
  );
  const reminded = { ...before.reminded, ...Object.fromEntries(held) };
  return notify({ ...before, reminded }, policy, {
    event: "on_it",
    name: onItName(topic),
    // Of no topic: what could not be told yet of it goes out all the same.
    incident: topic,
    atMs,
    because: `somebody is on it: no reminders for ${onItWords}, unless it gets worse`,
    to: [commandWay, ...toldOf(before, topic)],
  });
}

/** What it is called: the threshold's name, the budget's or the guard's. */
export function onItName(topic: string): string {
  return aboutOf(topic).name;
}

function rowsOf(
  topic: string,
  saidAtMs: number,
  { reminded = {} }: Pick<GuardState, "reminded">,
): readonly (readonly [string, Reminded])[] {
  return aboutOf(topic).keys.flatMap((key) => {
    const row = own(reminded, key);
    return row === undefined || row.firstAtMs > saidAtMs + sameMs ? [] : [[key, row] as const];
  });
}

interface About {
  readonly name: string;
  /** By what it is kept how often it was told. */
  readonly keys: readonly string[];
  readonly repeats: (
    policy: Pick<Policy, "thresholds" | "budgets" | "podGuards">,
    name: string,
  ) => Repeats | undefined;
}

function aboutOf(topic: string): About {
  const guard = podGuardNames.find((each) => topic.startsWith(tellKey(each, "")));
  if (guard !== undefined) {
    const keys = idsAfter(tellKey(guard, ""), topic).map((podId) => tellKey(guard, podId));
    return { name: guard, keys, repeats: (policy) => repeatsOf(guard, policy) };
  }
  for (const { of, repeats } of named) {
    if (topic.startsWith(of(""))) {
      return { name: topic.slice(of("").length), keys: [topic], repeats };
    }
  }
  const ofStopped = `${stoppedIncident([])}:`;
  if (topic.startsWith(ofStopped)) {
    const keys = idsAfter(ofStopped, topic).map(stoppedKey);
    return { name: "stopped", keys, repeats: ({ podGuards }) => podGuards.stopped };
  }
  const repeats: Repeats = { remind: topic === silenceTopic ? "doubling" : "once" };
  return { name: topic, keys: [topic], repeats: () => repeats };
}

const named: readonly (Pick<About, "repeats"> & { readonly of: (name: string) => string })[] = [
  {
    of: crossingTopic,
    repeats: ({ thresholds }, name) => thresholds.find((each) => each.name === name),
  },
  {
    of: budgetIncident,
    repeats: ({ budgets = [] }, name) => budgets.find((each) => each.name === name),
  },
];

/** Of more pods than are named, the last says how many: it is no pod's id. */
function idsAfter(start: string, topic: string): readonly string[] {
  return topic.slice(start.length).split(",");
}
