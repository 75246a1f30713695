import { UserError } from "#errors.ts";
import { type Pod, runStateOf } from "#guard/model/account.ts";
import type { GpuOffer, Launch, LaunchCaps } from "#guard/model/launch.ts";
import type { LeaseBook } from "#guard/model/run.ts";
import { hourMs, minuteMs } from "#guard/model/time.ts";
import { isEnding } from "#guard/pods/rules/deadlines.ts";
import { isAlike } from "#guard/alike.ts";
import { own } from "#guard/own-value.ts";
import { isAmong, isGuardFor, isProtected } from "#guard/protect.ts";
import { perHour, plainNumber, usd } from "#guard/text.ts";
import { unreadWords } from "#operations/unread-words.ts";
import type { Estimate } from "#report/launch/estimate.ts";
import type { DaemonConfig } from "#config/daemon-config.ts";
import type { SeenSnapshot } from "#report/snapshot.ts";
import { timeIn } from "#terminal/local-time.ts";

/** Why a pod may not be started. What is not lifted by a person who insists holds for everyone. */
export interface Refusal {
  readonly because: string;
  readonly hint: string | undefined;
  readonly isLiftedByForce: boolean;
}

/** A create that was sent may show its pod so much later: until then it counts as one that runs. */
const onItsWayMs = 30 * minuteMs;

export interface Asked {
  readonly estimate: Estimate;
  readonly podName: string;
  readonly dataCenterIds: readonly string[];
  readonly isProtected: boolean;
  /** What no guard of this program may call for. */
  readonly isByDaemonsAgent: boolean;
  /** Undefined: no daemon is alive. */
  readonly daemonConfig: DaemonConfig | undefined;
}

/** All that speaks against it, what no one can lift first. */
export function refusalsOf(asked: Asked, snapshot: SeenSnapshot): readonly Refusal[] {
  const { settings, book, nowMs } = snapshot;
  const { launch: caps } = settings;
  if (asked.isByDaemonsAgent) {
    return [fixed("an agent that the daemon has called may end pods, and start none")];
  }
  if (caps === undefined) {
    return [
      fixed(
        "the config does not say what may be started",
        `Add "launch" to ${settings.configPath}, for example:\n  "launch": { "max_price_per_hr": 5, "max_hours": 8,\n    "max_running": 4, "max_starts_per_hour": 6 },\nOr have setup ask for it: ${snapshot.policy.podGuards.command} setup`,
      ),
      // What else it takes, so that nobody has to come back for it.
      ...unheld(asked, snapshot),
    ];
  }
  return [
    ...ofAnotherConfig(asked.daemonConfig),
    ...beyondCaps(asked, caps),
    ...(book === "unknown"
      ? [fixed("the lease file cannot be read, so that nothing can be counted")]
      : tooMany(caps, book, snapshot.look, nowMs)),
    ...frozen(asked, snapshot),
    ...unheld(asked, snapshot),
    ...beyondMoney(asked.estimate),
  ];
}

/** Those that hold, and what to do: a person may insist against some. Undefined: nothing holds. */
export function holding(refusals: readonly Refusal[], isForced: boolean): readonly Refusal[] {
  return isForced ? refusals.filter(({ isLiftedByForce }) => !isLiftedByForce) : refusals;
}

export function refusalError(refusals: readonly Refusal[]): UserError {
  const [first, ...others] = refusals.map(({ because }) => because);
  const message =
    others.length === 0
      ? `Not started: ${first}.`
      : `Not started:\n${[first, ...others].map((each) => `  ${each}`).join("\n")}`;
  const hints = refusals.flatMap(({ hint }) => hint ?? []);
  return new UserError(message, hints.length === 0 ? {} : { hint: hints.join("\n") });
}

function fixed(because: string, hint?: string): Refusal {
  return { because, hint, isLiftedByForce: false };
}

function lifted(because: string, hint?: string): Refusal {
  return { because, hint, isLiftedByForce: true };
}

