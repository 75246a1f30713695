import { minuteMs, hourMs } from "#guard/model/time.ts";
import { isEveryRunKnown, type Pod, type Seen } from "#guard/model/account.ts";
import type { EndPod } from "#guard/model/effect.ts";
import type { Backstop, Line, Policy, Threshold } from "#guard/model/policy.ts";
import type { Decision, GuardState } from "#guard/model/state.ts";
import { chain } from "#guard/outbox/chain.ts";
import { forget, notify, notifyHourly, withdraw } from "#guard/outbox/notify.ts";
import { own } from "#guard/own-value.ts";
import { listedPods, usd } from "#guard/text.ts";
import { sayWhatNoPodExplains } from "./burn.ts";
import { burnBefore, laggingIn } from "./confirm-burn.ts";
import { leftClustersWords, unsureWords, whyNotTouch } from "./may-end.ts";
import { stillBurningWords } from "./still-burning.ts";
import { isBelow } from "#guard/account/lines/line.ts";
import { measuredIn } from "#guard/account/falls/measured.ts";
import { isFired } from "#guard/account/lines/thresholds.ts";

/** With less than this left, saving data goes before saving money. */
const shortMs = 10 * minuteMs;

type Backed = Threshold & { readonly backstop: Backstop };

/**
 * The backstop rule. When the balance is still below a threshold some time after its trip, every
 * unprotected pod that still runs is to be stopped, no matter who started it or when. The most severe
 * threshold goes first.
 */
export function checkBackstops(state: GuardState, look: Seen, policy: Policy): Decision {
  // Neither the balance before nor this one is known to hold: nothing is ended for it, and nothing is over.
  if (look.isRiseDoubted === true) return { state, events: [] };
  const due = policy.thresholds.filter((each): each is Backed => isBackstopDue(each, state, look));
  const idle = forget(state, (key) => key.startsWith("backstop:") && due.length === 0);
  return chain(
    idle,
    ...due
      .toReversed()
      .map((threshold) => (before: GuardState) => endWhatRuns(before, look, policy, threshold)),
    (before) => sayRowsUnread(before, look, policy, due.at(-1)),
    (before) => sayWhatNoPodExplains(before, look, policy, due.at(-1)?.name),
  );
}

function isBackstopDue(threshold: Threshold, state: GuardState, look: Seen): boolean {
  const dueAtMs = backstopAtMs(threshold, state);
  return dueAtMs !== undefined && look.atMs >= dueAtMs;
}

/** When the threshold's backstop comes due, if it has one and is fired, not only held by its hours. */
export function backstopAtMs(
  { name, backstop }: Threshold,
  state: Pick<GuardState, "fired" | "trippedAtMs" | "hoursCrossed">,
): number | undefined {
  const trippedAtMs = own(state.trippedAtMs, name);
  const { isOver, belowSinceMs = -Infinity } = own(state.hoursCrossed ?? {}, name) ?? {};
  return backstop === undefined ||
    trippedAtMs === undefined ||
    isOver === true ||
    !isFired(state, name)
    ? undefined
    : Math.max(trippedAtMs, belowSinceMs) + backstop.afterMs;
}

/** Why a backstop is not due any more. Asked again right before acting. */
export function whyNoLonger(
  look: Seen,
  line: Line,
  state: Pick<GuardState, "falls"> = {},
): string | undefined {
  return isBelow(line, measuredIn(state, look), true) === false
    ? "the balance recovered"
    : undefined;
}

/** The most expensive first; when time is short, those that lose their data at $0 first. */
export function inOrderOfEnding(pods: readonly Pod[], look: Seen): readonly Pod[] {
  const { balanceUsd, burnPerHrUsd } = look;
  const isShort = burnPerHrUsd !== undefined && (balanceUsd / burnPerHrUsd) * hourMs < shortMs;
  const risk = (pod: Pod) => (isShort && pod.hasNetworkVolume !== true ? 0 : 1);
  const cost = (pod: Pod) => pod.costPerHrUsd ?? Infinity;
  return pods.toSorted((a, b) => risk(a) - risk(b) || compare(cost(b), cost(a)));
}

function compare(a: number, b: number): number {
  return a === b ? 0 : a - b;
}

/** At once, and not only once they have been so for long: they may be what burns. */
function sayRowsUnread(
  state: GuardState,
  look: Seen,
  policy: Policy,
  due: Backed | undefined,
): Decision {
  const topic = "backstop:unread";
  const { unreadablePods: rows } = look;
  if (due === undefined || rows === 0) {
    return withdraw(state, (notice) => notice.topic === topic, "all pods can be read again");
  }
  return notifyHourly(state, policy, topic, {
    event: "backstop",
    name: due.name,
    threshold: due.name,
    atMs: look.atMs,
    because: `cannot ${due.backstop.action} pods that cannot be read: ${rows} of RunPod's rows. Check RunPod's console`,
  });
}

