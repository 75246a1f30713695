import { constants } from "node:fs";
import * as fs from "node:fs/promises";
import { setTimeout as pause } from "node:timers/promises";
import { hasCode } from "#store/files/has-code.ts";
import { type Holder, readLock } from "./lock-text.ts";

/** Says in a lock file that its holder lives, beside all else: nothing waits for it. */
export interface Heartbeat {
  /** Resolves, if ever, with the words on how the lock was lost to another. */
  readonly lost: Promise<string>;
  /** `text` is what the lock holds. */
  begin(text: string): void;
  /** Gives what the lock holds now; nothing when it was never had, or was lost. Never throws. */
  end(): Promise<string | undefined>;
}

const { O_RDWR, O_NOFOLLOW, O_NONBLOCK } = constants;
/** A disk that hangs holds up no end. */
const endLimitMs = 500;

/** `textNow` must give texts of one length. */
export function createHeartbeat(path: string, beatMs: number, textNow: () => string): Heartbeat {
  let text: string | undefined;
  let timer: NodeJS.Timeout | undefined;
  let beating: Promise<void> = Promise.resolve();
  let isBeating = false;
  let tellLoss: (words: string) => void = () => undefined;
  const lost = new Promise<string>((resolve) => {
    tellLoss = resolve;
  });

  async function beat(): Promise<void> {
    const found = await writeOver(path, text ?? "", textNow());
    if (found.kind === "ours") text = found.text;
    if (found.kind !== "others") return;
    text = undefined;
    clearInterval(timer);
    tellLoss(lossWords(path, readLock(found.text)));
  }

  return {
    lost,
    begin(first) {
      text = first;
      clearInterval(timer);
      timer = setInterval(() => {
        // One that hangs keeps a thread of the few there are: there is never a second one.
        if (isBeating) return;
        isBeating = true;
        beating = beat()
          // What cannot be written now is tried again at the next beat.
          .catch(() => undefined)
          .finally(() => (isBeating = false));
      }, beatMs).unref();
    },
    async end() {
      clearInterval(timer);
      await Promise.race([beating, pause(endLimitMs, undefined, { ref: false })]);
      return text;
    },
  };
}

type Beaten =
  | { readonly kind: "ours"; readonly text: string }
  | { readonly kind: "others"; readonly text: string };

/** In the very file that is ours: one that took its place meanwhile is not touched. */
async function writeOver(path: string, before: string, now: string): Promise<Beaten> {
  const bytes = Buffer.from(now);
  try {
    const file = await fs.open(path, O_RDWR | O_NOFOLLOW | O_NONBLOCK);
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(4_096));
      const found = buffer.toString("utf8", 0, bytesRead);
      if (found !== before) return { kind: "others", text: found };
      await file.write(bytes, 0, bytes.length, 0);
      return { kind: "ours", text: now };
    } finally {
      await file.close();
    }
  } catch (error) {
    if (!hasCode(error, "ENOENT")) throw error;
    // Somebody has removed it. Whoever is quicker has it now.
    await fs.writeFile(path, now, { flag: "wx", mode: 0o600 });
    return { kind: "ours", text: now };
  }
}

/** That another has the lock, for people. */
export function lossWords(path: string, holder: Holder | undefined): string {
  const who =
    holder === undefined
      ? "something else"
      : `pid ${holder.pid}${holder.place === undefined ? "" : ` on ${holder.place.host}`}`;
  return `${path} is held by ${who} now: two daemons use one state file. Stop one of them, or give it its own state_file`;
}
