import type { AgentSettings } from "#agent/settings.ts";
import type { Budget, HardTimeoutGuard, IdleGuard, StoppedGuard } from "#guard/model/policy.ts";
import type { ChannelSettings } from "#notify/settings.ts";

/** What the config says of how effects are carried out. */
export interface EffectSettings extends AgentSettings {
  /** Of many on this machine the one that people are told of; undefined: there is one. */
  readonly account?: string | undefined;
  readonly thresholds: readonly {
    readonly name: string;
    readonly prompt: string;
    readonly backstop?: { readonly action: "stop" | "terminate" } | undefined;
    readonly notifyCommand: readonly string[];
    /** Whether it gets the API key. */
    readonly notifyPassesKey?: boolean;
  }[];
  /** For notifications that belong to no threshold. */
  readonly notifyCommand: readonly string[];
  readonly notifyPassesKey?: boolean;
  readonly notifyTimeoutMs: number;
  readonly channels: readonly ChannelSettings[];
  readonly budgets: readonly (Pick<Budget, "name" | "action"> & {
    readonly prompt?: string | undefined;
  })[];
  readonly guards: {
    readonly hardTimeout?: (HardTimeoutGuard & { readonly prompt: string }) | undefined;
    readonly lease?: { readonly prompt: string } | undefined;
    readonly idle?: (IdleGuard & { readonly prompt: string }) | undefined;
    readonly stopped?: StoppedGuard | undefined;
    /** Empty: none. */
    readonly beforeStopCommand: readonly string[];
    readonly beforeStopPassesKey?: boolean;
    readonly beforeStopTimeoutMs: number;
    readonly beforeStopMustSucceed?: boolean;
  };
}
