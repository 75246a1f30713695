import type { Kept } from "#outside/kept.ts";

/** What is kept, as one look has it: once closed, it changes nothing any more, whatever goes on in it. */
export function closable(kept: Kept): { readonly kept: Kept; readonly close: () => void } {
  let isClosed = false;

  async function ifOpen<Result>(work: () => Promise<Result>): Promise<Result> {
    // Nothing may be done by what was not saved.
    if (isClosed) throw new Error("this look is over");
    return work();
  }

  return {
    kept: {
      read: () => kept.read(),
      write: (changes) => ifOpen(() => kept.write(changes)),
      wakeAt: (atMs) => ifOpen(() => kept.wakeAt(atMs)),
      ...(kept.wakeBy !== undefined && {
        wakeBy: (atMs: number) => ifOpen(async () => kept.wakeBy?.(atMs)),
      }),
      forget: () => ifOpen(() => kept.forget()),
    },
    close: () => void (isClosed = true),
  };
}
