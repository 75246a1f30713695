import type { Seen } from "#guard/model/account.ts";
import type { Effect } from "#guard/model/effect.ts";
import type { Policy, Threshold } from "#guard/model/policy.ts";
import type { Decision, GuardEvent, GuardState, HoursCrossed } from "#guard/model/state.ts";
import { chain } from "#guard/outbox/chain.ts";
import { notify } from "#guard/outbox/notify.ts";
import { own } from "#guard/own-value.ts";
import { spanWords } from "#guard/text.ts";
import { followHours, isHeldByHours } from "./hours-crossed.ts";
import { aboveWords, belowWords, isBelow } from "./line.ts";
import { measuredIn } from "#guard/account/falls/measured.ts";
import { answersOf, crossingTopic, rearmWords } from "./told-crossing.ts";

/**
 * The threshold rule. Armed → below → trips once → stays fired while below → at or above: armed
 * again, and where it was crossed by hours, once that has lasted. Evaluated highest first; a threshold that is new starts armed, one that is gone from the
 * policy leaves the state. Effects still waiting for a threshold that is armed or gone are dropped, and
 * so is the end of a pod that the config no longer asks for in this way. Who could not be notified of a
 * crossing is notified that it is over.
 */
export function checkThresholds(state: GuardState, look: Seen, policy: Policy): Decision {
  const fired: [string, boolean][] = [];
  const trippedAtMs: [string, number][] = [];
  const hoursCrossed: [string, HoursCrossed][] = [];
  const owed: Effect[] = [];
  const events: GuardEvent[] = [];
  const rearmed: Rearmed[] = [];

  for (const threshold of policy.thresholds) {
    const { name, belowUsd, belowHours } = threshold;
    const wasFired = isFired(state, name);
    const isHeld = wasFired && look.isRiseDoubted === true;
    // What is not known neither trips nor re-arms.
    const isBelowNow =
      isHeld || (isBelow(threshold, measuredIn(state, look), wasFired) ?? wasFired);
    const before = wasFired ? own(state.hoursCrossed ?? {}, name) : undefined;
    const crossed = followHours(before, threshold, state, look, policy);
    const isNow = isBelowNow || (wasFired && isHeldByHours(crossed));
    fired.push([name, isNow]);
    if (isNow && crossed !== undefined) hoursCrossed.push([name, crossed]);
    if (isNow) trippedAtMs.push([name, wasFired ? tripTime(state, name, look) : look.atMs]);
    if (isNow && !wasFired) {
      const because = belowWords(threshold, measuredIn(state, look));
      const { balanceUsd } = look;
      events.push({
        kind: "trip",
        threshold: name,
        line: { belowUsd, belowHours },
        balanceUsd,
        because,
      });
      owed.push(...answersOf(state, policy, threshold, look, because));
    }
    if (!isNow && wasFired) {
      const because = aboveWords(threshold, measuredIn(state, look));
      events.push({ kind: "rearm", threshold: name, because });
      rearmed.push({ threshold, because, sinceMs: tripTime(state, name, look) });
    }
  }

  const next = new Map(fired);
  const held = new Map(hoursCrossed);
  const moot = state.owed.flatMap((effect) => {
    const because = whyMoot(effect, next, held, policy);
    return because === undefined ? [] : [{ kind: "moot", effect, because } as const];
  });
  const dropped = new Set(moot.map(({ effect }) => effect.id));
  const due = state.owed.filter(({ id }) => !dropped.has(id));
  const unsent = moot.flatMap(({ effect }) => (effect.kind === "notify" ? [effect] : []));
  return chain(
    {
      ...state,
      fired: Object.fromEntries(fired),
      trippedAtMs: Object.fromEntries(trippedAtMs),
      hoursCrossed: hoursCrossed.length === 0 ? undefined : Object.fromEntries(hoursCrossed),
      owed: [...due, ...owed],
    },
    (before) => ({ state: before, events: [...events, ...moot] }),
    ...rearmed.flatMap(({ threshold, because, sinceMs }) => {
      const { name } = threshold;
      const span = spanWords(look.atMs - sinceMs);
      const missed = unsent.filter((each) => (each.threshold ?? each.name) === name);
      const fell = `${because}. It fell below ${span} ago`;
      return [...rearmWords(state, policy, threshold, fell, missed)].map(
        ([words, to]) =>
          (before: GuardState) =>
            notify(before, policy, {
              event: "rearm",
              name,
              threshold: name,
              topic: crossingTopic(name),
              isResolution: true,
              atMs: look.atMs,
              because: words,
              to,
            }),
      );
    }),
  );
}

interface Rearmed {
  readonly threshold: Threshold;
  readonly because: string;
  readonly sinceMs: number;
}

/** Why this effect is no longer needed; undefined when it still is. */
function whyMoot(
  effect: Effect,
  fired: ReadonlyMap<string, boolean>,
  hoursCrossed: ReadonlyMap<string, HoursCrossed>,
  { thresholds }: Policy,
): string | undefined {
  const name = thresholdOf(effect);
  if (name === undefined) return undefined;
  if (!fired.has(name)) return "the threshold is no longer in the config";
  if (effect.kind === "notify" && effect.event === "rearm") {
    return fired.get(name) === true ? "the balance fell below it again" : undefined;
  }
  if (fired.get(name) !== true) return "the balance recovered";
  // What crossed it was told, and is not over for good; no pod ends for it meanwhile.
  const isOver = hoursCrossed.get(name)?.isOver === true;
  if (isOver && effect.kind !== "call-agent" && !isTrip(effect)) return "the balance recovered";
  if (effect.kind !== "end-pod") return undefined;
  const { action } = effect;
  const isWanted = thresholds.some(
    (each) => each.name === name && each.backstop?.action === action,
  );
  return isWanted ? undefined : `the config no longer asks to ${action} pods`;
}

function isTrip(effect: Effect): boolean {
  return effect.kind === "notify" && effect.event === "trip";
}

export function isFired(state: Pick<GuardState, "fired">, name: string): boolean {
  return own(state.fired, name) === true;
}

/** A state file may say that a threshold fired but not when; the clock may have gone back since. */
export function tripTime(state: GuardState, name: string, look: Seen): number {
  const atMs = own(state.trippedAtMs, name);
  return Math.min(atMs ?? look.atMs, look.atMs);
}

/**
 * The threshold whose recovery makes this effect needless: what a backstop cannot do is over with it, what
 * it has done is still told, as is anything else.
 */
function thresholdOf(effect: Effect): string | undefined {
  switch (effect.kind) {
    case "notify":
      if (effect.event === "trip") return effect.threshold ?? effect.name;
      if (effect.event === "rearm") return effect.threshold;
      return effect.event === "backstop" && effect.topic !== undefined
        ? effect.threshold
        : undefined;
    case "call-agent":
    case "end-pod":
      return effect.threshold;
    case "call-budget-agent":
    case "call-pod-agent":
    case "end-run":
    case "end-stopped":
      return undefined;
  }
}
