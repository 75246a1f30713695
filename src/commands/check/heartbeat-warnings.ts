import type { Settings } from "#config/settings.ts";
import { spanWords } from "#guard/text.ts";
import { exchange } from "#requests/exchange.ts";
import { isKumaPush, probeBeat } from "#notify/beat.ts";

const timeLimitMs = 10_000;

/** What of the heartbeat cannot work, or not as it seems. It is asked for nothing that counts as a beat. */
export async function heartbeatWarnings(
  { heartbeat, pollIntervalMs, dryRun }: Settings,
  signal: AbortSignal,
): Promise<readonly string[]> {
  if (heartbeat === undefined) return [];
  const { url, everyMs } = heartbeat;
  const probed = await probeBeat({ url, request: exchange, timeLimitMs, signal });
  const path = new URL(url).pathname;
  const suffix = isKumaPush(url) ? undefined : /\/(start|fail|log|\d{1,3})\/?$/.exec(path)?.[1];
  return [
    ...(probed.kind === "failed"
      ? [`heartbeat: its receiver does not take it: ${probed.because}`]
      : []),
    ...(suffix === undefined
      ? []
      : [`heartbeat.url: ends in /${suffix}, which is added where it is meant; take it out`]),
    ...(everyMs < pollIntervalMs
      ? [
          `heartbeat.every_seconds: beats follow polls, which come every ${spanWords(pollIntervalMs)}; let its receiver wait for that long`,
        ]
      : []),
    ...(dryRun ? ["heartbeat: a dry run sends none"] : []),
  ];
}
