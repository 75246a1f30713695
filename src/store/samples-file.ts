import * as z from "zod";
import { dayMs, hourMs, minuteMs } from "#guard/model/time.ts";
import type { BalanceSample, SampleStore } from "#ports.ts";
import { appendLines } from "#store/files/append-lines.ts";
import { isBlank, type Piece, piecesIn } from "#store/files/lines.ts";
import { type LineAt, linesBack } from "#store/history/lines-back.ts";
import { openToRead } from "#store/files/open-file.ts";
import { whoseFile } from "./owner.ts";
import { rewriteLines } from "#store/files/rewrite-lines.ts";
import { createThinning, quarterOf, wholeForMs } from "./thin.ts";
import { isoOf, isoTime } from "./time-text.ts";

export interface SamplesFile extends SampleStore {
  /**
   * Keeps of the older samples one in 15 minutes, and none that is older than `days`, once there is
   * half a day of that to do: until then it reads no more than the last days. What is no sample stays.
   * Throws what the disk throws.
   */
  thin(nowMs: number, days: number, signal: AbortSignal): Promise<void>;
}

/** A few dozen samples: enough to find the last one behind lines that a crash cut short. */
const tailBytes = 4_096;

/** How much there must be to do: a daemon that starts anew again and again finds nothing. */
const marginMs = 12 * hourMs;
/** So many of those that are to be thinned tell whether they were. */
const enough = 100;

const line = z.object({
  timestamp: isoTime,
  balance_usd: z.number(),
  burn_per_hr_usd: z.number().nullable().catch(null),
});

/** One process writes: a sample is added, or the thinned file put in place, one after the other. */
export function createSamplesFile(path: string): SamplesFile {
  let last: Promise<void> = Promise.resolve();

  function inTurn(work: () => Promise<void>): Promise<void> {
    const mine = last.then(work);
    last = mine.catch(() => undefined);
    return mine;
  }

  return {
    add: (sample) =>
      inTurn(() =>
        appendLines(path, {
          holds: "samples",
          tailBytes,
          isDurable: false,
          linesAfter(tail) {
            const before = tail.flatMap((written) => readSample(written) ?? []).at(-1);
            return before !== undefined && minuteOf(before) === minuteOf(sample)
              ? []
              : [writeSample(sample)];
          },
        }),
      ),

    async thin(nowMs, days, signal) {
      // A file that cannot be read, or is not ours, is told of when the next sample is added.
      if (!(await isThinningDue(path, nowMs, days).catch(() => false))) return;
      const stays = createThinning(nowMs, days);
      await rewriteLines(path, {
        holds: "samples",
        keeps(piece) {
          const sample = sampleIn(piece);
          // What we cannot read may be someone's.
          return sample === undefined ? !isBlank(piece) : stays(sample.atMs);
        },
        alone: inTurn,
        signal,
      });
    },
  };
}

async function isThinningDue(path: string, nowMs: number, days: number): Promise<boolean> {
  const whose = await whoseFile(path, "samples");
  if (whose.kind !== "ours") return whose.kind === "ours-of-before";
  const first = await firstIn(path);
  if (first === undefined) return false;
  if (first.atMs < nowMs - days * dayMs - marginMs) return true;
  const quarters = new Set<number>();
  let seen = 0;
  for await (const { atMs } of samplesBack(path)) {
    if (atMs >= nowMs - wholeForMs - marginMs) continue;
    seen += 1;
    quarters.add(quarterOf(atMs));
    if (quarters.size < seen) return true;
    if (seen >= enough) return false;
  }
  return false;
}

async function firstIn(path: string): Promise<BalanceSample | undefined> {
  for await (const piece of piecesIn(path)) {
    const sample = sampleIn(piece);
    if (sample !== undefined) return sample;
  }
  return undefined;
}

/**
 * The samples, the last written first; whoever stops asking stops the reading. A file that is not
 * there has none. What is no sample is left out.
 */
export async function* samplesBack(path: string): AsyncGenerator<BalanceSample> {
  const file = await openToRead(path);
  if (file === undefined) return;
  try {
    for await (const lines of linesBack(file)) yield* lines.flatMap((each) => sampleIn(each) ?? []);
  } finally {
    await file.close();
  }
}

function sampleIn({ bytes, kind }: Piece | LineAt): BalanceSample | undefined {
  return kind === "line" ? readSample(bytes.toString("utf8")) : undefined;
}

function minuteOf({ atMs }: BalanceSample): number {
  return Math.floor(atMs / minuteMs);
}

function writeSample({ atMs, balanceUsd, burnPerHrUsd }: BalanceSample): string {
  return JSON.stringify({
    timestamp: isoOf(atMs),
    balance_usd: balanceUsd,
    burn_per_hr_usd: burnPerHrUsd ?? null,
  });
}

function readSample(written: string): BalanceSample | undefined {
  try {
    const row = line.parse(JSON.parse(written));
    return {
      atMs: row.timestamp,
      balanceUsd: row.balance_usd,
      burnPerHrUsd: row.burn_per_hr_usd ?? undefined,
    };
  } catch {
    return undefined;
  }
}
