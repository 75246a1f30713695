import { wordsOf } from "#errors.ts";
import type { GuardState, Input } from "#guard/model/state.ts";
import type { Clock, Recorder } from "#ports.ts";
import { oneAtATime } from "#within-limit.ts";

/** Writes records to the history, beside the loop: it never delays a poll. */
export interface Recording {
  /** Takes the records not yet written. After a failure it tries again at the next poll. */
  offer(unrecorded: GuardState["unrecorded"], isLook: boolean): void;
  /** Resolves when nothing is being written. */
  idle(): Promise<void>;
}

export interface RecordingDeps {
  readonly recorder: Recorder;
  readonly clock: Clock;
  readonly take: (input: Input) => Promise<unknown>;
}

const limitMs = 10_000;
const what = "history";

export function createRecording({ recorder, clock, take }: RecordingDeps): Recording {
  const withinLimit = oneAtATime(limitMs, clock);
  let isTroubled = false;
  /** What was offered while it was writing. */
  let missed: GuardState["unrecorded"] = [];
  let writing: Promise<void> | undefined;

  async function write(records: GuardState["unrecorded"]): Promise<void> {
    try {
      await withinLimit(() => recorder.append(records));
    } catch (error) {
      isTroubled = true;
      const because = `${wordsOf(error)}. The records are kept in the state and written later`;
      await take({ kind: "trouble", what, atMs: clock.nowMs(), because });
      return;
    }
    if (isTroubled) await take({ kind: "recovered", what, atMs: clock.nowMs() });
    isTroubled = false;
    await take({ kind: "recorded", ids: records.map(({ id }) => id) });
  }

  function offer(unrecorded: GuardState["unrecorded"], isLook: boolean): void {
    if (writing !== undefined) {
      missed = unrecorded;
      return;
    }
    if (isTroubled && !isLook) return;
    const due = unrecorded.filter(({ notBeforeMs = 0 }) => notBeforeMs <= clock.nowMs());
    if (due.length === 0) return;
    writing = write(due).finally(() => {
      writing = undefined;
      const left = missed;
      missed = [];
      offer(left, false);
    });
  }

  async function idle(): Promise<void> {
    if (writing === undefined) return;
    await writing;
    await idle();
  }

  return { offer, idle };
}
