import type { Chore } from "#daemon/beside/tidying.ts";
import type { Engine } from "#daemon/engine.ts";
import { createRecording, type Recording } from "#daemon/recording.ts";
import { createSampling } from "#daemon/sampling.ts";
import type { Seen } from "#guard/model/account.ts";
import { identityOf } from "#process/identity.ts";
import { createHistoryFile } from "#store/history/history-file.ts";
import { pruneHistory } from "#store/history/history-pruning.ts";
import { historyFileOf, samplesFileOf } from "#store/paths.ts";
import { createSamplesFile } from "#store/samples-file.ts";
import type { WatchParts } from "./parts.ts";

/** What is kept beside the state, for people to look back at. */
interface Keeping {
  readonly recording: Recording;
  readonly keepSample: (look: Seen) => void;
  /** What keeps the files short. */
  readonly chores: readonly Chore[];
}

/** The history, and the balance of each minute. A dry run changes nothing of either. */
export function keepingOf(
  { live, clock }: Pick<WatchParts, "live" | "clock">,
  engine: Engine,
): Keeping {
  const { stateFile, dryRun } = live.settings();
  const take: Engine["take"] = (input) => engine.take(input);
  if (dryRun) {
    const recorder = { append: () => Promise.resolve() };
    return {
      recording: createRecording({ recorder, clock, take }),
      keepSample: () => undefined,
      chores: [],
    };
  }
  const nowMs = (): number => clock.nowMs();
  const days = (): number => live.settings().historyDays;
  const historyFile = historyFileOf(stateFile);
  const recorder = createHistoryFile(historyFile, {
    identityOf,
    onTrouble: (because) =>
      void engine.take({ kind: "trouble", what: "locking the history", because, atMs: nowMs() }),
  });
  const samples = createSamplesFile(samplesFileOf(stateFile));
  return {
    recording: createRecording({ recorder, clock, take }),
    keepSample: createSampling(samples, engine, clock),
    chores: [
      {
        what: "pruning the history",
        run: (signal) =>
          pruneHistory(historyFile, { nowMs: nowMs(), days: days(), identityOf, signal }),
      },
      {
        what: "pruning the balance samples",
        run: (signal) => samples.thin(nowMs(), days(), signal),
      },
    ],
  };
}
