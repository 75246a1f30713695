import { setTimeout as pause } from "node:timers/promises";
import { UserError, wordsOf } from "#errors.ts";
import { diskHint } from "#store/files/disk-hint.ts";
import { type Held, type LockFile, type LockPaces, lockBeside } from "./lock-file.ts";
import type { IdentityOf } from "./lock-text.ts";
import { wayOut, whoWords } from "./pid-lock.ts";

export interface HoldOptions {
  /** How long it waits for its turn. */
  readonly patienceMs?: number | undefined;
  readonly paces?: LockPaces;
}

export interface Turn {
  /** Never throws. */
  release(): Promise<void>;
}

const defaultPatienceMs = 5_000;
const pollMs = 20;
/** Quicker than a daemon's: it is held for a moment, and who waits has little patience. */
const realPaces: LockPaces = { beatMs: 1_000, staleAfterMs: 8_000 };

/**
 * Does `work` while nobody else who asks does anything with the file, in this process or another.
 * Throws what `work` throws, and a UserError when its turn does not come.
 */
export async function withLock<Value>(
  path: string,
  identityOf: IdentityOf,
  work: () => Promise<Value>,
  options: HoldOptions = {},
): Promise<Value> {
  const hold = await takeTurn(path, identityOf, options);
  try {
    return await work();
  } finally {
    await hold.release();
  }
}

/** As `holding`, until it is released: for a moment only. What a dead process held is taken over. */
export async function takeTurn(
  path: string,
  identityOf: IdentityOf,
  { patienceMs = defaultPatienceMs, paces = realPaces }: HoldOptions = {},
): Promise<Turn> {
  const beganAtMs = performance.now();
  const mostMs = Math.max(patienceMs, paces.staleAfterMs + 1_000);
  const lock = await attempt(path, () => lockBeside(path, identityOf, paces));
  for (;;) {
    const leftMs = Math.max(0, beganAtMs + patienceMs - performance.now());
    const held = await attempt(path, () => lock.acquire(leftMs));
    if (held === undefined) return lock;
    const limitMs = held.life === "unknown" ? mostMs : patienceMs;
    if (performance.now() + pollMs >= beganAtMs + limitMs) throw stillHeld(path, held);
    await pause(pollMs);
  }
}

async function attempt<Result extends LockFile | Held | undefined>(
  path: string,
  step: () => Promise<Result>,
): Promise<Result> {
  try {
    return await step();
  } catch (error) {
    throw new UserError(`${path} cannot be locked: ${wordsOf(error)}`, {
      hint: diskHint(error),
      cause: error,
    });
  }
}

function stillHeld(path: string, held: Held): UserError {
  return new UserError(`another runpodboss (${whoWords(held)}) keeps ${path} locked`, {
    hint: `Try again. If it stays locked, check what it is doing, and end it. ${wayOut(held)}`,
  });
}
