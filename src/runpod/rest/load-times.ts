import type { PodRow } from "./pod-row.ts";

interface Told {
  readonly uptimeSeconds: number;
  readonly atMs: number;
  /** When the uptime was first seen to have gone on to this; undefined: it has not been seen to. */
  readonly takenAtMs: number | undefined;
}

type Row = Pick<PodRow, "id" | "uptimeSeconds">;

/** Whole seconds, and two clocks. */
const slackMs = 2_000;
/** What was told longer ago no longer speaks against an answer. */
const forgottenMs = 300_000;

/**
 * When the loads of the pods were taken. REST gives them no time; but it tells the uptime beside them,
 * and where that goes on, so do they. An uptime that stands still, or that goes back although the pod
 * cannot have been started since, is of an old answer: its loads say nothing of now.
 */
export function createLoadTimes(): (
  rows: readonly Row[],
  atMs: number,
) => ReadonlyMap<string, number> {
  let before: ReadonlyMap<string, Told> = new Map();
  return (rows, atMs) => {
    const held = new Map<string, Told>();
    const times = new Map<string, number>();
    for (const { id, uptimeSeconds } of rows) {
      const now = toldAfter(before.get(id), uptimeSeconds, atMs);
      if (now === undefined) continue;
      held.set(id, now);
      const isOfThis = now.uptimeSeconds === uptimeSeconds;
      if (isOfThis && now.takenAtMs !== undefined) times.set(id, now.takenAtMs);
    }
    before = held;
    return times;
  };
}

/** What is held of a pod after this row; undefined when that is nothing. */
function toldAfter(
  before: Told | undefined,
  uptimeSeconds: number | undefined,
  atMs: number,
): Told | undefined {
  if (uptimeSeconds === undefined || uptimeSeconds === before?.uptimeSeconds) return before;
  const first = { uptimeSeconds, atMs, takenAtMs: undefined };
  if (before === undefined) return first;
  if (uptimeSeconds > before.uptimeSeconds) return { ...first, takenAtMs: atMs };
  const isNewStart = atMs - uptimeSeconds * 1000 >= before.atMs - slackMs;
  const isForgotten = Math.abs(atMs - before.atMs) > forgottenMs;
  return isNewStart || isForgotten ? first : before;
}
