import { type Ending, endPod, type EndPodDeps } from "#effects/end-and-prove.ts";
import { type EndAction, isRunning, type Pod } from "#guard/model/account.ts";
import type { BurnBefore, Outcome } from "#guard/model/effect.ts";
import type { Paces } from "#paces.ts";
import type { Account, Clock } from "#ports.ts";

export interface EndByHandDeps {
  readonly account: Account;
  readonly clock: Clock;
  /** Asked at each try. */
  readonly protect: () => readonly string[];
  readonly paces: Pick<Paces, "proof" | "endByHandRetryMs">;
  /** What burned when the pod was chosen, if it ran then. */
  readonly burnBefore?: BurnBefore | undefined;
  /** Gets each step in words. */
  readonly note: (words: string) => void;
}

/** What became of a pod that was to be ended. */
export type HandEnd =
  /** `ranAtMs`: when it was last seen to run; undefined when it was not. */
  | { readonly kind: "ended"; readonly outcome: Outcome; readonly ranAtMs: number | undefined }
  /** It had stopped before we asked. */
  | { readonly kind: "over-before"; readonly because: string }
  | { readonly kind: "unproven"; readonly because: string }
  | { readonly kind: "interrupted"; readonly wasAsked: boolean };

const mostTries = 3;

/** The first step of an end. */
export const pollingWords = "polling";

/** Ends a pod by hand, in the same way and with the same proof as the guard, in a few tries. */
export async function endByHand(
  { id: podId, cluster }: Pod,
  action: EndAction,
  { account, clock, protect, paces, burnBefore: burnt, note }: EndByHandDeps,
  signal: AbortSignal,
): Promise<HandEnd> {
  let wasAsked = false;
  let ranAtMs: number | undefined;
  let burnBefore = burnt;
  const ending: Ending = {
    podId,
    ...(cluster !== undefined && { memberIds: cluster.members.map(({ id }) => id) }),
    action,
    whyNot({ pods, atMs }) {
      const pod = pods === "unknown" ? undefined : pods.find(({ id }) => id === podId);
      if (pod !== undefined && isRunning(pod)) ranAtMs = atMs;
      return undefined;
    },
    isOfStopped: action === "terminate",
    waitsForBurn: true,
  };
  const noting: Account = {
    look: (within) => account.look(within),
    measure: (within) => account.measure(within),
    end(...asked) {
      wasAsked = true;
      note(`asked RunPod to ${action} it, waiting for proof`);
      return account.end(...asked);
    },
  };

  for (let tries = 1; ; tries += 1) {
    if (tries === 1) note(pollingWords);
    const tried = { ...ending, burnBefore };
    const deps: EndPodDeps = {
      account: noting,
      clock,
      paces,
      get protect() {
        return protect();
      },
    };
    const outcome = await endPod(tried, deps, signal);
    if (outcome === "interrupted") return { kind: "interrupted", wasAsked };
    const { kind, because, podIs } = outcome;
    burnBefore ??= outcome.unconfirmed;
    // RunPod may have been slow to act on an earlier request.
    if (kind === "done" || (wasAsked && podIs !== undefined)) {
      return { kind: "ended", outcome, ranAtMs };
    }
    if (kind === "moot") return { kind: podIs === undefined ? "unproven" : "over-before", because };
    if (tries === mostTries) return { kind: "unproven", because };
    note(`not yet, trying again: ${because}`);
    await clock.sleepUntil(clock.nowMs() + paces.endByHandRetryMs, signal);
    if (signal.aborted) return { kind: "interrupted", wasAsked };
  }
}
