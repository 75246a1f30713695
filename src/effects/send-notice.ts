import { wordsOf } from "#errors.ts";
import { dryRunWords } from "#guard/model/effect.ts";
import type { Seen } from "#guard/model/account.ts";
import type { Notify, Outcome } from "#guard/model/effect.ts";
import type { Log } from "#log.ts";
import type { Channel, Sent } from "#notify/channel.ts";
import type { Button } from "#notify/message.ts";
import { messageFrom } from "#notify/words/message-of.ts";
import type { Clock } from "#ports.ts";
import { withinLimit } from "#within-limit.ts";
import type { EffectSettings } from "./settings.ts";

export interface SendDeps {
  readonly clock: Clock;
  readonly log: Log;
  readonly channels: () => readonly Channel[];
  /** What a person can do about it from afar. Absent: nothing is served that could take it. */
  readonly buttonsFor?: ButtonsFor | undefined;
}

/** The same for the same notification, as long as what it is about is the same. */
export type ButtonsFor = (
  notice: Notify,
  look: Seen | undefined,
) => readonly Button[] | Promise<readonly Button[]>;

/** Right after a start they may not be known yet; no notification waits longer for them. */
const buttonsLimitMs = 5_000;

type Send = (
  notice: Notify,
  channelName: string,
  look: Seen | undefined,
  settings: Pick<EffectSettings, "dryRun">,
  signal: AbortSignal,
) => Promise<Outcome | "interrupted">;

/** Sends a notification through the channel that it is owed to. */
export function sendNoticeWith({ clock, log, channels, buttonsFor }: SendDeps): Send {
  /** Nothing of them is saved, and no notification fails for them. */
  async function buttonsOf(
    notice: Notify,
    look: Seen | undefined,
    signal: AbortSignal,
  ): Promise<readonly Button[]> {
    if (buttonsFor === undefined) return [];
    try {
      const made = Promise.resolve(buttonsFor(notice, look));
      return await withinLimit(made, buttonsLimitMs, clock, signal);
    } catch (error) {
      if (!signal.aborted) log.warn({ because: wordsOf(error) }, "sent without buttons");
      return [];
    }
  }

  return async (notice, channelName, look, settings, signal) => {
    const channel = channels().find(({ name }) => name === channelName);
    if (channel === undefined) return noChannel;
    if (settings.dryRun) {
      const { kind: effect, event, because } = notice;
      log.info({ effect, event, channel: channelName, because }, "dry run: would have sent");
      return { kind: "done", because: dryRunWords, tail: "" };
    }
    const message = messageFrom(notice, look, clock.nowMs(), await buttonsOf(notice, look, signal));
    return outcomeOf(await channel.send(message, signal));
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
