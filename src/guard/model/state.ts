import type { Look, Pod, Seen, Measured, Activity, Probed, Source } from "./account.ts";
import type { Crossing, Rehearsal, RehearsalOutcome, Shown, SourceSince } from "./source.ts";
import type { BurnBefore, SaidName, Effect, Outcome } from "./effect.ts";
import type { Line, PodGuards, Policy } from "./policy.ts";
import type { Scheduled } from "./schedules.ts";
import type {
  Accounted,
  BudgetPeriod,
  Charges,
  Falling,
  Moments,
  PodSpan,
  Reminded,
  StoppedPod,
} from "./spend.ts";
import type { LeaseBook, PodRun, HistoryRecord } from "./run.ts";

/** Since when something is unknown, and when that was last notified. */
export interface Unseen {
  readonly sinceMs: number;
  /** Of the account, where nobody looked for a while before: since when it was tried again. */
  readonly triedSinceMs?: number | undefined;
  readonly toldAtMs?: number | undefined;
  readonly lastBalanceUsd?: number | undefined;
  readonly lastBurnPerHrUsd?: number | undefined;
}

/** A notification that could not be sent and was given up. */
interface LostNotice {
  readonly atMs: number;
  readonly message: string;
  /** The name of the channel that it was for; absent: the notify command. */
  readonly channel?: string | undefined;
  /** Why the last try failed. */
  readonly because: string;
}

/** So many of them are kept. */
export const mostLost = 20;

/** What people were told of by one way, and not yet that it is over. */
interface OpenIncident {
  readonly incident: string;
  /** See `outbox/ways.ts`. */
  readonly way: string;
  /** When it was last told. */
  readonly atMs: number;
}

/** A pod that has ended by its status, and whose end the account's burn does not show. */
export interface Unconfirmed extends BurnBefore {
  readonly podId: string;
  readonly name: string;
  readonly isCluster?: boolean | undefined;
  readonly endedAtMs: number;
  readonly toldAtMs?: number | undefined;
}

/** A pod that was protected by its name when it was last called so. */
export interface KeptPod {
  readonly name: string;
  /** The glob of `protect` that matched. */
  readonly rule: string;
  /** What it is called now, if no rule matches that. */
  readonly renamedTo?: string | undefined;
}

/** A part of the daemon that does not work. */
interface TroubleSince {
  readonly sinceMs: number;
  readonly because: string;
}

/** What was found to burn when no pod explained it, in short words; undefined: nothing was. */
export interface Audited {
  readonly atMs: number;
  readonly words?: string | undefined;
}

/** What of the config a daemon has in force. */
export interface InForce {
  /** The daemon's. */
  readonly pid: number;
  readonly sinceMs: number;
  /** The config that it reads; undefined: not known. */
  readonly configPath?: string | undefined;
  /** The daemon's own, by which it goes where the config names none; undefined: not known. */
  readonly timeZone?: string | undefined;
  /** By key of the config: changed with it. */
  readonly marks: Readonly<Record<string, string>>;
  readonly policy: Pick<Policy, "thresholds" | "protect" | "budgets" | "tripsOnEstimate"> & {
    readonly podGuards: Omit<PodGuards, "command">;
  };
}

/** How it stands with a line in hours that was crossed. It is held until they were well above it for long. */
export interface HoursCrossed {
  /** For how long they were so at every look, of the time that was seen; undefined: they are below. */
  readonly aboveMs?: number | undefined;
  /** When they were seen so last; undefined: what was seen since then did not tell. */
  readonly aboveAtMs?: number | undefined;
  /** Only that holds the threshold: nothing of it is crossed now. */
  readonly isOver?: boolean | undefined;
  /** Since when it is crossed once more, after that. */
  readonly belowSinceMs?: number | undefined;
}

