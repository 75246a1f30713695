import * as z from "zod";
import { UserError } from "#errors.ts";
import type { Kept } from "#outside/kept.ts";
import { writeAtomically } from "#store/files/atomic-write.ts";
import { readWhole } from "#store/files/open-file.ts";

const file = z.object({ wakeAtMs: z.number().optional(), kept: z.record(z.string(), z.string()) });

type Content = z.output<typeof file>;

const maxBytes = 16 * 2 ** 20;

export interface KeptInFile extends Kept {
  /** When it is to be woken; undefined: nobody has said so. */
  wakeAtMs(): Promise<number | undefined>;
}

/**
 * What is kept of one account, in a file of its own. Each change waits for the one before. `onWake` hears of each
 * new moment.
 */
export function keptInFile(path: string, onWake: (atMs: number) => void): KeptInFile {
  let last: Promise<unknown> = Promise.resolve();
  let known: Content | undefined;

  async function content(): Promise<Content> {
    if (known !== undefined) return known;
    const text = await readWhole(path, maxBytes);
    const found = text === undefined ? { kept: {} } : parsed(text.toString("utf8"));
    if (found === undefined) {
      throw new UserError(`${path} cannot be read: it is not as it was written`, {
        hint: "Move it away; then this account begins anew with its next beat.",
      });
    }
    known = found;
    return found;
  }

  function changed(change: (before: Content) => Content): Promise<void> {
    const turn = last.then(async () => {
      const before = await content();
      const next = change(before);
      await writeAtomically(path, `${JSON.stringify(next)}\n`);
      known = next;
    });
    last = turn.catch(() => undefined);
    return turn;
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
      await changed((before) => ({ ...before, wakeAtMs }));
      onWake(wakeAtMs);
    },
  };
}

function parsed(text: string): Content | undefined {
  try {
    return file.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
