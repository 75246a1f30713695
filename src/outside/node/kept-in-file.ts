import * as z from "zod";
import { wordsOf } from "#errors.ts";
import type { Log } from "#log.ts";
import type { Kept } from "#outside/kept.ts";
import type { Clock } from "#ports.ts";
import { writeAtomically } from "#store/files/atomic-write.ts";
import { readWhole } from "#store/files/open-file.ts";
import { setAside } from "#store/files/set-aside.ts";
import { withinLimit } from "#within-limit.ts";

const file = z.object({ wakeAtMs: z.number().optional(), kept: z.record(z.string(), z.string()) });

type Content = z.output<typeof file>;

const maxBytes = 16 * 2 ** 20;
/** Whoever waits for a disk looks at nothing meanwhile. */
const diskLimitMs = 5_000;

/** The disk, as far as it is needed here; tests hand in one that is full, or hangs. */
export interface KeptDisk {
  /** Undefined where there is no file. */
  readonly read: (path: string) => Promise<string | undefined>;
  readonly write: (path: string, text: string) => Promise<void>;
}

export interface KeptInFileOptions {
  readonly clock: Clock;
  readonly log: Log;
  /** Hears of each new moment; undefined: there is none any more. */
  readonly onWake: (atMs: number | undefined) => void;
  readonly disk?: KeptDisk;
}

export interface KeptInFile extends Kept {
  /** When it is to be woken; undefined: nobody has said so. */
  wakeAtMs(): Promise<number | undefined>;
}

const realDisk: KeptDisk = {
  read: async (path) => (await readWhole(path, maxBytes))?.toString("utf8"),
  write: (path, text) => writeAtomically(path, text),
};

/**
 * What is kept of one account, in a file of its own. A disk that is full or hangs holds nobody up: what was to be
 * kept holds in this process meanwhile, which says so, and is written with the next change.
 */
export function keptInFile(
  path: string,
  { clock, log, onWake, disk = realDisk }: KeptInFileOptions,
): KeptInFile {
  let known: Content | undefined;
  let reading: Promise<Content> | undefined;
  let writing: Promise<void> | undefined;
  let isHanging = false;
  let isFailing = false;
  let isUnwritten = false;

  async function content(): Promise<Content> {
    if (known !== undefined) return known;
    // One that hangs keeps a thread of the few there are: there is never a second one.
    reading ??= readContent().finally(() => (reading = undefined));
    known ??= await withinLimit(reading, diskLimitMs, clock);
    return known;
  }

  async function readContent(): Promise<Content> {
    const text = await disk.read(path);
    if (text === undefined) return { kept: {} };
    const found = parsed(text);
    if (found !== undefined) return found;
    const aside = await setAside(path, "move", clock.nowMs());
    log.error({ path, aside }, "what was kept could not be read; the account begins anew");
    return { kept: {} };
  }

  async function changed(change: (before: Content) => Content): Promise<void> {
    const before = await content();
    known = change(before);
    if (!isUnwritten && writing === undefined && isSame(known, before)) return;
    isUnwritten = true;
    if (isHanging) return;
    writing ??= write().finally(() => (writing = undefined));
    await withinLimit(writing, diskLimitMs, clock).catch(() => {
      isHanging = true;
      log.error({ path }, "the disk does not answer; what is kept is not safe from a crash");
    });
  }

  /** Until the disk has what is known. Never throws. */
  async function write(): Promise<void> {
    while (isUnwritten) {
      isUnwritten = false;
      try {
        await disk.write(path, `${JSON.stringify(known)}\n`);
        if (isFailing || isHanging) log.warn({ path }, "what is kept can be written again");
        isFailing = false;
      } catch (error) {
        isUnwritten = true;
        if (!isFailing) {
          log.error({ path, because: wordsOf(error) }, "what is kept cannot be written");
        }
        isFailing = true;
        isHanging = false;
        return;
      }
      isHanging = false;
    }
  }

  return {
    read: async () => (await content()).kept,
    wakeAtMs: async () => (await content()).wakeAtMs,
    write: (changes) =>
      changed(({ kept, ...rest }) => {
        const next = Object.entries({ ...kept, ...changes }).flatMap(([key, value]) =>
          value === undefined ? [] : [[key, value] as const],
        );
        return { ...rest, kept: Object.fromEntries(next) };
      }),
    async wakeAt(wakeAtMs) {
      onWake(wakeAtMs);
      await changed((before) => ({ ...before, wakeAtMs }));
    },
    async forget() {
      onWake(undefined);
      await changed(() => ({ kept: {} }));
    },
  };
}

/** A look that shows nothing new asks for what stands there already. */
function isSame(one: Content, other: Content): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

function parsed(text: string): Content | undefined {
  try {
    return file.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
