import { wordsOf } from "#errors.ts";
import type { Notify } from "#guard/model/effect.ts";
import { hourMs } from "#guard/model/time.ts";
import type { Log } from "#log.ts";
import type { Channel } from "#notify/channel.ts";
import { messageFrom } from "#notify/words/message-of.ts";
import type { Clock, Command, Runner } from "#ports.ts";
import { ranOutcome } from "#process/outcome.ts";
import { type NoticeSettings, noticeCommand } from "./notice-command.ts";

/** Remembers, also across restarts, when people were last told. Never throws. */
export interface ToldMark {
  /** Whether that was within the hour. */
  isFresh(): Promise<boolean>;
  /** After a failure people may be told again in some minutes. */
  set(hasWorked: boolean): Promise<void>;
}

export interface TellDeps {
  readonly runner: Runner;
  readonly settings: NoticeSettings;
  /** Each holds to its own time limit. */
  readonly channels: readonly Channel[];
  readonly clock: Clock;
  readonly mark: ToldMark;
}

type Told =
  | { readonly kind: "told-before" | "nobody-to-tell" }
  /** By one way at least; `failed` says why not by the others. */
  | { readonly kind: "told"; readonly failed: readonly string[] }
  | { readonly kind: "failed"; readonly because: string };

/**
 * Tells people, by the notify command and every channel, whatever they ask for, of what keeps the guard
 * itself from its work: without the state, the queue and the guard's decisions, as these may be what is
 * broken. At most once an hour.
 */
export async function tellDirectly(
  because: string,
  { runner, settings, channels, clock, mark }: TellDeps,
  signal: AbortSignal,
): Promise<Told> {
  const atMs = clock.nowMs();
  const notice: Notify = {
    kind: "notify",
    id: `told-directly:${atMs}`,
    event: "trouble",
    name: "trouble",
    severity: "critical",
    incident: "told-directly",
    because,
    atMs,
    tries: 0,
    notBeforeMs: 0,
  };
  const command = noticeCommand(notice, undefined, settings, atMs);
  const ways = [
    ...(command === undefined ? [] : [() => byCommand(command, runner, signal)]),
    ...channels.map((channel) => () => byChannel(notice, channel, atMs, signal)),
  ];
  if (ways.length === 0) return { kind: "nobody-to-tell" };
  if (await mark.isFresh()) return { kind: "told-before" };
  const outcomes = await Promise.all(ways.map((tell) => tell()));
  const failed = outcomes.flatMap((each) => (each.kind === "worked" ? [] : [each.because]));
  const hasWorked = failed.length < ways.length;
  const isInterrupted = outcomes.some(({ kind }) => kind === "interrupted");
  if (hasWorked || !isInterrupted) await mark.set(hasWorked);
  return hasWorked ? { kind: "told", failed } : { kind: "failed", because: failed.join("; ") };
}

type Tried =
  | { readonly kind: "worked" }
  | { readonly kind: "failed" | "interrupted"; readonly because: string };

const worked: Tried = { kind: "worked" };

async function byCommand(command: Command, runner: Runner, signal: AbortSignal): Promise<Tried> {
  const outcome = ranOutcome(await runner.run(command, signal), command.timeLimitMs);
  if (outcome === "interrupted") return { kind: outcome, because: outcome };
  return outcome.kind === "done" ? worked : { kind: "failed", because: outcome.because };
}

async function byChannel(
  notice: Notify,
  channel: Channel,
  nowMs: number,
  signal: AbortSignal,
): Promise<Tried> {
  const { name } = channel;
  const mine = { ...notice, id: `${notice.id}@${name}`, channel: name };
  const sent = await channel.send(messageFrom(mine, undefined, nowMs), signal);
  switch (sent.kind) {
    case "sent":
      return worked;
    case "failed":
      return { kind: "failed", because: `channel ${name}: ${sent.because}` };
    case "interrupted":
      return { kind: "interrupted", because: `channel ${name}: interrupted` };
  }
}

/** The same for the daemon, which waits for nothing of it. */
export interface Telling {
  /** Never throws. */
  tell(because: string): void;
  /** Resolves when nobody is being told. */
  idle(): Promise<void>;
}

export interface TellingDeps extends Omit<TellDeps, "settings" | "channels"> {
  readonly settings: () => NoticeSettings & { readonly dryRun: boolean };
  readonly channels: () => readonly Channel[];
  readonly log: Log;
}

export function createTelling(deps: TellingDeps): Telling {
  const { log, clock } = deps;
  const never = new AbortController().signal;
  /** Beside the mark, which a broken disk may not keep. */
  let lastMs = -Infinity;
  let done: Promise<void> = Promise.resolve();

  async function tell(because: string): Promise<void> {
    const settings = deps.settings();
    if (settings.dryRun || clock.nowMs() - lastMs < hourMs) return;
    lastMs = clock.nowMs();
    const told = await tellDirectly(
      because,
      { ...deps, settings, channels: deps.channels() },
      never,
    );
    if (told.kind === "failed") {
      log.error({ because, failed: told.because }, "could not be told directly");
      return;
    }
    const failed = told.kind === "told" && told.failed.length > 0 ? { failed: told.failed } : {};
    log.warn({ because, told: told.kind, ...failed }, "told directly");
  }

  return {
    tell(because) {
      done = done
        .then(() => tell(because))
        .catch((error: unknown) => log.error({ because: wordsOf(error) }, "this is a bug"));
    },
    idle: () => done,
  };
}
