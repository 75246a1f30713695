import type { ForeignPods, LaunchCaps } from "#guard/model/launch.ts";
import type { ChannelSettings } from "#notify/settings.ts";
import type {
  Backstop,
  Budget,
  HardTimeoutGuard,
  IdleGuard,
  LeaseGuard,
  Line,
  Repeats,
  Schedule,
  StoppedGuard,
} from "#guard/model/policy.ts";

/** The config as the program uses it: defaults filled in, paths absolute, times in milliseconds. */
export interface Settings {
  readonly configPath: string;
  /** The name of it among many on this machine; undefined: there is one. */
  readonly account?: string | undefined;
  readonly apiKey: string;
  /** Where the key was found, in words. */
  readonly apiKeyFrom: string;
  /** The variables it may stand in. */
  readonly apiKeyNames: readonly string[];
  /** The variables that hold secrets of channels and the page: no program gets them. */
  readonly secretNames?: readonly string[] | undefined;
  /** What must be shown nowhere. */
  readonly secrets: readonly string[];
  readonly pollIntervalMs: number;
  /** Infinity when unbounded. */
  readonly maxRuntimeMs: number;
  readonly stateFile: string;
  readonly logFile: string;
  /** Empty: no agent is called. */
  readonly claudeCommand: readonly string[];
  readonly claudeTimeoutMs: number;
  readonly claudeAttempts: number;
  readonly agentPermissions: "scoped" | "inherit";
  readonly agentMaxTurns: number;
  readonly agentMaxBudgetUsd: number;
  /** For notifications that belong to no threshold. Empty: nobody is notified. */
  readonly notifyCommand: readonly string[];
  /** Whether that command gets the API key; absent: no, as everywhere. */
  readonly notifyPassesKey?: boolean;
  readonly notifyTimeoutMs: number;
  /** Beside the notify command; each gets what it asks for. */
  readonly channels: readonly ChannelSettings[];
  readonly heartbeat?: HeartbeatSettings | undefined;
  /** Undefined: every secret is there. */
  readonly missing?: MissingSecrets | undefined;
  readonly brief?: BriefSettings | undefined;
  /** Undefined: nothing is served. */
  readonly http?: HttpSettings | undefined;
  readonly outside?: OutsideSettings | undefined;
  readonly blindAfterMs: number;
  /** Globs; the guard's own pod among them when it runs in one. */
  readonly protect: readonly string[];
  /** The last of these, when it runs in one. */
  readonly ownPodId?: string;
  /** Highest first. */
  readonly thresholds: readonly ThresholdSettings[];
  readonly guards: GuardSettings;
  readonly budgets: readonly BudgetSettings[];
  readonly schedules: readonly ScheduleSettings[];
  /** What the guards of single pods do with those that were started elsewhere; absent: as with all. */
  readonly foreignPods?: ForeignPods;
  /** Undefined: no pod is started. */
  readonly launch?: LaunchCaps | undefined;
  /** Whether a threshold trips on what the balance must be by now, while nobody sees it; absent: no. */
  readonly tripsOnEstimate?: boolean;
  /** Whether it polls sooner where a line comes near, or only every `pollIntervalMs`. */
  readonly poll: "adaptive" | "fixed";
  readonly historyDays: number;
  readonly dryRun: boolean;
  /** Which of RunPod's interfaces decides: GraphQL while it lives, or the one that is named. */
  readonly api: "auto" | "graphql" | "rest";
  readonly runpodUrl: string;
  /** Undefined: REST is not asked, as no address was named for it beside a `runpodUrl` of one's own. */
  readonly restUrl: string | undefined;
  /** The balance's address below `restUrl`, where RunPod does not say it itself. */
  readonly restBalancePath?: string;
  /** What should be fixed although the config can be used. */
  readonly warnings: readonly string[];
}

/** A secret that is rightly named, and not there now; in no word of it stands another one. */
export interface MissingSecret {
  /** Whose it is: `channel ntfy`. */
  readonly of: string;
  /** What there is not without it. */
  readonly without: "notifications" | "heartbeat" | "the page" | "the guard outside";
  readonly where: string;
  readonly what: string;
}

