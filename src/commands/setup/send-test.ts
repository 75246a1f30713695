import type { Settings } from "#config/settings.ts";
import { noticeCommand } from "#effects/notice-command.ts";
import type { Notify } from "#guard/model/effect.ts";
import type { Sent } from "#notify/channel.ts";
import { messageFrom } from "#notify/words/message-of.ts";
import type { Clock, Runner } from "#ports.ts";
import { ranOutcome } from "#process/outcome.ts";
import { realChannels } from "#wiring/channels.ts";
import { nameOf, type Told } from "./answers/answers.ts";

export interface SendDeps {
  readonly runner: Runner;
  readonly clock: Clock;
  readonly redact: (text: string) => string;
  readonly signal: AbortSignal;
}

/** Sends one test to whom these settings tell, as the daemon would send a notification. */
export async function sendTest(
  settings: Settings,
  told: Told,
  { runner, clock, redact, signal }: SendDeps,
): Promise<Sent> {
  const nowMs = clock.nowMs();
  const notice: Notify = {
    kind: "notify",
    id: `notify:setup:${nowMs}`,
    event: "drill",
    severity: "warning",
    name: "setup",
    because: "this is a test by runpodboss setup. You will be told here",
    podIds: [],
    atMs: nowMs,
    tries: 0,
    notBeforeMs: nowMs,
  };
  if (told.kind === "channel") {
    const name = nameOf(told.channel);
    const [channel] = realChannels(
      settings.channels.filter((each) => each.name === name),
      clock,
    );
    if (channel === undefined) throw new Error(`there is no channel ${name}`);
    return channel.send(messageFrom(notice, undefined, nowMs), signal);
  }
  const command = noticeCommand(notice, undefined, settings, nowMs);
  if (command === undefined) throw new Error("there is no notify command");
  const outcome = ranOutcome(await runner.run(command, signal), command.timeLimitMs);
  if (outcome === "interrupted") return { kind: "interrupted" };
  const said = redact(
    [outcome.because, outcome.tail.trim()].filter((each) => each !== "").join("\n"),
  );
  return outcome.kind === "done"
    ? { kind: "sent", answer: said }
    : { kind: "failed", because: said, isRefused: false };
}