function endWhatRuns(
  state: GuardState,
  look: Seen,
  policy: Policy,
  { name, belowUsd, belowHours, backstop }: Backed,
): Decision {
  const { action, afterMs } = backstop;
  const unseen = `backstop:${name}:unseen`;
  if (look.pods === "unknown") {
    const { podsBecause = "its answer had no list" } = look;
    return notifyHourly(state, policy, unseen, {
      event: "backstop",
      name,
      threshold: name,
      atMs: look.atMs,
      because: `cannot ${action} pods: RunPod does not list them (${podsBecause}). Check RunPod's console`,
    });
  }
  const acting = `backstop:${name}:acting`;
  const { atMs } = look;
  const words = { event: "backstop", name, threshold: name, atMs } as const;
  const incident = `backstop:${name}`;
  const hint = {
    words: "To see what still runs",
    command: `${policy.podGuards.command} status`,
  };
  const unsure = look.pods.filter((pod) => whyNotTouch(pod, policy)?.is === "unknown");
  const running = look.pods.filter((pod) => whyNotTouch(pod, policy) === undefined);
  const clusters = look.pods.filter((pod) => whyNotTouch(pod, policy)?.is === "cluster");
  const locked = running.filter(({ isLocked }) => isLocked === true);
  const open = running.filter(({ isLocked }) => isLocked !== true);
  const owed = new Set(state.owed.map((effect) => effect.kind === "end-pod" && effect.podId));
  const fresh = inOrderOfEnding(open, look).filter(({ id }) => !owed.has(id));
  const because = `balance is still ${usd(look.balanceUsd)}, ${Math.round(afterMs / 1000)} s after the trip`;
  const lagging = laggingIn(state, look);
  const ends = fresh.map((pod): EndPod => ({
    kind: "end-pod",
    id: `end-pod:${name}:${pod.id}:${own(state.trippedAtMs, name)}`,
    threshold: name,
    belowUsd,
    belowHours,
    podId: pod.id,
    burnBefore: burnBefore(pod, look, lagging),
    action,
    because,
    tries: 0,
    notBeforeMs: atMs,
  }));
  const wasActing = own(state.saidAtMs, acting) !== undefined;
  const lockedTopic = `backstop:${name}:locked`;
  const isAllOver = open.length === 0 && isEveryRunKnown(look);
  const listedAgain = withdraw(state, ({ topic }) => topic === unseen, "the pods are listed again");
  const unlocked = withdraw(
    { ...listedAgain.state, owed: [...listedAgain.state.owed, ...ends] },
    ({ topic }) => topic === lockedTopic && locked.length === 0 && isEveryRunKnown(look),
    "no locked pod runs any more",
  );
  return chain(
    unlocked.state,
    (before) => ({ state: before, events: [...listedAgain.events, ...unlocked.events] }),
    (before) =>
      fresh.length === 0
        ? { state: before, events: [] }
        : notify({ ...before, saidAtMs: { ...before.saidAtMs, [acting]: atMs } }, policy, {
            ...words,
            podIds: fresh.map(({ id }) => id),
            incident,
            hint,
            because: `${because}. ${action === "stop" ? "Stopping" : "Terminating"} ${listed(fresh)}`,
          }),
    (before) =>
      locked.length === 0
        ? { state: before, events: [] }
        : notifyHourly(before, policy, lockedTopic, {
            ...words,
            podIds: locked.map(({ id }) => id),
            because: `cannot ${action} ${listed(locked)}: locked. Unlock in RunPod's console`,
          }),
    (before) => sayClustersLeft(before, policy, clusters, action, words),
    (before) =>
      unsure.length === 0
        ? { state: before, events: [] }
        : notifyHourly(before, policy, `backstop:${name}:unsure`, {
            ...words,
            because: `cannot ${action} ${unsureWords(unsure)}. Check RunPod's console`,
          }),
    (before) =>
      !isAllOver || (!wasActing && unlocked.events.length === 0)
        ? { state: before, events: [] }
        : notify(
            forget(before, (key) => key === acting),
            policy,
            {
              ...words,
              incident,
              isResolution: true,
              hint,
              because: `all pods I may stop have stopped. ${stillBurningWords(look, policy)}`,
            },
          ),
  );
}

/** No backstop ends a cluster: a person must know of it, and of what it costs. */
function sayClustersLeft(
  state: GuardState,
  policy: Policy,
  clusters: readonly Pod[],
  action: EndPod["action"],
  words: BackstopWords,
): Decision {
  const topic = `backstop:${words.name}:clusters`;
  if (clusters.length === 0) {
    return withdraw(state, (notice) => notice.topic === topic, "no such cluster runs any more");
  }
  return notifyHourly(state, policy, topic, {
    ...words,
    podIds: clusters.map(({ id }) => id),
    because: `does not ${action} ${leftClustersWords(clusters, policy)}`,
  });
}

interface BackstopWords {
  readonly event: "backstop";
  readonly name: string;
  readonly threshold: string;
  readonly atMs: number;
}

function listed(pods: readonly Pod[]): string {
  return listedPods(pods.map(({ id, name }) => ({ podId: id, name })));
}
