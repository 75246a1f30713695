import { isBelow } from "#guard/account/lines/line.ts";
import type { Unread } from "#config/in-force.ts";
import type { MissingSecret } from "#config/settings.ts";
import { noSecretWords } from "#notify/unreadable.ts";
import { isAnyoneTold } from "#config/policy.ts";
import type { Blind, Pod, PodSample, Seen } from "#guard/model/account.ts";
import { billingModeOf } from "#guard/account/postpaid.ts";
import type { Rehearsal, SourceSince } from "#guard/model/source.ts";
import type { GuardState } from "#guard/model/state.ts";
import { own } from "#guard/own-value.ts";
import { aheadOfNow, type AheadReport } from "#report/ahead/ahead.ts";
import type { ChangeOverReport } from "#report/change-over.ts";
import { type Held, heldNotices } from "#report/channels/held.ts";
import { unsentNotices } from "#report/notices.ts";
import type { BalanceSample } from "#ports.ts";
import { podReport, type PodReport, type PodSources, unseenPodReport } from "#report/pod.ts";
import type { Snapshot } from "#report/snapshot.ts";

/** All that `status` tells. */
export interface StatusReport {
  readonly nowMs: number;
  /** Why the account cannot be seen. */
  readonly blind: Blind | undefined;
  readonly balance: BalanceSample | undefined;
  /** The last that was written down, when there is none now. */
  readonly lastBalance: BalanceSample | undefined;
  /** Undefined: nobody knows of any pods, nor of none. */
  readonly pods: readonly PodReport[] | undefined;
  /** When these pods were seen, if that was not now. */
  readonly podsOfMs: number | undefined;
  readonly podsBecause: string | undefined;
  readonly unreadablePods: number;
  readonly thresholds: readonly ThresholdReport[];
  readonly ahead: AheadReport;
  readonly guardPid: number | undefined;
  readonly billingMode: Seen["billingMode"] | undefined;
  readonly lookedAtMs: number | undefined;
  /** It has not looked for much longer than it should have. */
  readonly isLate: boolean;
  /** What the guard cannot see, by its own account, and since when. */
  readonly unseen: readonly { readonly what: string; readonly sinceMs: number }[];
  /** What of the config it has not read. */
  readonly unread: Unread | undefined;
  /** Who decides where either may, by the daemon's own account; undefined: only one is asked. */
  readonly source: Partial<SourceSince> | undefined;
  readonly rehearsal: Rehearsal | undefined;
  readonly changeOver: ChangeOverReport | undefined;
  /** There is neither a channel nor a notify command. */
  readonly isNobodyTold: boolean;
  /** The names of those of the config; whether a test ever came through. */
  readonly channels: readonly { readonly name: string; readonly isTested: boolean }[];
  /** The program, as it is to be typed for this config. */
  readonly command: string;
  readonly held: readonly Held[];
  readonly troubles: readonly string[];
}

export interface ThresholdReport {
  readonly name: string;
  readonly belowUsd: number | undefined;
  readonly belowHours: number | undefined;
  readonly is: "armed" | "fired" | "unknown";
  /** Where the guard has not judged yet, the balance tells what it will find. */
  readonly by: "guard" | "balance";
  readonly trippedAtMs: number | undefined;
}

export type StatusSources = Pick<
  Snapshot,
  | "policy"
  | "nowMs"
  | "look"
  | "changeOver"
  | "moments"
  | "measured"
  | "saved"
  | "runs"
  | "book"
  | "guardPid"
  | "unread"
  | "troubles"
> & {
  /** As they were listed last, where this process has seen that. */
  readonly listed?: readonly Pod[];
} & { readonly settings: Pick<Snapshot["settings"], "api" | "channels" | "missing" | "schedules"> };