/** What outlives the process. */
export interface GuardState {
  /** By threshold name: true from the trip until the balance is back at or above it. */
  readonly fired: Readonly<Record<string, boolean>>;
  readonly owed: readonly Effect[];
  /** By threshold name, for those that are fired: when they tripped. */
  readonly trippedAtMs: Readonly<Record<string, number>>;
  /** The account, while it is not seen. */
  readonly blind?: Unseen | undefined;
  /** The pods, while only the balance is seen. */
  readonly podsBlind?: Unseen | undefined;
  /** Since when the balance has been at or below $0. */
  readonly zeroSinceMs?: number | undefined;
  readonly unconfirmed: readonly Unconfirmed[];
  /** By pod id. */
  readonly kept: Readonly<Record<string, KeptPod>>;
  /** By what was said, when: what is true for hours is said once an hour. */
  readonly saidAtMs: Readonly<Record<string, number>>;
  /** By what does not work in the daemon, since when and why. */
  readonly troubles?: Readonly<Record<string, TroubleSince>> | undefined;
  /** For the commands, which read a config of their own. */
  readonly inForce?: InForce | undefined;
  /** By pod id, the runs that go on. */
  readonly runs: Readonly<Record<string, PodRun>>;
  /** When the last look was taken, and the last that showed the pods. */
  readonly lookedAtMs?: number | undefined;
  readonly podsSeenAtMs?: number | undefined;
  /** The last look that showed of every pod whether it runs. */
  readonly podsKnownAtMs?: number | undefined;
  /** Since when the list of pods has been empty, against what burns. */
  readonly emptySinceMs?: number | undefined;
  /** What an audit found last. */
  readonly audited?: Audited | undefined;
  /** Which interface decides, once it was not GraphQL. */
  readonly source?: SourceSince | undefined;
  /** What the interface before showed, as far as the one that decides now does not agree yet. */
  readonly crossing?: Crossing | undefined;
  /** What GraphQL has not shown of late, poll after poll: it may be at its end. */
  readonly unseenBy?: Source["unseen"];
  /** What whoever decides has shown last. */
  readonly shown?: Shown | undefined;
  /** How the last rehearsal went. */
  readonly rehearsal?: Rehearsal | undefined;
  /** Since when it is known, and told, that RunPod bills afterwards. */
  readonly postpaidSinceMs?: number | undefined;
  /** The loads, while they cannot be measured. */
  readonly unmeasured?: Unseen | undefined;
  /** When each end of the last hour that one of the pods' guards brought about was proven. */
  readonly guardEndsAtMs: readonly number[];
  /** What the history does not have yet. */
  readonly unrecorded: readonly HistoryRecord[];
  /** How many records there have been. */
  readonly recordCount: number;
  readonly lostNotices: readonly LostNotice[];
  /** Where there are channels, which are told when it is over. */
  readonly openIncidents?: readonly OpenIncident[] | undefined;
  /** Of what the guard outside has done: what was taken over last. */
  readonly tookBackId?: string | undefined;
  /** The day of the last brief, as the calendar calls it. */
  readonly briefedDay?: string | undefined;
  /** How far the account's spending is accounted for. */
  readonly accounted?: Accounted | undefined;
  /** By budget name: the last few periods, the present one last. */
  readonly budgets?: Readonly<Record<string, readonly BudgetPeriod[]>> | undefined;
  /** By the name of a budget of pods: how far what these cost is counted in it. */
  readonly podsCounted?: Readonly<Record<string, readonly PodSpan[]>> | undefined;
  /** By schedule name: which of its moments were dealt with, and whom the last one holds. */
  readonly scheduled?: Readonly<Record<string, Scheduled>> | undefined;
  /** By pod id. */
  readonly stoppedPods?: Readonly<Record<string, StoppedPod>> | undefined;
  /** By incident: how often it was told. */
  readonly reminded?: Readonly<Record<string, Reminded>> | undefined;
  /** By threshold name: when it tripped on an estimate that no look has confirmed yet. */
  readonly estimatedAtMs?: Readonly<Record<string, number>> | undefined;
  /** By threshold name, for those that are fired, and were crossed by hours. */
  readonly hoursCrossed?: Readonly<Record<string, HoursCrossed>> | undefined;
  /** When RunPod charges the balance, as this process has seen it; not saved. */
  readonly charges?: Charges | undefined;
  /** How the balance has fallen of late: what it tells of the burn, and what of it no pod explains. */
  readonly falls?: Falling | undefined;
  /** As this process last heard it from the calendar; not saved. */
  readonly moments?: Moments | undefined;
  /** As this process last read it; not saved. Unknown, it may hold more time for a pod. */
  readonly leaseBook?: LeaseBook | "unknown" | undefined;
  /** The last good look of this process; it is not saved. */
  readonly lastSeen?: Seen | undefined;
  /** The globs of the config of which this process has said what they come to; not saved. */
  readonly rulesSaid?: string | undefined;
}

export const emptyState: GuardState = {
  fired: {},
  owed: [],
  trippedAtMs: {},
  unconfirmed: [],
  kept: {},
  saidAtMs: {},
  runs: {},
  guardEndsAtMs: [],
  unrecorded: [],
  recordCount: 0,
  lostNotices: [],
};

