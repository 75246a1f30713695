import { notifyCommandWith } from "#effects/call-notify-command.ts";
import { noticeCommand } from "#effects/notice-command.ts";
import { messageFrom } from "#notify/words/message-of.ts";
import type { EffectSettings } from "#effects/settings.ts";
import type { Seen } from "#guard/model/account.ts";
import { type Notify, type Severity, severities } from "#guard/model/effect.ts";
import type { Channel, Sent } from "#notify/channel.ts";
import type { Button } from "#notify/message.ts";
import type { ChannelType } from "#notify/settings.ts";
import type { Clock, Runner } from "#ports.ts";
import { madeUpLook, testNotice } from "./made-up.ts";

/** How the notify command is called where channels are named. */
const commandName = "command";

/** A way to reach people, to be tested: a channel or the notify command. */
export interface TestWay {
  readonly name: string;
  readonly type: ChannelType | "command";
  /** Sends it once, as the daemon would. Never throws. */
  send(notice: Notify, look: Seen, signal: AbortSignal): Promise<Sent>;
}

export interface TestWayDeps {
  readonly channels: readonly Channel[];
  readonly runner: Runner;
  readonly clock: Clock;
  readonly buttons?: readonly Button[];
}

/** The channels in their order, then the notify command if there is one for what is about no threshold. */
export function waysToTest(
  settings: EffectSettings,
  { channels, runner, clock, buttons = [] }: TestWayDeps,
): readonly TestWay[] {
  const look = madeUpLook(1, clock.nowMs());
  const hasCommand = noticeCommand(testNotice("info", look), look, settings, 0) !== undefined;
  return [
    ...channels.map((channel) => channelWay(channel, clock, buttons)),
    ...(hasCommand ? [commandWay(settings, runner, clock)] : []),
  ];
}

export function channelWay(
  channel: Channel,
  clock: Clock,
  buttons: readonly Button[] = [],
): TestWay {
  const { name, type } = channel;
  return {
    name,
    type,
    send(notice, look, signal) {
      const mine = { ...notice, id: `${notice.id}@${name}`, channel: name };
      return channel.send(messageFrom(mine, look, clock.nowMs(), buttons), signal);
    },
  };
}

function commandWay(settings: EffectSettings, runner: Runner, clock: Clock): TestWay {
  const call = notifyCommandWith({
    clock,
    runner,
    sayWouldStart: ({ because }) => ({ kind: "done", because, tail: "" }),
  });
  return {
    name: commandName,
    type: "command",
    async send(notice, look, signal) {
      const outcome = await call(notice, look, { ...settings, dryRun: false }, signal);
      if (outcome === "interrupted") return { kind: "interrupted" };
      const { kind, because } = outcome;
      return kind === "done"
        ? { kind: "sent", answer: because }
        : { kind: "failed", because, isRefused: false };
    },
  };
}

export interface Tried {
  readonly severity: Severity;
  readonly sent: Sent | { readonly kind: "not-tried" };
}

/** Sends one message of each severity, the mildest first, until one fails: what fails once is told once. */
export async function testWay(
  way: TestWay,
  clock: Clock,
  onTried: (tried: Tried) => void,
  signal: AbortSignal,
): Promise<readonly Tried[]> {
  const look = madeUpLook(9.8, clock.nowMs());
  const all: Tried[] = [];
  for (const severity of severities) {
    const hasFailed = all.some(({ sent }) => sent.kind !== "sent");
    const sent = hasFailed
      ? ({ kind: "not-tried" } as const)
      : await way.send(testNotice(severity, look), look, signal);
    const tried = { severity, sent };
    all.push(tried);
    onTried(tried);
  }
  return all;
}
