import { setTimeout as pause } from "node:timers/promises";
import { minuteMs } from "#guard/model/time.ts";
import { exchange } from "#requests/exchange.ts";

const askAgainMs = 300;
const limits = { timeLimitMs: 2_000, maxBytes: 16_384 };

/**
 * Whether the link that opens the page once was used before it became void. What is not answered is asked again. Ends
 * early, with undefined, when the signal aborts. Never throws.
 */
export async function untilUsed(
  link: string,
  signal: AbortSignal,
  lastsMs = minuteMs,
): Promise<boolean | undefined> {
  const untilMs = performance.now() + lastsMs;
  while (!signal.aborted && performance.now() < untilMs) {
    if ((await statusOf(link, signal)) === 401) return true;
    await pause(askAgainMs, undefined, { signal }).catch(() => undefined);
  }
  return signal.aborted ? undefined : false;
}

/** Only looks: a link that is looked at can still be used. */
async function statusOf(link: string, signal: AbortSignal): Promise<number | undefined> {
  try {
    const asked = { method: "HEAD", signal, partOf: "looking whether the link was used" } as const;
    return (await exchange(new URL(link), asked, limits)).status;
  } catch {
    return undefined;
  }
}
