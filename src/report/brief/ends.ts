import { withHistory } from "#report/history.ts";
import type { HistoryRecord } from "#guard/model/run.ts";

/** What ended in a stretch of time. */
export interface Ends {
  /** By the guard itself, the last first. */
  readonly byGuard: readonly EndedPod[];
  /** By an agent, by people, or by itself. */
  readonly others: number;
  /** At most, of what the guard ended, as far as the cost is known. */
  readonly savedUsd: number;
  /** Of so many of them it is not known. */
  readonly savedUnknown: number;
}

interface EndedPod {
  readonly id: string;
  readonly name: string;
  /** As the history has it: `idle_30m`. */
  readonly reason: string;
}

/** Reads the history of that time. Throws a UserError when the file cannot be read. */
export async function endsIn(path: string, sinceMs: number, nowMs: number): Promise<Ends> {
  return withHistory(path, { sinceMs }, nowMs, async ({ events, summary }) => {
    const ended: HistoryRecord[] = [];
    for await (const records of events()) {
      ended.push(...records.filter(({ type }) => type === "stop" || type === "termination"));
    }
    const { sessions, saved } = summary();
    const ours = new Set(saved.endsByReason.map(({ reason }) => reason));
    const byGuard = ended
      .toReversed()
      .flatMap(({ reason, run }) =>
        reason === null || run === undefined || !ours.has(reason)
          ? []
          : [{ id: run.podId, name: run.podName, reason }],
      );
    return {
      byGuard,
      others: Math.max(0, sessions - byGuard.length),
      savedUsd: saved.total,
      savedUnknown: saved.unknown,
    };
  });
}
