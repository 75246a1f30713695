import { setTimeout as pause } from "node:timers/promises";
import { UserError, wordsOf } from "#errors.ts";
import { lockBeside, type IdentityOf, type LockFile } from "./pid-lock.ts";

export interface HoldOptions {
  /** How long it waits for its turn. */
  readonly patienceMs?: number | undefined;
}

export interface Turn {
  /** Never throws. */
  release(): Promise<void>;
}

const defaultPatienceMs = 5_000;
const pollMs = 20;

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
  { patienceMs = defaultPatienceMs }: HoldOptions = {},
): Promise<Turn> {
  const giveUpAtMs = performance.now() + patienceMs;
  const lock = await attempt(path, () => lockBeside(path, identityOf, patienceMs));
  for (;;) {
    const holder = await attempt(path, () => lock.acquire());
    if (holder === undefined) return lock;
    if (performance.now() + pollMs >= giveUpAtMs) throw stillHeld(path, holder);
    await pause(pollMs);
  }
}

async function attempt<Result extends LockFile | number | undefined>(
  path: string,
  step: () => Promise<Result>,
): Promise<Result> {
  try {
    return await step();
  } catch (error) {
    throw new UserError(`${path} cannot be locked: ${wordsOf(error)}`, {
      hint: "Let this user write to its folder, and try again.",
      cause: error,
    });
  }
}

function stillHeld(path: string, pid: number): UserError {
  return new UserError(`another runpodboss (pid ${pid}) keeps ${path} locked`, {
    hint: `Try again. If it stays locked, check what process ${pid} is doing, and end it.`,
  });
}
