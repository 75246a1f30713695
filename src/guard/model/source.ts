import type { Api, Seen, Source } from "./account.ts";

/** Which of RunPod's interfaces decides, since when and why. */
export interface SourceSince extends Source {
  readonly sinceMs: number;
}

/** What the last good poll of whoever decides has shown. */
export interface Shown {
  readonly api: Api;
  readonly atMs: number;
  readonly balanceUsd: number;
  readonly burnPerHrUsd?: number | undefined;
  /** When it last gave a whole list of pods. */
  readonly listedAtMs?: number | undefined;
}

/** A change-over that goes on: what the interface before showed and the present one does not, or the other way round. */
export interface Crossing {
  readonly from: Api;
  /** What it showed last, until the present one agrees with its balance. */
  readonly before?: Shown | undefined;
  /** More money than that, in so many polls in a row that agree with each other. */
  readonly rise?: Rise | undefined;
  readonly listedAtMs?: number | undefined;
  /** The pods that it listed, until the present one has given a whole list. */
  readonly listed?: readonly string[] | undefined;
  /** By id: pods that it showed not ended, and that the present one has not listed. */
  readonly awaited: Readonly<Record<string, AwaitedPod>>;
  /** By id: pods that run by the present one only, and have not started since. */
  readonly disputed: Readonly<Record<string, DisputedPod>>;
}

interface Rise {
  readonly polls: number;
  /** The first of them; an older file does not say. */
  readonly sinceMs?: number | undefined;
  readonly atMs: number;
  readonly balanceUsd: number;
  readonly burnPerHrUsd?: number | undefined;
}

export interface AwaitedPod {
  readonly name: string;
  readonly costPerHrUsd?: number | undefined;
  /** The first list without it. */
  readonly sinceMs?: number | undefined;
}

export interface DisputedPod {
  readonly name: string;
  readonly seenAtMs: number;
  readonly toldAtMs?: number | undefined;
}

/** Whether REST v2 would do tonight what GraphQL does. */
export type RehearsalOutcome = (Worked | Failed) & {
  /** GraphQL does not tell it. */
  readonly billingMode?: Seen["billingMode"];
};

interface Worked {
  readonly kind: "worked";
}

interface Failed {
  readonly kind: "failed";
  /** In words, with what to do about it. */
  readonly because: string;
  /** The kind of reason, which does not change with each number in it. */
  readonly reason?: string;
}

/** The last rehearsal. */
export interface Rehearsal {
  readonly atMs: number;
  /** Why it failed; undefined when it worked. */
  readonly because?: string | undefined;
  /** In a row. */
  readonly failures: number;
  /** The kind of reason, and how often in a row. */
  readonly reason?: string | undefined;
  readonly alike?: number | undefined;
  readonly isTold?: boolean | undefined;
  /** Of which reason, and when. */
  readonly toldOf?: string | undefined;
  readonly toldAtMs?: number | undefined;
}
