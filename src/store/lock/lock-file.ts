import { createHash, randomBytes } from "node:crypto";
import { constants } from "node:fs";
import * as fs from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { makeFolder } from "#store/files/atomic-write.ts";
import { hasCode } from "#store/files/has-code.ts";
import { createHeartbeat } from "./lock-beat.ts";
import {
  type Holder,
  type IdentityOf,
  isUnfinished,
  lifeOf,
  lockText,
  type Place,
  placeHere,
  readLock,
} from "./lock-text.ts";
import { realTarget } from "#store/files/real-target.ts";
import { createWatching, type Watching } from "./lock-watching.ts";

export interface LockPaces {
  /** How often a holder says that it lives. */
  readonly beatMs: number;
  /** A holder that cannot be looked at is dead after so long without a word. */
  readonly staleAfterMs: number;
}

/** A lock that another has. */
export interface Held {
  readonly path: string;
  readonly holder: Holder;
  /** `unknown`: not dead for sure, and not yet seen to live. */
  readonly life: "alive" | "unknown";
  /** On another machine or in another container. */
  readonly isElsewhere: boolean;
}

/** A lock file that stands beside the file that `path` stands for; missing folders are made, 0700. */
export interface LockFile {
  /**
   * Returns nothing when it is this process's now, else who has it. Throws once others have kept on
   * changing it for `waitMs`.
   */
  acquire(waitMs: number): Promise<Held | undefined>;
  /** Resolves, if ever, with the words on how it was lost to another. */
  readonly lost: Promise<string>;
  /** Removes it if it is still this process's. Never throws. */
  release(): Promise<void>;
}

interface Taker {
  readonly me: Omit<Holder, "beatAt">;
  readonly here: Place;
  /** A new name for a file that is not a lock yet. */
  readonly newName: () => string;
  readonly identityOf: IdentityOf;
  readonly watching: Watching;
  readonly staleAfterMs: number;
  readonly giveUpAtMs: number;
}

const pauseMs = 20;
const maxBytes = 4_096;
/** How long the text of a lock may take to be written. */
const unfinishedMs = 1_000;

export async function lockBeside(
  path: string,
  identityOf: IdentityOf,
  { beatMs, staleAfterMs }: LockPaces,
): Promise<LockFile> {
  const target = await realTarget(path);
  await makeFolder(dirname(target));
  const folder = await fs.realpath(dirname(target));
  const lockPath = join(folder, `${basename(target)}.lock`);
  const [identity, here] = await Promise.all([identityOf(process.pid), placeHere()]);
  if (identity === undefined) throw new Error("this process cannot be found in the process table");
  const me = { pid: process.pid, identity, place: here };
  // What a kill leaves under such a name is a leftover to writeAtomically, which tidies.
  const newName = (): string =>
    join(folder, `.${basename(target)}.tmp-${process.pid}-${randomBytes(6).toString("hex")}`);
  const watching = createWatching();
  const taker = { me, here, newName, identityOf, watching, staleAfterMs };
  const heartbeat = createHeartbeat(lockPath, beatMs, () => lockText(me, Date.now()));
  return {
    lost: heartbeat.lost,
    async acquire(waitMs) {
      const giveUpAtMs = performance.now() + waitMs;
      const got = await acquire(lockPath, { ...taker, giveUpAtMs });
      if ("path" in got) return got;
      heartbeat.begin(got.text);
      return undefined;
    },
    async release() {
      const text = await heartbeat.end();
      try {
        if (text !== undefined && (await readLockFile(lockPath)) === text) await fs.rm(lockPath);
      } catch {
        // A lock left behind counts as a dead daemon's, and the next one takes it over.
      }
    },
  };
}

type Got = Held | { readonly text: string };

async function acquire(path: string, taker: Taker): Promise<Got> {
  // Once at least: on a slow machine the time may be up before it has begun.
  do {
    const found = await readLockFile(path);
    if (found === undefined) {
      const text = await create(path, taker);
      if (text !== undefined) return { text };
      continue;
    }
    const unchangedMs = taker.watching.see(path, found);
    const held = await heldBy(path, found, unchangedMs, taker);
    if (held !== undefined) return held;
    if (isUnfinished(found) && unchangedMs < unfinishedMs) {
      await pause(pauseMs);
      continue;
    }
    const end = await takeOver(path, found, taker);
    if (typeof end === "object") return end;
    if (end === "busy") await pause(pauseMs);
  } while (performance.now() < taker.giveUpAtMs);
  throw new Error("another process keeps changing it");
}

/** Undefined when nobody holds it, or a dead one. */
async function heldBy(
  path: string,
  text: string,
  unchangedMs: number,
  { here, identityOf, staleAfterMs, watching }: Taker,
): Promise<Held | undefined> {
  const holder = readLock(text);
  if (holder === undefined) return undefined;
  const life = await lifeOf(holder, here, identityOf);
  if (life === "dead") return undefined;
  if (life === "alive") return { path, holder, life, isElsewhere: false };
  if (watching.hasChanged(path)) return { path, holder, life: "alive", isElsewhere: true };
  return unchangedMs < staleAfterMs ? { path, holder, life, isElsewhere: true } : undefined;
}

/** At once with its content, and only if nothing is there; its text when that succeeds. */
async function create(path: string, taker: Taker): Promise<string | undefined> {
  const candidate = await writeCandidate(taker);
  try {
    await fs.link(candidate.path, path);
    return candidate.text;
  } catch (error) {
    if (hasCode(error, "EEXIST")) return undefined;
    // Whatever it says: not every file system knows hard links.
    return await createWithoutLinks(path, candidate.text);
  } finally {
    await fs.rm(candidate.path, { force: true });
  }
}

/** Its text comes a moment later, for which others wait: see `isUnfinished`. */
async function createWithoutLinks(path: string, text: string): Promise<string | undefined> {
  try {
    await fs.writeFile(path, text, { flag: "wx", mode: 0o600 });
  } catch (error) {
    if (hasCode(error, "EEXIST")) return undefined;
    // A full disk can make the file and then refuse the text.
    if (isUnfinished((await readLockFile(path)) ?? "{}")) await fs.rm(path, { force: true });
    throw error;
  }
  // Whoever took it for one that is not being written any more has it now.
  return (await readLockFile(path)) === text ? text : undefined;
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
): Promise<{ readonly text: string } | "changed" | "busy"> {
  const claim = claimOf(path, stale);
  if ("path" in (await acquire(claim, taker))) return "busy";
  try {
    if ((await readLockFile(path)) !== stale) return "changed";
    const candidate = await writeCandidate(taker);
    await fs.rename(candidate.path, path);
    return { text: candidate.text };
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

async function writeCandidate({
  newName,
  me,
}: Taker): Promise<{ readonly path: string; readonly text: string }> {
  const path = newName();
  const text = lockText(me, Date.now());
  try {
    await fs.writeFile(path, text, { flag: "wx", mode: 0o600 });
    return { path, text };
  } catch (error) {
    // A full disk can make the file and then refuse the text.
    await fs.rm(path, { force: true });
    throw error;
  }
}

/** `undefined` when there is no file. */
export async function readLockFile(path: string): Promise<string | undefined> {
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
