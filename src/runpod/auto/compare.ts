import { isRunning, type Look, type Pod, type Seen } from "#guard/model/account.ts";
import { hourMs, minuteMs } from "#guard/model/time.ts";

const centUsd = 0.01;
/** RunPod bills so often: two balances may be as far apart. */
const billedEveryMs = 5 * minuteMs;

/** What REST v2 was seen to show, between two polls of GraphQL. */
export interface Rehearsed {
  readonly before: Seen;
  readonly rest: Look;
  /** The same question to GraphQL again, where the two differed. */
  readonly after: Seen;
}

/** How REST differs from both polls of GraphQL around it, in words; empty when it does not. */
export function differences({ before, rest, after }: Rehearsed): readonly string[] {
  if (rest.kind === "blind") return [`REST v2 does not see the account (${rest.because})`];
  const polls = [before, after] as const;
  return [...balanceDifference(polls, rest), ...podDifference(polls, rest)];
}

type Polls = readonly [Seen, Seen];

function balanceDifference(polls: Polls, rest: Seen): readonly string[] {
  if (polls.some((each) => isSameBalance(each, rest))) return [];
  const is = usd(rest.balanceUsd);
  return [`REST v2 shows a balance of ${is}, GraphQL ${usd(polls[1].balanceUsd)}`];
}

function isSameBalance(one: Seen, other: Seen): boolean {
  const burnPerHrUsd = one.burnPerHrUsd ?? other.burnPerHrUsd;
  // How far they may be apart is unknown: that is no difference.
  if (burnPerHrUsd === undefined) return true;
  const betweenMs = Math.abs(one.atMs - other.atMs) + billedEveryMs;
  const roomUsd = centUsd + (burnPerHrUsd * betweenMs) / hourMs;
  return Math.abs(one.balanceUsd - other.balanceUsd) <= roomUsd;
}

/** Of the pods that run. GraphQL does not list clusters as such; a pod may start or end between two polls. */
function podDifference(polls: Polls, rest: Seen): readonly string[] {
  const { pods } = rest;
  if (pods === "unknown") {
    return [`REST v2 does not list the pods (${rest.podsBecause ?? "its answer had no list"})`];
  }
  const lists = polls.flatMap((each) => (each.pods === "unknown" ? [] : [each.pods]));
  const [first] = lists;
  if (first === undefined) return [];
  const clustered = new Set(
    pods.flatMap(({ cluster }) => (cluster?.members ?? []).map(({ id }) => id)),
  );
  const rows = new Map(pods.map((pod) => [pod.id, pod]));
  const isUnread = rest.unreadablePods > 0 || polls.some((each) => each.unreadablePods > 0);
  const ofGraphql = first.filter(
    (pod) =>
      isRunning(pod) &&
      lists.every((list) => isRunningIn(list, pod)) &&
      !clustered.has(pod.id) &&
      !isRunningOrUnknown(rows.get(pod.id)),
  );
  const ofRest = pods.filter(
    (pod) =>
      isRunning(pod) &&
      pod.cluster === undefined &&
      lists.every((list) => !isRunningOrUnknown(list.find(({ id }) => id === pod.id))),
  );
  // A row that cannot be read may be any of them.
  if (isUnread) return [];
  return [
    ...(ofGraphql.length === 0 ? [] : [`only GraphQL shows as running: ${listed(ofGraphql)}`]),
    ...(ofRest.length === 0 ? [] : [`only REST v2 shows as running: ${listed(ofRest)}`]),
  ];
}

function isRunningIn(pods: readonly Pod[], { id }: Pod): boolean {
  return pods.some((pod) => pod.id === id && isRunning(pod));
}

function isRunningOrUnknown(pod: Pod | undefined): boolean {
  return pod !== undefined && (isRunning(pod) || pod.status === "unknown");
}

const mostNamed = 5;

/** By name and id, as many as one reads. */
export function listed(pods: readonly Pod[]): string {
  const named = pods
    .slice(0, mostNamed)
    .map(({ id, name }) => (name === "" ? id : `${name} (${id})`));
  const more = pods.length - named.length;
  return `${named.join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}

function usd(value: number): string {
  return `$${value.toFixed(2)}`;
}
