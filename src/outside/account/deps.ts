import type { Source } from "#guard/model/account.ts";
import type { ChannelPolicy } from "#guard/model/policy.ts";
import type { Log } from "#log.ts";
import type { Channel } from "#notify/channel.ts";
import type { Kept } from "#outside/kept.ts";
import type { Account, Clock } from "#ports.ts";
import type { Summary } from "#outside/summary/contract.ts";
import type { StateTexts } from "./kept-state.ts";

/** What a guard of one account has, wherever it runs. */
export interface AccountGuardDeps {
  readonly account: string;
  readonly kept: Kept;
  readonly clock: Clock;
  readonly log: Log;
  /** Signs what the account's own machine says. */
  readonly beatKey: string;
  /** As seen through whoever decided last. */
  readonly runpod: (decider: Source) => Account;
  readonly channels: readonly Channel[];
  readonly channelPolicies: readonly ChannelPolicy[];
  /** The ends, by id, that RunPod has said yes to while this process lives. */
  readonly accepted: Set<string>;
}

/** What came of standing in, to be taken over. */
export interface HandedBack {
  readonly id: string;
  readonly aheadMs: number;
  readonly base: StateTexts;
  readonly theirs: StateTexts;
  /** By which people were told here. */
  readonly channels: readonly string[];
  readonly because: string;
  /** What people were given from here, as a lease file has it. */
  readonly leases?: string;
}

/** What a machine hears in answer to what it said. */
export type SignedAnswer =
  /** `isFirst`: nothing was known here of this account before. */
  | {
      readonly kind: "heard";
      readonly nowMs: number;
      readonly isFirst: boolean;
      readonly back?: HandedBack;
      readonly wishes?: readonly {
        readonly id: string;
        readonly token: string;
        readonly atMs: number;
      }[];
    }
  /** `was`: the role before. */
  | { readonly kind: "ordered"; readonly nowMs: number; readonly was: "primary" | "standby" }
  /** `orders`: the mark of those that it was given, where it has no machine. */
  | { readonly kind: "summed-up"; readonly summary: Summary; readonly orders?: string }
  | { readonly kind: "may-drill" }
  | { readonly kind: "forgotten" }
  /** `count`: of the last that was heard. */
  | { readonly kind: "replayed"; readonly count: number }
  | { readonly kind: "refused"; readonly because: string };
