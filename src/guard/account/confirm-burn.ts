import { isRunning, type Pod, type Seen } from "#guard/model/account.ts";
import { type BurnBefore, isEnd } from "#guard/model/effect.ts";
import type { Policy } from "#guard/model/policy.ts";
import type { Decision, GuardState, Unconfirmed } from "#guard/model/state.ts";
import { dayMs, hourMs } from "#guard/model/time.ts";
import { chain } from "#guard/outbox/chain.ts";
import { incidentOf } from "#guard/outbox/incidents.ts";
import { forget, isDueAgain, notify } from "#guard/outbox/notify.ts";
import { own } from "#guard/own-value.ts";
import { listedPods, perHour } from "#guard/text.ts";
import { burnLagMs, unexplainedBurn } from "./burn.ts";

/** Rounding, and storage that comes and goes. */
const leastUsd = 0.01;
/** While RunPod does not say what burns, nothing confirms an end: it is not waited for without end. */
const longestOpenMs = 7 * dayMs;
/** That RunPod does not say what burns was told, and it has not said so since. */
const unsaid = "burn:unsaid";

/**
 * What the burn is compared with once the pod has ended. The burn lags behind the pods: what those cost
 * that have ended and that it still has in it does not count as burnt for other reasons.
 */
export function burnBefore(
  { costPerHrUsd }: Pod,
  look: Seen,
  lagging: readonly BurnBefore[] = [],
): BurnBefore {
  const unexplained = saidBurn(look) === undefined ? undefined : unexplainedBurn(look);
  const lagUsd = lagging.reduce((sum, each) => sum + (each.costPerHrUsd ?? Infinity), 0);
  return {
    costPerHrUsd,
    burnPerHrUsd: saidBurn(look),
    unexplainedPerHrUsd: unexplained && Math.max(0, unexplained - lagUsd),
  };
}

/** The ends that the burn of this poll may not show yet. */
export function laggingIn({ unconfirmed, owed }: GuardState, look: Seen): readonly BurnBefore[] {
  const pods = look.pods === "unknown" ? [] : look.pods;
  const running = new Set(pods.filter(isRunning).map(({ id }) => id));
  const asked = owed.flatMap((each) =>
    isEnd(each) && each.burnBefore !== undefined ? [{ ...each.burnBefore, podId: each.podId }] : [],
  );
  const byPod = new Map([...unconfirmed, ...asked].map((each) => [each.podId, each]));
  return [...byPod.values()].filter((each) => !running.has(each.podId) && !isConfirmed(each, look));
}

/** Of two moments before an end, what confirms it only if either would. */
export function stricter(one: BurnBefore | undefined, other: BurnBefore): BurnBefore {
  return {
    costPerHrUsd: other.costPerHrUsd ?? one?.costPerHrUsd,
    burnPerHrUsd: lower(one?.burnPerHrUsd, other.burnPerHrUsd),
    unexplainedPerHrUsd: lower(one?.unexplainedPerHrUsd, other.unexplainedPerHrUsd),
  };
}

function lower(one: number | undefined, other: number | undefined): number | undefined {
  return one === undefined || other === undefined ? (one ?? other) : Math.min(one, other);
}

/**
 * Whether the account's burn confirms that the pod no longer costs anything: no more of it is left
 * unexplained than before, or it has fallen. What RunPod does not say confirms nothing.
 */
export function isConfirmed(before: BurnBefore, look: Seen): boolean {
  const burnPerHrUsd = saidBurn(look);
  if (burnPerHrUsd === undefined) return false;
  const { burnPerHrUsd: was, unexplainedPerHrUsd: unexplainedWas } = before;
  const half = (before.costPerHrUsd ?? 0) / 2;
  const unexplained = unexplainedBurn(look);
  const roomUsd = Math.max(0, unexplainedWas ?? 0) + Math.max(leastUsd, half);
  if (unexplained !== undefined && unexplained <= roomUsd) return true;
  // Where both are known, that the whole has fallen may be another pod's doing.
  if (unexplained !== undefined && unexplainedWas !== undefined) return false;
  return was !== undefined && burnPerHrUsd < was && burnPerHrUsd <= was - half;
}