/** Whoever may write a config of his own would have caps of his own, beside a daemon that knows of none of it. */
function ofAnotherConfig(daemonConfig: Asked["daemonConfig"]): readonly Refusal[] {
  if (daemonConfig === undefined || daemonConfig === "this") return [];
  if (daemonConfig === "unknown") {
    return [
      fixed(
        "it is not known by which config the daemon goes, and so which caps hold",
        "Try again after its next poll; where that does not help, restart the daemon.",
      ),
    ];
  }
  return [
    fixed(
      `the daemon goes by another config, ${daemonConfig.path}`,
      "Name that one with -c, or start a daemon with yours.",
    ),
  ];
}

function beyondCaps({ estimate, dataCenterIds }: Asked, caps: LaunchCaps): readonly Refusal[] {
  const { wanted, price } = estimate;
  const { regions, gpus, mostPerHrUsd, mostMs } = caps;
  const elsewhere = regions && dataCenterIds.filter((id) => !regions.includes(id));
  return [
    ...(cents(price.perHrUsd) > cents(mostPerHrUsd)
      ? [
          fixed(
            `it costs ${perHour(price.perHrUsd)}, above launch.max_price_per_hr (${perHour(mostPerHrUsd)})`,
          ),
        ]
      : []),
    ...(wanted.forMs > mostMs
      ? [
          fixed(
            `${plainNumber(wanted.forMs / hourMs)} hours are above launch.max_hours (${plainNumber(mostMs / hourMs)})`,
          ),
        ]
      : []),
    ...(gpus !== undefined && !isAnyOf(wanted.offer, gpus)
      ? [fixed(`launch.gpus does not name ${wanted.offer.name}`)]
      : []),
    ...(regions !== undefined && (dataCenterIds.length === 0 || elsewhere?.length !== 0)
      ? [fixed(`launch.regions allows only ${regions.join(", ")}`)]
      : []),
  ];
}

/** A small disk does not push what costs just as much over it. */
function cents(amountUsd: number): number {
  return Math.round(amountUsd * 100);
}

function isAnyOf({ id, name }: GpuOffer, globs: readonly string[]): boolean {
  return globs.some((glob) => isAlike(id, glob) || isAlike(name, glob));
}

/** Of the pods that run and of those that are on their way; for who holds the book, so that two at once are counted. */
export function tooMany(
  { mostRunning, mostStartsPerHour }: LaunchCaps,
  { launches = {}, endedAtMs = {} }: LeaseBook,
  { pods, unreadablePods }: Pick<SeenSnapshot["look"], "pods" | "unreadablePods">,
  nowMs: number,
): readonly Refusal[] {
  const all = Object.values(launches).filter(({ isAdopted }) => isAdopted !== true);
  const running = pods.flatMap(runningIn).length + unreadablePods;
  const coming = all.filter((each) => isComing(each, pods, endedAtMs, nowMs)).length;
  // A clock that was ahead when it was written counts as now.
  const lately = all.filter(({ atMs }) => atMs > nowMs - hourMs);
  return [
    ...(running + coming + 1 > mostRunning
      ? [
          fixed(
            `${running + coming} ${running + coming === 1 ? "pod runs" : "pods run"}${coming === 0 ? "" : `, ${coming} of them just started`}; launch.max_running is ${mostRunning}`,
            "See which of them is not needed: runpodboss status",
          ),
        ]
      : []),
    ...(lately.length >= mostStartsPerHour
      ? [
          fixed(
            `${lately.length} ${lately.length === 1 ? "pod was" : "pods were"} started within the hour; launch.max_starts_per_hour is ${mostStartsPerHour}`,
          ),
        ]
      : []),
  ];
}

/** What may run counts: a status that is not known, and each pod of a cluster. */
function runningIn(pod: Pod): readonly unknown[] {
  if (runStateOf(pod) === "ended") return [];
  return pod.cluster?.members ?? [pod];
}

