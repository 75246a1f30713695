import { createHash } from "node:crypto";
import { constants } from "node:fs";
import * as fs from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { hourMs, minuteMs } from "#guard/model/time.ts";
import type { Clock } from "#ports.ts";
import { withinLimit } from "#within-limit.ts";
import { makeFolder } from "#store/files/atomic-write.ts";
import { realTarget } from "#store/files/real-target.ts";

const limitMs = 2_000;
const againMs = 5 * minuteMs;
const { O_WRONLY, O_CREAT, O_NOFOLLOW, O_NONBLOCK, O_NOCTTY } = constants;
const marking = O_WRONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY;

/**
 * An empty file whose time says when people were last told: a full disk takes that too. Where its
 * folder takes nothing, it is kept where temporary files go. Never throws, and waits for no disk.
 */
export function createToldMark(path: string, clock: Clock, spareFolder: string = tmpdir()) {
  const digest = createHash("sha256").update(path).digest("hex").slice(0, 16);
  const spare = join(spareFolder, `runpodboss-told-${digest}`);
  const places = [() => realTarget(path), () => Promise.resolve(spare)];
  const inTime = (work: Promise<boolean>): Promise<boolean> =>
    withinLimit(work, limitMs, clock).catch(() => false);

  return {
    async isFresh(): Promise<boolean> {
      const nowMs = clock.nowMs();
      return (
        await Promise.all(
          places.map((each) => inTime(each().then((place) => isFresh(place, nowMs)))),
        )
      ).includes(true);
    },

    async set(hasWorked: boolean): Promise<void> {
      const atMs = clock.nowMs() - (hasWorked ? 0 : hourMs - againMs);
      for (const each of places) {
        if (await inTime(each().then((place) => mark(place, atMs)))) return;
      }
    },
  };
}

/** What is ours only: others may write where temporary files go. */
async function isFresh(path: string, nowMs: number): Promise<boolean> {
  const found = await fs.lstat(path);
  const ageMs = nowMs - found.mtimeMs;
  return found.isFile() && found.uid === process.getuid?.() && ageMs >= -minuteMs && ageMs < hourMs;
}

async function mark(path: string, atMs: number): Promise<boolean> {
  await makeFolder(dirname(path));
  const file = await fs.open(path, marking, 0o600);
  try {
    const found = await file.stat();
    if (!found.isFile() || found.uid !== process.getuid?.()) return false;
    await file.utimes(atMs / 1_000, atMs / 1_000);
    return true;
  } finally {
    await file.close();
  }
}
