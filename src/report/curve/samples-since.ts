import type { BalanceSample } from "#ports.ts";
import { samplesBack } from "#store/samples-file.ts";

/** One a minute for 30 days: no file of ours holds more of that time. */
const most = 43_200;
/** A clock that was wrong for a while leaves some that stand before younger ones. */
const olderInARow = 60;

/**
 * The samples from a moment until now, oldest first; none where there is no file. What a clock that was
 * ahead has written is none. Throws what the disk throws.
 */
export async function samplesSince(
  path: string,
  { sinceMs, nowMs }: { readonly sinceMs: number; readonly nowMs: number },
  signal: AbortSignal,
): Promise<readonly BalanceSample[]> {
  const found: BalanceSample[] = [];
  let older = 0;
  for await (const sample of samplesBack(path)) {
    signal.throwIfAborted();
    if (sample.atMs > nowMs) continue;
    if (sample.atMs >= sinceMs) found.push(sample);
    older = sample.atMs >= sinceMs ? 0 : older + 1;
    if (older >= olderInARow || found.length >= most) break;
  }
  return found.toSorted((a, b) => a.atMs - b.atMs);
}
