import type { Pod } from "#guard/model/account.ts";
import type { Launch } from "#guard/model/launch.ts";
import type { HandEnd } from "#operations/manual-stop.ts";
import type { Paces } from "#paces.ts";
import type { Clock, Creating } from "#ports.ts";
import type { SeenSnapshot } from "#report/snapshot.ts";
import type { Protection } from "./protect.ts";

export interface StartDeps {
  /** The account as it is now. */
  readonly see: () => Promise<SeenSnapshot>;
  readonly creating: Creating;
  readonly clock: Clock;
  readonly paces: Paces;
  /** Has nothing end a pod of this name, before there is one; throws where it cannot be had. Undefined: its lease ends it. */
  readonly protect?: ((snapshot: SeenSnapshot) => Promise<Protection>) | undefined;
  /** How long it is waited for until it runs. */
  readonly waitMs: number;
  readonly signal: AbortSignal;
  /** Gets each step in words. */
  readonly onStep: (words: string) => void;
}

/** What became of it. `troubles`: what could not be written although the pod was asked for. */
export type Started = {
  readonly launch: Launch;
  readonly troubles: readonly string[];
} & (
  | { readonly kind: "running"; readonly pod: Pod; readonly wasLost: string | undefined }
  /** It is there and does not run, or is not even seen: its lease holds all the same. */
  | { readonly kind: "not-running"; readonly pod: Pod | undefined; readonly because: string }
  /** RunPod has said no, and there is no such pod. */
  | { readonly kind: "refused"; readonly because: string }
  /** RunPod has not answered clearly, and no poll shows the pod: it may come to be. */
  | { readonly kind: "lost"; readonly because: string }
  | {
      readonly kind: "too-dear";
      readonly pod: Pod;
      readonly costPerHrUsd: number;
      readonly end: HandEnd;
    }
  | { readonly kind: "interrupted" }
);