export type Input =
  | { readonly kind: "look"; readonly look: Look }
  /** `activity` has the pods whose probes have answered by then, by id. */
  | {
      readonly kind: "measured";
      readonly measured: Measured;
      readonly activity: Readonly<Record<string, Activity>>;
    }
  /** Probes have answered: of each pod when it comes. */
  | { readonly kind: "probed"; readonly atMs: number; readonly probed: readonly Probed[] }
  /** The wall clock was set, and ours follows: `atMs` is by the new time. */
  | { readonly kind: "stepped"; readonly atMs: number; readonly byMs: number }
  /** Until then nobody looked for a while: the machine slept, or this process stood still. */
  | { readonly kind: "paused"; readonly atMs: number }
  /** The leases and touches; "unknown" when they cannot be read. */
  | {
      readonly kind: "leases";
      readonly atMs: number;
      readonly book: LeaseBook | "unknown";
    }
  /** What the calendar says, before each look. */
  | { readonly kind: "moments"; readonly moments: Moments }
  /** It was looked for what burns; `words` says what was found. */
  | { readonly kind: "audited"; readonly atMs: number; readonly words: string | undefined }
  /** The history has these now. */
  | { readonly kind: "recorded"; readonly ids: readonly string[] }
  /** The daemon has this in force from now on. */
  | { readonly kind: "config"; readonly inForce: InForce }
  /** Something of a pod that the history is to have, and that people are told once, unless they did it. */
  | {
      readonly kind: "noted";
      readonly atMs: number;
      readonly podId: string;
      readonly podName: string;
      readonly because: string;
      readonly isTold: boolean;
    }
  /** Somebody is on what a notification of this topic, made then, has told of: reminders of it hold. */
  | {
      readonly kind: "on-it";
      readonly atMs: number;
      readonly topic: string;
      readonly saidAtMs: number;
    }
  /** The daemon starts or stops. */
  | { readonly kind: "daemon"; readonly atMs: number; readonly because: string }
  | {
      readonly kind: "settled";
      readonly id: string;
      readonly atMs: number;
      readonly outcome: Outcome;
    }
  /** The hour of the daily brief has come; `because` is what it says. */
  | {
      readonly kind: "brief";
      readonly atMs: number;
      readonly day: string;
      readonly because: string;
    }
  /** Of the guard on its machine, as one elsewhere hears it: nothing for too long, or something again. */
  | { readonly kind: "silent" | "heard"; readonly atMs: number; readonly because: string }
  /** A guard elsewhere went on from `base` while this one was silent, and hands over what it has come to. */
  | {
      readonly kind: "handed-back";
      readonly id: string;
      readonly atMs: number;
      /** How far its clock is ahead of ours. */
      readonly aheadMs: number;
      readonly base: GuardState;
      readonly theirs: GuardState;
      /** By which it has told people. */
      readonly channels: readonly string[];
      readonly because: string;
    }
  /** REST v2 was rehearsed beside GraphQL. */
  | { readonly kind: "rehearsed"; readonly atMs: number; readonly outcome: RehearsalOutcome }
  /** A part of the daemon fails, or works again: the state file, the log, a new config. */
  | {
      readonly kind: "trouble";
      readonly what: string;
      readonly atMs: number;
      readonly because: string;
    }
  | { readonly kind: "recovered"; readonly what: string; readonly atMs: number };

/** What happened, for the log: the same words go wherever the fact goes. */
export type GuardEvent =
  | {
      readonly kind: "trip";
      readonly threshold: string;
      readonly line: Line;
      readonly balanceUsd: number;
      readonly because: string;
    }
  | { readonly kind: "rearm"; readonly threshold: string; readonly because: string }
  | { readonly kind: "moot"; readonly effect: Effect; readonly because: string }
  | {
      readonly kind: "settled";
      readonly effect: Effect;
      readonly outcome: Outcome;
      readonly again: boolean;
      /** Of a notification: when it is tried again at the soonest. */
      readonly againInMs?: number;
    }
  | {
      readonly kind: "said";
      readonly event: SaidName;
      /** The threshold's name, the guard's, or the event's. */
      readonly name: string;
      /** As the history has it. */
      readonly reason: string;
      readonly because: string;
      /** The pods that it is about. */
      readonly podIds: readonly string[];
    }
  /** What the globs of the config come to for the pods that are there. */
  | {
      readonly kind: "rules";
      readonly protectedPods: readonly Pod[];
      readonly unmatched: readonly { readonly where: string; readonly glob: string }[];
    }
  | { readonly kind: "run-started"; readonly run: PodRun }
  /** What tells of the start of a run does not agree any more; the shortest holds. */
  | { readonly kind: "start-disputed"; readonly run: PodRun }
  | {
      readonly kind: "run-ended";
      readonly run: PodRun;
      readonly podIs: "stopped" | "gone";
      /** As the history has it: `idle_30m`, `backstop`, `ended_elsewhere`. */
      readonly reason: string;
      readonly because: string;
      /** When it was last seen to run, and until when it is taken to have run. */
      readonly ranAtMs: number;
      readonly endedAtMs: number;
    };

export interface Decision {
  readonly state: GuardState;
  readonly events: readonly GuardEvent[];
}
