import {
  type Api,
  isRunning,
  type Look,
  type Pod,
  type Seen,
  type Source,
} from "#guard/model/account.ts";
import type { AwaitedPod, Crossing, Shown } from "#guard/model/source.ts";
import type { GuardState } from "#guard/model/state.ts";
import { hourMs, minuteMs } from "#guard/model/time.ts";
import { own } from "#guard/own-value.ts";

/** Rounding. */
export const centUsd = 0.01;
/** RunPod bills so often: two polls may differ by as much. */
export const billedEveryMs = 5 * minuteMs;

/** Which interface the guard goes by. */
export function deciderOf({ source }: Pick<GuardState, "source">): Api {
  return source?.api ?? "graphql";
}

/** Who decides at the start of a process, as it was saved. */
export function savedDecider({
  source,
  unseenBy: unseen,
}: Pick<GuardState, "source" | "unseenBy">): Source {
  // That a config asked REST alone says nothing of GraphQL; and where each poll is a process of its own, refusals
  // in a row are counted over all of them.
  return source?.api === "rest" && source.isConfigured !== true
    ? source
    : { api: "graphql", unseen };
}

export function apiWords(api: Api): string {
  return api === "rest" ? "REST v2" : "GraphQL";
}

/**
 * The poll as far as it can be believed after a change-over: a pod that only one of the two interfaces
 * shows is neither gone nor to be ended, and more money than before may be a mistake. A poll of an
 * interface that the guard does not go by yet proves nothing of any pod.
 */
export function acrossChangeOver<Of extends Look>(
  state: Pick<GuardState, "source" | "crossing">,
  look: Of,
): Of {
  if (look.kind === "blind" || look.source === undefined) return look;
  const { api } = look.source;
  if (api !== deciderOf(state)) {
    const podsBecause = `${apiWords(api)} has only now begun to decide`;
    return { ...look, pods: "unknown", podsBecause, isRiseDoubted: true };
  }
  const { crossing } = state;
  return crossing === undefined ? look : { ...look, ...asDoubted(look, crossing, api) };
}

function asDoubted(look: Seen, crossing: Crossing, api: Api): Partial<Seen> {
  const { before, awaited, disputed, from } = crossing;
  const rise = before === undefined ? {} : asRise(before, look);
  if (look.pods === "unknown") return rise;
  const ids = idsIn(look.pods);
  const rows = Object.entries(awaited)
    .filter(([id]) => !ids.has(id))
    .map(([id, pod]) => placeholder(id, pod, api));
  const doubt = `why ${apiWords(from)} did not list it`;
  const pods = look.pods.map((pod): Pod =>
    own(disputed, pod.id) !== undefined && isRunning(pod) ? { ...pod, doubt } : pod,
  );
  // What the pods add up to is not all, where some are not listed.
  const burn =
    rows.length > 0 && look.isBurnAddedUp === true
      ? { burnPerHrUsd: undefined, isBurnAddedUp: false }
      : {};
  return { ...rise, ...burn, pods: [...pods, ...rows] };
}

/**
 * Of more money than before. What is no more than has burnt over two of RunPod's bills is an older
 * balance: the lower one goes on to count, and what is due for it goes on.
 */
function asRise(before: Shown, look: Seen): Partial<Seen> {
  if (!isRisen(before, look)) return {};
  const { balanceUsd } = before;
  return isOlder(before, look) ? { balanceUsd } : { isRiseDoubted: true };
}

/** Nothing decides about it: it may run or not. */
function placeholder(id: string, { name, costPerHrUsd }: AwaitedPod, api: Api): Pod {
  return {
    id,
    name,
    rawName: undefined,
    otherNames: [name],
    status: "unknown",
    word: undefined,
    costPerHrUsd,
    hasNetworkVolume: undefined,
    isLocked: undefined,
    doubt: `why ${apiWords(api)} does not list it`,
  };
}

/** Of the pods, and of those in a cluster, which one interface may list as such and another may not. */
export function idsIn(pods: readonly Pod[]): ReadonlySet<string> {
  return new Set(
    pods.flatMap(({ id, cluster }) => [id, ...(cluster?.members ?? []).map((each) => each.id)]),
  );
}

/** Whether a poll shows more money than one before. What burns between only makes it less. */
export function isRisen({ balanceUsd }: Pick<Shown, "balanceUsd">, now: Seen): boolean {
  return now.balanceUsd - balanceUsd > centUsd;
}

/** What was billed a moment too late for the one is only in the next bill. */
const olderMs = 2 * billedEveryMs;

/** Whether the rise is no more than what burns until the bill after the next. Of an unknown burn that is not known. */
export function isOlder({ atMs, balanceUsd, burnPerHrUsd }: Shown, now: Seen): boolean {
  const lagUsd = burntUsd({ atMs, burnPerHrUsd }, atMs + olderMs);
  return now.balanceUsd - balanceUsd <= centUsd + lagUsd;
}

export function burntUsd(
  { atMs, burnPerHrUsd = 0 }: Pick<Shown, "atMs" | "burnPerHrUsd">,
  nowMs: number,
): number {
  return (burnPerHrUsd * Math.max(0, nowMs - atMs)) / hourMs;
}

/** A change-over is over once nothing is left to be waited for. */
export function withCrossing(state: GuardState, crossing: Crossing): GuardState {
  const { before, listed: known, awaited, disputed } = crossing;
  const isOver =
    before === undefined &&
    known === undefined &&
    Object.keys(awaited).length === 0 &&
    Object.keys(disputed).length === 0;
  return { ...state, crossing: isOver ? undefined : crossing };
}
