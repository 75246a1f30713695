import { deciderAtStart } from "#daemon/decider-at-start.ts";
import type { GuardState, Input } from "#guard/model/state.ts";
import { afterRestart } from "#guard/outbox/after-restart.ts";
import type { StateStore } from "#ports.ts";
import { withoutSecrets } from "#redact.ts";
import { decidedBy } from "#runpod/auto/change-over.ts";
import { createBackMark } from "#store/back-mark.ts";
import { createStateFile, type StateTrouble } from "#store/state-file.ts";
import type { WatchParts } from "./parts.ts";

/** What the daemon before has left, and where this one saves in its turn. */
export interface Saved {
  readonly state: GuardState;
  readonly store: StateStore;
  /** What was not as expected. */
  readonly troubles: readonly StateTrouble[];
  /** The guard has taken in a poll: who decides by now is saved, and what has said so before is not needed any more. */
  readonly heeded: () => void;
}

/**
 * Reads it, and sets who decides from the start. `take`: not called before this has resolved. Throws a UserError when
 * the state cannot be read.
 */
export async function readSaved(
  { live, clock }: Pick<WatchParts, "live" | "clock">,
  take: (input: Input) => Promise<unknown>,
): Promise<Saved> {
  const { stateFile, dryRun } = live.settings();
  const nowMs = (): number => clock.nowMs();
  const troubles: StateTrouble[] = [];
  const store = createStateFile(stateFile, {
    readOnly: dryRun,
    nowMs,
    onTrouble: (trouble) => troubles.push(trouble),
    onOtherWriter: (because) =>
      void take(
        because === undefined
          ? { kind: "recovered", what: "the state file", atMs: nowMs() }
          : { kind: "trouble", what: "the state file", because, atMs: nowMs() },
      ),
  });
  const state = afterRestart(withoutSecrets(await store.load(), live.redact));
  const back = createBackMark(stateFile);
  const { source, hasRestSeen, isBack } = await deciderAtStart(state, () => back.atMs(), nowMs());
  live.deciding.set(decidedBy(source, hasRestSeen));
  let isMarked = isBack && !dryRun;
  return {
    state,
    store,
    troubles,
    heeded() {
      if (!isMarked) return;
      isMarked = false;
      void back.remove();
    },
  };
}