export function reportOf(
  snapshot: StatusSources,
  lastBalance: BalanceSample | undefined,
  untested: readonly string[] = [],
): StatusReport {
  const { nowMs, look, saved, policy, guardPid } = snapshot;
  const { lookedAtMs } = saved;
  const isSeen = look.kind === "seen";
  return {
    nowMs,
    blind: isSeen ? undefined : look,
    balance: isSeen ? look : undefined,
    billingMode: billingModeOf(saved, isSeen ? look : {}),
    lastBalance: isSeen ? undefined : lastBalance,
    ...podsOf(snapshot),
    podsBecause: isSeen ? look.podsBecause : undefined,
    unreadablePods: isSeen ? look.unreadablePods : 0,
    thresholds: thresholdsOf(snapshot),
    ahead: aheadOfNow({ ...snapshot, schedules: snapshot.settings.schedules }),
    guardPid,
    lookedAtMs,
    isLate: lookedAtMs !== undefined && nowMs - lookedAtMs > policy.podGuards.gapMs,
    unseen: unseenOf(saved),
    unread: snapshot.unread,
    source: snapshot.settings.api === "auto" ? (saved.source ?? { api: "graphql" }) : undefined,
    rehearsal:
      snapshot.settings.api === "auto" && saved.source?.api !== "rest"
        ? saved.rehearsal
        : undefined,
    changeOver: snapshot.changeOver,
    isNobodyTold: !isAnyoneTold(policy),
    channels: snapshot.settings.channels.map(({ name }) => ({
      name,
      isTested: !untested.includes(name),
    })),
    command: policy.podGuards.command,
    held: heldNotices(saved, snapshot.settings.channels, nowMs),
    troubles: [
      ...(guardPid === undefined
        ? (snapshot.settings.missing?.secrets ?? []).map(missingWords)
        : daemonTroubles(saved)),
      ...unsentNotices(saved, nowMs),
      ...snapshot.troubles,
    ],
  };
}

function podsOf(snapshot: StatusSources): Pick<StatusReport, "pods" | "podsOfMs"> {
  const { policy, runs, book, saved, moments, measured, nowMs, look, listed = [] } = snapshot;
  const samples: readonly PodSample[] = measured.kind === "measured" ? measured.samples : [];
  const sources: PodSources = { policy, runs, book, saved, moments, samples, atMs: nowMs };
  if (look.kind === "seen" && look.pods !== "unknown") {
    return { pods: look.pods.map((pod) => podReport(pod, sources)), podsOfMs: undefined };
  }
  const podsOfMs = saved.podsSeenAtMs;
  if (podsOfMs === undefined) return { pods: undefined, podsOfMs };
  const then: PodSources = { ...sources, runs: saved.runs };
  const known = Object.values(saved.runs);
  const byId = new Map(listed.map((pod) => [pod.id, pod]));
  const pods = known.map((run) =>
    unseenPodReport(run, { ...then, atMs: podsOfMs }, byId.get(run.podId)),
  );
  return { pods, podsOfMs };
}

function thresholdsOf({ policy, saved, look }: StatusSources): readonly ThresholdReport[] {
  return policy.thresholds.map(({ name, belowUsd, belowHours }) => {
    const judged = own(saved.fired, name);
    const fired =
      judged ?? (look.kind === "seen" ? isBelow({ belowUsd, belowHours }, look) : undefined);
    return {
      name,
      belowUsd,
      belowHours,
      is: fired === undefined ? "unknown" : fired ? "fired" : "armed",
      by: judged === undefined ? "balance" : "guard",
      trippedAtMs: fired === true ? own(saved.trippedAtMs, name) : undefined,
    };
  });
}

function unseenOf({ blind, podsBlind, unmeasured }: GuardState): StatusReport["unseen"] {
  const slots = [
    ["the account", blind],
    ["the pods", podsBlind],
    ["the load of the pods", unmeasured],
  ] as const;
  return slots.flatMap(([what, slot]) =>
    slot === undefined ? [] : [{ what, sinceMs: slot.sinceMs }],
  );
}

/** The daemon that runs says what it has not; one that does not would start without it. */
function missingWords({ of, where, what }: MissingSecret): string {
  return `${of}: ${noSecretWords(`${where} ${what}`)}`;
}

/** What does not work in the daemon that runs, by its own account. */
function daemonTroubles({ troubles = {} }: GuardState): readonly string[] {
  return Object.entries(troubles).map(([what, { because }]) => `${what}: ${because}`);
}
