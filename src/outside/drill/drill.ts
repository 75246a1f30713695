import { wordsOf } from "#errors.ts";
import { secondMs } from "#guard/model/time.ts";
import type { Notify } from "#guard/model/effect.ts";
import { perHour, usd } from "#guard/text.ts";
import type { Channel } from "#notify/channel.ts";
import { messageFrom } from "#notify/words/message-of.ts";
import type { AccountGuardDeps } from "#outside/account/deps.ts";
import type { Clock } from "#ports.ts";
import { withinLimit } from "#within-limit.ts";
import { type DrillStep, rehearse } from "./rehearsal.ts";

/** How a drill went. */
export interface Drilled {
  readonly kind: "drilled";
  /** On made-up pods. */
  readonly rehearsal: readonly DrillStep[];
  /** What RunPod answered, which was only asked for the account. */
  readonly runpod: DrillStep;
  readonly channels: readonly (DrillStep & { readonly name: string })[];
}

export type DrillDeps = Pick<AccountGuardDeps, "account" | "clock" | "runpod" | "channels">;

/** Each of the three, which go on side by side. */
const limitMs = 20 * secondMs;

/** Rehearses all that has to work when a machine falls silent. Nothing real is changed, and nothing kept. */
export async function drill({ account, clock, runpod, channels }: DrillDeps): Promise<Drilled> {
  const [rehearsal, seen, sent] = await Promise.all([
    withinLimit(rehearse(clock.nowMs()), limitMs, clock).catch((error: unknown) => [
      { words: `The rehearsal did not come to its end: ${wordsOf(error)}.`, isGood: false },
    ]),
    lookFor(runpod, clock),
    Promise.all(channels.map((channel) => sendBy(channel, account, clock))),
  ]);
  return { kind: "drilled", rehearsal, runpod: seen, channels: sent };
}

async function lookFor(runpod: DrillDeps["runpod"], clock: Clock): Promise<DrillStep> {
  const over = new AbortController();
  try {
    const asked = runpod({ api: "graphql" }).look(over.signal);
    const look = await withinLimit(asked, limitMs, clock);
    if (look.kind === "blind") {
      return { words: `RunPod did not show the account: ${look.because}.`, isGood: false };
    }
    const { balanceUsd, burnPerHrUsd, pods } = look;
    const burn = burnPerHrUsd === undefined ? "an unknown burn" : perHour(burnPerHrUsd);
    const count = pods === "unknown" ? "its pods unknown" : podsWords(pods.length);
    return {
      words: `RunPod answered: ${usd(balanceUsd)}, ${burn}, ${count}.`,
      isGood: pods !== "unknown",
    };
  } catch (error) {
    return { words: `RunPod did not answer: ${wordsOf(error)}.`, isGood: false };
  } finally {
    over.abort();
  }
}

function podsWords(count: number): string {
  return count === 1 ? "1 pod" : `${count} pods`;
}

async function sendBy(channel: Channel, account: string, clock: Clock) {
  const { name } = channel;
  const over = new AbortController();
  try {
    const message = messageFrom(noticeOf(name, account, clock.nowMs()), undefined, clock.nowMs());
    const sent = await withinLimit(channel.send(message, over.signal), limitMs, clock);
    switch (sent.kind) {
      case "sent":
        return { name, words: `sent (${sent.answer})`, isGood: true };
      case "failed":
        return { name, words: `FAILED: ${sent.because}`, isGood: false };
      case "interrupted":
        return { name, words: "interrupted", isGood: false };
    }
  } catch (error) {
    return { name, words: `FAILED: ${wordsOf(error)}`, isGood: false };
  } finally {
    over.abort();
  }
}

function noticeOf(channel: string, account: string, atMs: number): Notify {
  const id = `notify:drill:outside:${atMs}@${channel}`;
  return {
    kind: "notify",
    id,
    channel,
    event: "drill",
    name: "outside",
    severity: "info",
    incident: id,
    because: `THIS IS A REHEARSAL: the guard outside of account ${account} reaches you here. Nothing has happened`,
    balanceUsd: undefined,
    burnPerHrUsd: undefined,
    podIds: [],
    atMs,
    tries: 0,
    notBeforeMs: atMs,
  };
}
