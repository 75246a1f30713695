import { dryRunWords } from "#guard/model/effect.ts";
import type { Seen } from "#guard/model/account.ts";
import type { Notify, Outcome } from "#guard/model/effect.ts";
import type { Log } from "#log.ts";
import type { Channel, Sent } from "#notify/channel.ts";
import { messageFrom } from "#notify/message-of.ts";
import type { Clock } from "#ports.ts";
import type { EffectSettings } from "./settings.ts";

export interface SendDeps {
  readonly clock: Clock;
  readonly log: Log;
  readonly channels: () => readonly Channel[];
}

type Send = (
  notice: Notify,
  channelName: string,
  look: Seen | undefined,
  settings: EffectSettings,
  signal: AbortSignal,
) => Promise<Outcome | "interrupted">;

/** Sends a notification through the channel that it is owed to. */
export function sendNoticeWith({ clock, log, channels }: SendDeps): Send {
  return async (notice, channelName, look, settings, signal) => {
    const channel = channels().find(({ name }) => name === channelName);
    if (channel === undefined) return noChannel;
    if (settings.dryRun) {
      const { kind: effect, event, because } = notice;
      log.info({ effect, event, channel: channelName, because }, "dry run: would have sent");
      return { kind: "done", because: dryRunWords, tail: "" };
    }
    return outcomeOf(await channel.send(messageFrom(notice, look, clock.nowMs()), signal));
  };
}

function outcomeOf(sent: Sent): Outcome | "interrupted" {
  switch (sent.kind) {
    case "sent":
      return { kind: "done", because: sent.answer, tail: "" };
    case "failed":
      return {
        kind: "failed",
        because: sent.because,
        tail: "",
        waitMs: sent.waitMs,
        isRefused: sent.isRefused,
      };
    case "interrupted":
      return "interrupted";
  }
}

/** A reload took it away: the guard finds out who is told in its place. */
const noChannel: Outcome = {
  kind: "failed",
  because: "the channel is no longer in the config",
  tail: "",
};
