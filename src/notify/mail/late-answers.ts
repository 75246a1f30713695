import type { Clock } from "#ports.ts";
import { withinLimit } from "#within-limit.ts";
import type { Sent } from "#notify/channel.ts";

/** A server may look long at a mail that it has whole; RFC 5321 allows it ten minutes. */
export const lateLimitMs = 300_000;
const mostAtOnce = 20;
/** Of what was taken late, until the next try asks. */
const mostTaken = 200;

export interface LateAnswers {
  /** That of the last try, where it is still waited for or has come; one that has come is given once. */
  readonly of: (key: string) => Promise<Sent> | undefined;
  /** Waits on, and ends what it came from. False where too many are waited for already. */
  readonly await: (key: string, answer: Promise<Sent>, end: () => void) => boolean;
}

/**
 * Answers to mails that were handed over whole, which are waited for beyond the limit of a try: the next
 * try of the same mail gets them, instead of sending a copy.
 */
export function createLateAnswers(clock: Clock): LateAnswers {
  const awaited = new Map<string, Promise<Sent>>();
  const taken = new Map<string, Sent>();

  async function follow(key: string, answer: Promise<Sent>, end: () => void): Promise<Sent> {
    try {
      const sent = await withinLimit(answer, lateLimitMs, clock);
      if (sent.kind === "sent") taken.set(key, sent);
      for (const oldest of [...taken.keys()].slice(0, -mostTaken)) taken.delete(oldest);
      return sent;
    } catch {
      const because = `the mail server had the whole mail and has not answered for ${lateLimitMs / 60_000} min`;
      return { kind: "failed", because, isRefused: false };
    } finally {
      awaited.delete(key);
      end();
    }
  }

  return {
    of(key) {
      const sent = taken.get(key);
      taken.delete(key);
      return sent === undefined ? awaited.get(key) : Promise.resolve(sent);
    },
    await(key, answer, end) {
      if (awaited.size >= mostAtOnce) return false;
      awaited.set(key, follow(key, answer, end));
      return true;
    },
  };
}
