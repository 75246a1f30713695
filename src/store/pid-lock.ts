import { createHash, randomBytes } from "node:crypto";
import { constants } from "node:fs";
import * as fs from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import * as z from "zod";
import { UserError, wordsOf } from "#errors.ts";
import { makeFolder } from "./atomic-write.ts";
import { hasCode } from "./has-code.ts";
import { realTarget } from "./real-target.ts";

export interface Lock {
  /** Why a second daemon cannot be kept from starting; this one goes on anyway, and notifies. */
  readonly trouble?: string;
  /** Removes the file if it is still this guard's. Never throws. */
  release(): Promise<void>;
}

/** Tells a process from all others that ever had its pid; undefined when none has it now. */
export type IdentityOf = (pid: number) => Promise<string | undefined>;

interface Taker {
  /** What a lock file of this process holds. */
  readonly text: string;
  /** A new name for a file that is not a lock yet. */
  readonly newName: () => string;
  readonly identityOf: IdentityOf;
  readonly giveUpAtMs: number;
}

const patienceMs = 2_000;
const pauseMs = 20;
const maxBytes = 4_096;

const content = z.object({ pid: z.int().positive(), identity: z.string() });

/**
 * Makes this process the only daemon of a state file. Throws a UserError while another one runs; the
 * lock of a dead one is taken over. A disk that cannot keep a lock does not stop the daemon.
 */
export async function takePidLock(stateFile: string, identityOf: IdentityOf): Promise<Lock> {
  try {
    const lock = await lockBeside(stateFile, identityOf, patienceMs);
    const holder = await lock.acquire();
    if (holder !== undefined) throw alreadyHeld(stateFile, holder);
    return { release: () => lock.release() };
  } catch (error) {
    if (error instanceof UserError) throw error;
    const trouble = `cannot keep a second daemon from starting: ${stateFile}.lock: ${wordsOf(error)}`;
    return { trouble, release: () => Promise.resolve() };
  }
}

/** The pid of the daemon that uses this state file now; undefined when none does. Never throws. */
export async function watcherOf(
  stateFile: string,
  identityOf: IdentityOf,
): Promise<number | undefined> {
  try {
    const found = await read(`${await realTarget(stateFile)}.lock`);
    return found === undefined ? undefined : await livingHolder(found, identityOf);
  } catch {
    return undefined;
  }
}

function alreadyHeld(stateFile: string, pid: number): UserError {
  return new UserError(
    `Another daemon is already running: pid ${pid} uses the state file ${stateFile}.`,
    {
      hint: "Stop it first, or give this one its own state_file.",
    },
  );
}

/** A lock file that stands beside the file that `path` stands for; missing folders are made, 0700. */
export interface LockFile {
  /** Returns nothing when it is this process's now, else the pid of the living holder. */
  acquire(): Promise<number | undefined>;
  /** Removes it if it is still this process's. Never throws. */
  release(): Promise<void>;
}

/** From `waitMs` on it no longer tries against others that keep on changing the lock file. */
export async function lockBeside(
  path: string,
  identityOf: IdentityOf,
  waitMs: number,
): Promise<LockFile> {
  const target = await realTarget(path);
  await makeFolder(dirname(target));
  const folder = await fs.realpath(dirname(target));
  const lockPath = join(folder, `${basename(target)}.lock`);
  const identity = await identityOf(process.pid);
  if (identity === undefined) throw new Error("this process cannot be found in the process table");
  const text = `${JSON.stringify({ pid: process.pid, identity })}\n`;
  // What a kill leaves under such a name is a leftover to writeAtomically, which tidies.
  const newName = (): string =>
    join(folder, `.${basename(target)}.tmp-${process.pid}-${randomBytes(6).toString("hex")}`);
  const taker = { text, newName, identityOf, giveUpAtMs: performance.now() + waitMs };
  return {
    acquire: () => acquire(lockPath, taker),
    release: () => release(lockPath, text),
  };
}

async function acquire(path: string, taker: Taker): Promise<number | undefined> {
  // Once at least: on a slow machine the time may be up before it has begun.
  do {
    const found = await read(path);
    if (found === undefined) {
      if (await create(path, taker)) return undefined;
      continue;
    }
    const holder = await livingHolder(found, taker.identityOf);
    if (holder !== undefined) return holder;
    const end = await takeOver(path, found, taker);
    if (end === "taken") return undefined;
    if (end === "busy") await pause(pauseMs);
  } while (performance.now() < taker.giveUpAtMs);
  throw new Error("another process keeps changing it");
}

/** At once with its content, and only if nothing is there. */
async function create(path: string, taker: Taker): Promise<boolean> {
  const candidate = await writeCandidate(taker);
  try {
    await fs.link(candidate, path);
    return true;
  } catch (error) {
    if (hasCode(error, "EEXIST")) return false;
    throw error;
  } finally {
    await fs.rm(candidate, { force: true });
  }
}

/**
 * Replaces a lock whose holder is dead, which stays dead: the text alone decides, whenever it is read.
 * Only the one who holds the claim to that very text replaces it, so that nobody ever moves a living
 * guard's lock, not even for an instant. A claim is a lock as well, and taken over like one.
 */
async function takeOver(
  path: string,
  stale: string,
  taker: Taker,
): Promise<"taken" | "changed" | "busy"> {
  const claim = claimOf(path, stale);
  if ((await acquire(claim, taker)) !== undefined) return "busy";
  try {
    if ((await read(path)) !== stale) return "changed";
    await fs.rename(await writeCandidate(taker), path);
    return "taken";
  } finally {
    await fs.rm(claim, { force: true });
  }
}

/** Every name is as long as the next, also that of the claim to a claim. */
function claimOf(path: string, stale: string): string {
  const name = basename(path).replace(/\.lock\.[0-9a-f]{16}$/, ".lock");
  const digest = createHash("sha256")
    .update(`${basename(path)}\0${stale}`)
    .digest("hex");
  return join(dirname(path), `${name}.${digest.slice(0, 16)}`);
}

async function writeCandidate({ newName, text }: Taker): Promise<string> {
  const path = newName();
  try {
    await fs.writeFile(path, text, { flag: "wx", mode: 0o600 });
    return path;
  } catch (error) {
    // A full disk can make the file and then refuse the text.
    await fs.rm(path, { force: true });
    throw error;
  }
}

async function livingHolder(text: string, identityOf: IdentityOf): Promise<number | undefined> {
  const holder = parse(text);
  if (holder === undefined) return undefined;
  return (await identityOf(holder.pid)) === holder.identity ? holder.pid : undefined;
}

/** Undefined when the text is not one of our locks: then no daemon holds it. */
function parse(text: string): z.infer<typeof content> | undefined {
  try {
    return content.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** `undefined` when there is no file. */
async function read(path: string): Promise<string | undefined> {
  const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
  try {
    // O_NONBLOCK: a FIFO must not hang us.
    const file = await fs.open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    try {
      if (!(await file.stat()).isFile()) throw new Error("it is not a regular file");
      const { buffer, bytesRead } = await file.read(Buffer.alloc(maxBytes));
      return buffer.toString("utf8", 0, bytesRead);
    } finally {
      await file.close();
    }
  } catch (error) {
    if (hasCode(error, "ENOENT")) return undefined;
    throw error;
  }
}

async function release(path: string, text: string): Promise<void> {
  try {
    if ((await read(path)) === text) await fs.rm(path);
  } catch {
    // A lock left behind counts as a dead daemon's, and the next one takes it over.
  }
}