/** The burn, if RunPod itself has said it. */
export function saidBurn({ burnPerHrUsd, isBurnAddedUp }: Seen): number | undefined {
  return isBurnAddedUp === true ? undefined : burnPerHrUsd;
}

/**
 * Ends that were seen in the status and not in the burn are looked at again at each poll, until the
 * burn has fallen or is explained: a pod that has stopped and is still paid for must be told of.
 */
export function checkBurn(state: GuardState, look: Seen, policy: Policy): Decision {
  const { pods, atMs } = look;
  if (state.unconfirmed.length === 0 || pods === "unknown") return { state, events: [] };
  const running = new Set(pods.filter(isRunning).map(({ id }) => id));
  // Started again, it burns for another reason.
  const ended = state.unconfirmed.filter(({ podId }) => !running.has(podId));
  const confirmed = ended.filter((each) => isConfirmed(each, look));
  const isSaid = saidBurn(look) !== undefined;
  const open = ended.filter(
    (each) => !confirmed.includes(each) && (isSaid || atMs - each.endedAtMs < longestOpenMs),
  );
  // An interface that never says what burns would have this told of every end.
  const wasTold = !isSaid && own(state.saidAtMs, unsaid) !== undefined;
  const due = wasTold ? [] : open.filter((each) => isDue(each, look));
  const told = confirmed.filter(({ toldAtMs }) => toldAtMs !== undefined);
  const next = open.map((each) => (due.includes(each) ? { ...each, toldAtMs: atMs } : each));
  const isSame = open.length === state.unconfirmed.length && due.length === 0;
  const before = isSaid ? forget(state, (key) => key === unsaid) : state;
  const saidAtMs =
    isSaid || due.length === 0 ? before.saidAtMs : { ...before.saidAtMs, [unsaid]: atMs };
  const words = { event: "burn", name: "burn", atMs } as const;
  return chain(
    isSame ? before : { ...before, unconfirmed: next, saidAtMs },
    (marked) =>
      due.length === 0
        ? { state: marked, events: [] }
        : notify(marked, policy, {
            ...words,
            podIds: idsOf(due),
            incident: incidentOf("burn", "ended", idsOf(due)),
            hint: { words: "To see what runs", command: `${policy.podGuards.command} status` },
            because: `not confirmed by the burn: ${listedPods(due)} ended, but ${stillWords(look)}. Check RunPod's console`,
          }),
    (marked) =>
      told.length === 0
        ? { state: marked, events: [] }
        : notify(marked, policy, {
            ...words,
            podIds: idsOf(told),
            incident: incidentOf("burn", "ended", idsOf(told)),
            isResolution: true,
            severity: "info",
            because: `the burn now confirms that ${listedPods(told)} ended`,
          }),
  );
}

function idsOf(ends: readonly Unconfirmed[]): readonly string[] {
  return ends.map(({ podId }) => podId);
}

/** Of one end, a burn that RunPod does not say is told of once: it may never say it. */
function isDue({ endedAtMs, toldAtMs }: Unconfirmed, look: Seen): boolean {
  if (look.atMs - endedAtMs < burnLagMs) return false;
  if (toldAtMs !== undefined && saidBurn(look) === undefined) return false;
  return isDueAgain(toldAtMs, look.atMs, hourMs);
}

function stillWords(look: Seen): string {
  const burn = saidBurn(look);
  if (burn === undefined) return "RunPod does not say what burns";
  const unexplained = unexplainedBurn(look);
  return unexplained === undefined
    ? `the account still burns ${perHour(burn)}`
    : `the account still burns ${perHour(unexplained)} that no running pod explains`;
}