function isComing(
  { atMs, failedAtMs, podId, name }: Launch,
  pods: readonly Pod[],
  endedAtMs: NonNullable<LeaseBook["endedAtMs"]>,
  nowMs: number,
): boolean {
  if (failedAtMs !== undefined || atMs <= nowMs - onItsWayMs) return false;
  // It was there, and a person has ended it since: that no poll shows it is no delay.
  if (podId !== undefined && (own(endedAtMs, podId) ?? -Infinity) >= atMs) return false;
  return pods.every((pod) => pod.id !== podId && pod.rawName !== name && pod.name !== name);
}

function frozen({ estimate, podName }: Asked, { nowMs }: SeenSnapshot): readonly Refusal[] {
  return estimate.budgets.flatMap(({ budget, period, frozenUntilMs }) => {
    const named = { id: "", name: podName, rawName: podName };
    if (!budget.freezes || (budget.pods !== undefined && !isAmong(named, budget.pods))) return [];
    if (period === undefined || period.toMs <= nowMs) {
      return [
        fixed(
          `whether budget ${budget.name} is spent is not known yet`,
          "The daemon counts it from its first poll on. Then try again.",
        ),
      ];
    }
    if (frozenUntilMs === undefined) return [];
    return [
      fixed(
        `budget ${budget.name} is spent (${usd(budget.limitUsd)} a ${budget.per}), and lets nothing start until ${timeIn(frozenUntilMs, undefined)}`,
      ),
    ];
  });
}

/** A pod that nothing would end is the one that is forgotten. */
function unheld(asked: Asked, snapshot: SeenSnapshot): readonly Refusal[] {
  const { policy, settings, guardPid, protect, unread } = snapshot;
  const { podName: name, estimate } = asked;
  const { lease, command } = policy.podGuards;
  const pod = { id: "", name, rawName: name };
  // A person has said that nothing is to end it.
  if (asked.isProtected) return [];
  const refusals: Refusal[] = [];
  if (isProtected(pod, [...policy.protect, ...protect])) {
    refusals.push(
      fixed(
        `protect covers ${name}, so that no lease ends it`,
        "Give it another name.\nOr start it with --protect, to say that this is meant.",
      ),
    );
  }
  if (lease === undefined || !isEnding(lease) || !isGuardFor(pod, lease)) {
    const why =
      lease === undefined
        ? "there is no lease guard"
        : isEnding(lease)
          ? `guards.lease.pods does not name ${name}`
          : `the action of guards.lease is ${lease.action}`;
    refusals.push(
      lifted(
        `nothing would end it with its lease: ${why}`,
        unread?.keys.includes("guards") === true
          ? `Perhaps the config has one by now: ${unreadWords(unread)}`
          : leaseHint(settings.configPath, guardPid),
      ),
    );
  } else if (estimate.wanted.forMs > lease.maxMs) {
    refusals.push(
      fixed(
        `${plainNumber(estimate.wanted.forMs / hourMs)} hours are above guards.lease.max_hours (${plainNumber(lease.maxMs / hourMs)})`,
      ),
    );
  }
  if (settings.dryRun) refusals.push(lifted("dry_run is set, so that nothing would end it"));
  if (guardPid === undefined) {
    refusals.push(
      lifted(
        "the daemon is not running, so that nothing would end it",
        `Start it: ${command} watch`,
      ),
    );
  }
  return refusals;
}

/** Of a lease for those pods alone that are given one: none that runs already is to be stopped for it. */
function leaseHint(configPath: string, guardPid: number | undefined): string {
  const entry = `Under "guards" in ${configPath}, for example:\n  "lease": { "default_hours": null, "max_hours": 24, "action": "stop" },`;
  return guardPid === undefined
    ? entry
    : `${entry}\nThen have the daemon read it: kill -HUP ${guardPid}`;
}

function beyondMoney({ wanted, lasts, because }: Estimate): readonly Refusal[] {
  const { stock } = wanted.offer[wanted.cloud];
  return [
    ...(lasts === true || because === undefined
      ? []
      : [lifted(because, "Add money, or ask for fewer hours or a cheaper GPU.")]),
    ...(stock === "none"
      ? [lifted(`no ${wanted.offer.name} is free in ${wanted.cloud} now`, "See: runpodboss gpus")]
      : []),
  ];
}
