import * as z from "zod";
import { UserError, wordsOf } from "#errors.ts";
import { minuteMs } from "#guard/model/time.ts";
import { clouds } from "#guard/model/launch.ts";
import { readSmallFile } from "#read-file.ts";
import { writeAtomically } from "#store/files/atomic-write.ts";
import type { IdentityOf } from "#store/lock/lock-text.ts";
import { withLock } from "#store/lock/with-lock.ts";

/** What a pod would cost, as it was told someone. */
export interface Quote {
  readonly id: string;
  readonly atMs: number;
  readonly gpuId: string;
  readonly gpuCount: number;
  readonly cloud: (typeof clouds)[number];
  readonly forMs: number;
  readonly volumeGb: number;
  /** Undefined: a template's. */
  readonly containerDiskGb?: number | undefined;
  /** Of the pod's GPUs together. */
  readonly computePerHrUsd: number;
  /** With its disks. */
  readonly perHrUsd: number;
  /** The pod that it was used for: a quote is good for one. */
  readonly usedFor?: string | undefined;
}

export interface QuotesFile {
  /** Throws a UserError when the file cannot be understood, as below. */
  find(id: string): Promise<Quote | undefined>;
  add(quote: Quote): Promise<void>;
  /**
   * Marks it as used, while nobody else can. Throws a UserError when it is not there any more, or was used
   * for another pod.
   */
  use(id: string, podName: string): Promise<void>;
}

/** So long a quote is good. */
export const quoteGoodMs = 5 * minuteMs;

/** Longer than it is good, so that it can be said why it is not. */
const keptMs = 60 * minuteMs;
const mostQuotes = 200;
const maxBytes = 256 * 1_024;
const text = z.string().max(256);
const amount = z.number().nonnegative();

const content = z.object({
  version: z.literal(1),
  quotes: z
    .array(
      z.object({
        id: text,
        atMs: z.number(),
        gpuId: text,
        gpuCount: z.int().min(1),
        cloud: z.enum(clouds),
        // No lease is shorter: the pod would be past it when it comes.
        forMs: amount.min(minuteMs),
        volumeGb: z.int().min(0),
        containerDiskGb: z.int().min(1).optional(),
        computePerHrUsd: amount,
        perHrUsd: amount,
        usedFor: text.optional(),
      }),
    )
    .max(mostQuotes),
});

/** The quotes that were given in the last hour. */
export function createQuotesFile(
  path: string,
  identityOf: IdentityOf,
  nowMs: () => number = Date.now,
): QuotesFile {
  async function read(): Promise<readonly Quote[]> {
    const found = await readSmallFile(path, { maxBytes });
    if (found.kind === "missing") return [];
    if (found.kind === "unreadable") throw broken(found.because);
    try {
      return content.parse(JSON.parse(found.text)).quotes;
    } catch {
      throw broken("it holds something else than quotes");
    }
  }

  const change = (alter: (quotes: readonly Quote[]) => readonly Quote[]): Promise<void> =>
    withLock(path, identityOf, async () => {
      const quotes = alter((await read()).filter(({ atMs }) => atMs > nowMs() - keptMs));
      const kept = quotes.slice(-mostQuotes);
      try {
        await writeAtomically(path, `${JSON.stringify({ version: 1, quotes: kept })}\n`);
      } catch (error) {
        throw new UserError(`the quotes in ${path} cannot be written: ${wordsOf(error)}`, {
          hint: "Let this user write to its folder, and check whether the disk is full.",
          cause: error,
        });
      }
    });

  return {
    find: async (id) => (await read()).find((each) => each.id === id),
    add: (quote) => change((quotes) => [...quotes, quote]),
    use: (id, podName) =>
      change((quotes) => {
        const quote = quotes.find((each) => each.id === id);
        if (quote === undefined) throw new UserError(`There is no quote ${id} any more.`);
        if (quote.usedFor !== undefined && quote.usedFor !== podName) {
          throw new UserError(`Quote ${id} was used already, for pod ${quote.usedFor}.`, {
            hint: "Ask for another: runpodboss estimate",
          });
        }
        return quotes.map((each) => (each === quote ? { ...each, usedFor: podName } : each));
      }),
  };

  function broken(because: string): UserError {
    return new UserError(`the quotes in ${path} cannot be read: ${because}`, {
      hint: "Move the file away; that forgets the quotes of the last minutes.",
    });
  }
}
