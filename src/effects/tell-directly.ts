import { wordsOf } from "#errors.ts";
import type { Notify } from "#guard/model/effect.ts";
import { hourMs } from "#guard/model/time.ts";
import type { Log } from "#log.ts";
import type { Clock, Runner } from "#ports.ts";
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
  readonly mark: ToldMark;
}

type Told =
  | { readonly kind: "told" | "told-before" | "nobody-to-tell" }
  | { readonly kind: "failed"; readonly because: string };

/**
 * Tells people, by the notify command, of what keeps the guard itself from its work: without the
 * state, the queue and the guard's decisions, as these may be what is broken. At most once an hour.
 */
export async function tellDirectly(
  because: string,
  { runner, settings, mark }: TellDeps,
  signal: AbortSignal,
): Promise<Told> {
  const notice: Notify = {
    kind: "notify",
    id: "told-directly",
    event: "trouble",
    name: "trouble",
    because,
    tries: 0,
    notBeforeMs: 0,
  };
  const command = noticeCommand(notice, undefined, settings, 0);
  if (command === undefined) return { kind: "nobody-to-tell" };
  if (await mark.isFresh()) return { kind: "told-before" };
  const outcome = ranOutcome(await runner.run(command, signal), command.timeLimitMs);
  if (outcome === "interrupted") return { kind: "failed", because: "interrupted" };
  const hasWorked = outcome.kind === "done";
  await mark.set(hasWorked);
  return hasWorked ? { kind: "told" } : { kind: "failed", because: outcome.because };
}

/** The same for the daemon, which waits for nothing of it. */
export interface Telling {
  /** Never throws. */
  tell(because: string): void;
  /** Resolves when nobody is being told. */
  idle(): Promise<void>;
}

export interface TellingDeps extends Omit<TellDeps, "settings"> {
  readonly settings: () => NoticeSettings & { readonly dryRun: boolean };
  readonly log: Log;
  readonly clock: Clock;
}

export function createTelling(deps: TellingDeps): Telling {
  const { runner, mark, log, clock } = deps;
  const never = new AbortController().signal;
  /** Beside the mark, which a broken disk may not keep. */
  let lastMs = -Infinity;
  let done: Promise<void> = Promise.resolve();

  async function tell(because: string): Promise<void> {
    const settings = deps.settings();
    if (settings.dryRun || clock.nowMs() - lastMs < hourMs) return;
    lastMs = clock.nowMs();
    const told = await tellDirectly(because, { runner, settings, mark }, never);
    if (told.kind !== "failed") log.warn({ because, told: told.kind }, "told directly");
    else log.error({ because, failed: told.because }, "could not be told directly");
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
