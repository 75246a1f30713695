import { setTimeout as pause } from "node:timers/promises";
import { UserError, wordsOf } from "#errors.ts";
import { createLateLock, type LockNews } from "./late-lock.ts";
import { type Held, type LockFile, type LockPaces, lockBeside, readLockFile } from "./lock-file.ts";
import { type IdentityOf, lifeOf, placeHere, readLock } from "./lock-text.ts";
import { realTarget } from "#store/files/real-target.ts";

export interface Lock {
  /** Why a second daemon cannot be kept from starting; this one goes on anyway, and notifies. */
  readonly trouble?: string;
  /** Resolves, if ever, with the words on how this guard lost the lock it began with to another one. */
  readonly lost: Promise<string>;
  /** Tells how the lock stands from now on; one that could not be had is tried again at each beat. */
  follow(tell: (news: LockNews) => void): void;
  /** Removes the file if it is still this guard's. Never throws. */
  release(): Promise<void>;
}

export interface PidLockOptions {
  readonly paces: LockPaces;
  /** Told when it has to wait, to see whether a guard lives where it cannot look. */
  readonly onWait?: (words: string) => void;
  readonly signal?: AbortSignal;
}

/** Another daemon guards already, so that nothing is wrong with the guard. */
export class AlreadyGuarded extends UserError {}

const patienceMs = 2_000;
/** By its heartbeat a guard counts as alive for so long, to one who does not wait for the next. */
const freshMs = 60_000;

/**
 * Makes this process the only daemon of a state file. Throws a UserError while another one runs; the
 * lock of a dead one is taken over. One on another machine, or in another container, lives as long as
 * its heartbeat goes on. A disk that cannot keep a lock does not stop the daemon.
 */
export async function takePidLock(
  stateFile: string,
  identityOf: IdentityOf,
  options: PidLockOptions,
): Promise<Lock> {
  try {
    const lock = await lockBeside(stateFile, identityOf, options.paces);
    const holder = await acquireOrWait(lock, stateFile, options);
    if (holder !== undefined) throw alreadyHeld(stateFile, holder);
    return {
      lost: lock.lost,
      follow(tell) {
        tell({ kind: "had" });
        void lock.lost.then((because) => tell({ kind: "lost", because }));
      },
      release: () => lock.release(),
    };
  } catch (error) {
    if (error instanceof UserError) throw error;
    const troubleOf = (fault: unknown): string =>
      `cannot keep a second daemon from starting: ${stateFile}.lock: ${steadyWordsOf(fault)}`;
    const trouble = troubleOf(error);
    const late = createLateLock({
      make: () => lockBeside(stateFile, identityOf, options.paces),
      wordsOf: troubleOf,
      beatMs: options.paces.beatMs,
    });
    return {
      trouble,
      lost: new Promise(() => {}),
      follow(tell) {
        tell({ kind: "failing", because: trouble });
        late.follow(tell);
      },
      release: () => late.release(),
    };
  }
}

/** The same at each try: a file that is no lock yet has a new name each time. */
function steadyWordsOf(error: unknown): string {
  return wordsOf(error).replaceAll(/\.tmp-\d+-[0-9a-f]+/g, ".tmp");
}

/** Until the lock is had, or its holder is known to live. */
async function acquireOrWait(
  lock: LockFile,
  stateFile: string,
  { paces, onWait, signal }: PidLockOptions,
): Promise<Held | undefined> {
  const first = await lock.acquire(patienceMs);
  if (first?.life !== "unknown") return first;
  onWait?.(
    `waiting up to ${Math.ceil(paces.staleAfterMs / 1_000)} s to see whether the daemon that has locked ${stateFile} still lives: ${whoWords(first)}`,
  );
  for (;;) {
    await pause(Math.min(1_000, paces.beatMs / 2), undefined, { signal });
    const holder = await lock.acquire(patienceMs);
    if (holder?.life !== "unknown") return holder;
  }
}

/** The pid of the daemon that uses this state file now; undefined when none does. Never throws. */
export async function watcherOf(
  stateFile: string,
  identityOf: IdentityOf,
): Promise<number | undefined> {
  return (await watcherFound(stateFile, identityOf))?.pid;
}

/** The same, only where its pid is that very process to this one: to be sent a signal. Never throws. */
export async function watcherHere(
  stateFile: string,
  identityOf: IdentityOf,
): Promise<number | undefined> {
  const found = await watcherFound(stateFile, identityOf);
  return found?.isHere === true ? found.pid : undefined;
}

async function watcherFound(
  stateFile: string,
  identityOf: IdentityOf,
): Promise<{ readonly pid: number; readonly isHere: boolean } | undefined> {
  try {
    const found = await readLockFile(`${await realTarget(stateFile)}.lock`);
    const holder = found === undefined ? undefined : readLock(found);
    if (holder === undefined) return undefined;
    const life = await lifeOf(holder, await placeHere(), identityOf);
    const sinceMs = Math.abs(Date.now() - Date.parse(holder.beatAt ?? ""));
    const isAlive = life === "alive" || (life === "unknown" && sinceMs < freshMs);
    return isAlive ? { pid: holder.pid, isHere: life === "alive" } : undefined;
  } catch {
    return undefined;
  }
}

function alreadyHeld(stateFile: string, holder: Held): AlreadyGuarded {
  return new AlreadyGuarded(
    `Another daemon is already running: ${whoWords(holder)} uses the state file ${stateFile}.`,
    {
      hint: `Stop it first, or give this one its own state_file; the files beside it take its name, so that both may lie in one folder. ${wayOut(holder)}`,
    },
  );
}

/** Who holds a lock, for people. */
export function whoWords({ holder: { pid, place }, isElsewhere }: Held): string {
  return isElsewhere ? `pid ${pid} on ${place?.host ?? "another machine"}` : `pid ${pid}`;
}

/** What to do where the holder is not what its lock says. */
export function wayOut({ holder: { pid }, isElsewhere, path }: Held): string {
  return isElsewhere
    ? `Its lock is ${path}.`
    : `If process ${pid} is no runpodboss (ps -p ${pid}), remove ${path} and try again.`;
}
