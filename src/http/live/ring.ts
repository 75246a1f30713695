import type { Message } from "./messages.ts";

/** The last messages, for whoever was away. */
export interface Ring {
  readonly add: (message: Message) => void;
  /** What has come after that one; undefined: not all of it is known any more. */
  readonly since: (n: number) => readonly Message[] | undefined;
}

export function createRing(most: { readonly messages: number; readonly bytes: number }): Ring {
  let kept: Message[] = [];
  let bytes = 0;
  /** The last that was forgotten. */
  let forgotten = 0;
  return {
    add(message) {
      kept.push(message);
      bytes += message.bytes.length;
      while (kept.length > most.messages || bytes > most.bytes) {
        const [oldest, ...others] = kept;
        if (oldest === undefined) break;
        kept = others;
        bytes -= oldest.bytes.length;
        forgotten = oldest.n;
      }
    },
    since: (n) => (n < forgotten ? undefined : kept.filter((each) => each.n > n)),
  };
}
