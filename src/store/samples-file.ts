import { minuteMs } from "#guard/model/time.ts";
import * as z from "zod";
import { wordsOf } from "#errors.ts";
import type { BalanceSample, SampleStore } from "#ports.ts";
import { appendLines } from "./append-lines.ts";
import { piecesIn } from "./lines.ts";
import { createOnceADay, rewriteLines } from "./rewrite-lines.ts";
import { createThinning } from "./thin.ts";
import { isoOf, isoTime } from "./time-text.ts";

export interface SamplesFileOptions {
  readonly nowMs: () => number;
  /** How long a sample is kept, if only as one of 15 minutes. */
  readonly days: () => number;
  /** Told what went wrong though the sample is there. */
  readonly onTrouble: (because: string) => void;
}

/** A few dozen samples: enough to find the last one behind lines that a crash cut short. */
const tailBytes = 4_096;

const line = z.object({
  timestamp: isoTime,
  balance_usd: z.number(),
  burn_per_hr_usd: z.number().nullable().catch(null),
});

/** One process writes, which waits for one sample before it adds the next. */
export function createSamplesFile(path: string, options: SamplesFileOptions): SampleStore {
  const { nowMs, days, onTrouble } = options;
  const isThinningDue = createOnceADay(nowMs);

  async function thin(): Promise<void> {
    const [atMs, keptDays] = [nowMs(), days()];
    await rewriteLines(path, () => {
      const stays = createThinning(atMs, keptDays);
      return ({ bytes, kind }) => {
        const sample = kind === "line" ? readSample(bytes.toString("utf8")) : undefined;
        return sample !== undefined && stays(sample.atMs);
      };
    });
  }

  return {
    async add(sample) {
      await appendLines(path, {
        tailBytes,
        isDurable: false,
        linesAfter(tail) {
          const last = tail.flatMap((written) => readSample(written) ?? []).at(-1);
          return last !== undefined && minuteOf(last) === minuteOf(sample)
            ? []
            : [writeSample(sample)];
        },
      });
      // The sample is there: better too many than none. The next day tries again.
      if (!isThinningDue()) return;
      await thin().catch((error: unknown) => {
        onTrouble(`old samples stay until tomorrow: ${wordsOf(error)}`);
      });
    },
  };
}

/** A file that is not there has none. What is no sample is left out. */
export async function readSamples(
  path: string,
  sinceMs: number,
): Promise<readonly BalanceSample[]> {
  const samples: BalanceSample[] = [];
  for await (const { bytes, kind } of piecesIn(path)) {
    const sample = kind === "line" ? readSample(bytes.toString("utf8")) : undefined;
    if (sample !== undefined && sample.atMs >= sinceMs) samples.push(sample);
  }
  return samples;
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