/** What goes on without its secret until that is there. */
export interface MissingSecrets {
  readonly secrets: readonly MissingSecret[];
  /** Looks whether they are there now. Undefined: what is there cannot be used. */
  readonly again: () => Promise<SecretSettings | undefined>;
}

/** What of the settings is made of secrets: of channels, the heartbeat, the page and the guard outside. */
export type SecretSettings = Pick<
  Settings,
  "channels" | "heartbeat" | "http" | "outside" | "missing" | "secrets" | "secretNames"
>;

/** Where somebody outside hears that the guard is alive, and whether it sees. */
export interface HeartbeatSettings {
  /** A secret: whoever knows it can pretend. */
  readonly url: string;
  readonly everyMs: number;
}

/** A guard elsewhere that hears of this one. */
export interface OutsideSettings {
  readonly url: string;
  readonly account: string;
  /** A secret: whoever knows it can speak for this guard. */
  readonly beatKey: string;
  readonly onSilence: "notify" | "guard";
  /** RunPod's, for it alone. Undefined: it is given the account's. */
  readonly apiKey?: string | undefined;
  /** Set: the config names such a key, and it is not there now, in words. */
  readonly lacksApiKey?: string | undefined;
}

/** Where the page, the API and the metrics are served. */
export interface HttpSettings {
  readonly host: string;
  readonly port: number;
  /** Undefined: made at the first start, and kept beside the state. */
  readonly token?: string | undefined;
  /** For jobs inside the pods, which may say that they are at work, and nothing else. Undefined: as above. */
  readonly activityToken?: string | undefined;
  /** For Prometheus, which may read the metrics and /health, and nothing else. Undefined: as above. */
  readonly metricsToken?: string | undefined;
  /** Whether it may listen beyond this machine. */
  readonly isRemoteAllowed: boolean;
  /** Under which people reach it from elsewhere, without a slash at its end. */
  readonly publicUrl?: string | undefined;
}

/** One message a day. */
export interface BriefSettings {
  /** Of the day, from 0 to 1439. */
  readonly atMinute: number;
  /** Undefined: this machine's. */
  readonly timeZone?: string | undefined;
}

export interface BudgetSettings extends Budget {
  /** Whose calendar it is; undefined: this machine's. */
  readonly timeZone?: string | undefined;
  /** What the agent is told; always there when it is called. */
  readonly prompt?: string | undefined;
}

export interface ScheduleSettings extends Schedule {
  readonly cron: string;
  /** Undefined: this machine's. */
  readonly timeZone?: string | undefined;
  /** `2026-12-24`: days there on which it does nothing. */
  readonly except: readonly string[];
}

export interface ThresholdSettings extends Line, Repeats {
  readonly name: string;
  readonly prompt: string;
  /** Empty: nobody is notified. */
  readonly notifyCommand: readonly string[];
  readonly notifyPassesKey?: boolean;
  readonly backstop: Backstop | undefined;
}

interface Prompted {
  /** What the agent is told when that is this guard's action. */
  readonly prompt: string;
}

/** The guards of single pods; one that is not there is off. */
export interface GuardSettings {
  readonly hardTimeout?: (HardTimeoutGuard & Prompted) | undefined;
  readonly lease?: (LeaseGuard & Prompted) | undefined;
  readonly idle?: (IdleGuard & Prompted & ProbeSettings) | undefined;
  readonly stopped?: StoppedGuard | undefined;
  readonly warnMs: number;
  readonly maxEndsPerHour: number;
  /** Run before one of these guards ends a pod. Empty: none. */
  readonly beforeStopCommand: readonly string[];
  readonly beforeStopPassesKey?: boolean;
  readonly beforeStopTimeoutMs: number;
  /** Whether a command that fails puts the end off; absent: no. */
  readonly beforeStopMustSucceed?: boolean;
}

/** How a pod that shows no load is asked whether it is at work. */
interface ProbeSettings {
  /** Empty: none. */
  readonly activityCommand: readonly string[];
  readonly activityPassesKey?: boolean;
  readonly activityMetrics: readonly ActivityMetric[];
}

/** A number on a Prometheus page that shows activity: above a line, or because it grows. */
export interface ActivityMetric {
  /** A template. */
  readonly url: string;
  readonly metric: string;
  readonly activeWhen:
    { readonly kind: "above"; readonly above: number } | { readonly kind: "increases" };
}
