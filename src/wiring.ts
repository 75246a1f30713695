import type { Settings } from "./config/settings.ts";
import { createGuard, type Guard } from "./daemon/guard.ts";
import type { Supervisor } from "./daemon/supervisor.ts";
import type { WatchDeps } from "./daemon/watch.ts";
import { performWith } from "./effects/perform.ts";
import { createQueue, type Queue } from "./effects/queue.ts";
import type { Policy } from "./guard/model.ts";
import type { Log } from "./log.ts";
import type { Account, Clock, Runner } from "./ports.ts";
import { createGraphqlAccount } from "./runpod/graphql.ts";
import { impatient } from "./runpod/impatient.ts";
import { createStateFile } from "./store/state-file.ts";

/** What the settings ask the guard to do. */
function policyOf(settings: Settings): Policy {
  const { thresholds, claudeCommand, notifyCommand, protect, blindAfterMs } = settings;
  return {
    thresholds: thresholds.map(({ name, belowUsd, notifyCommand: own, backstop }) => ({
      name,
      belowUsd,
      answers: [
        ...(own.length > 0 ? (["notify"] as const) : []),
        ...(claudeCommand.length > 0 ? (["call-agent"] as const) : []),
      ],
      backstop,
    })),
    tells: [notifyCommand, ...thresholds.map((each) => each.notifyCommand)].some(
      (command) => command.length > 0,
    ),
    protect,
    blindAfterMs,
    agentAttempts: settings.claudeAttempts,
  };
}

/** The settings in force and what is made of them; a reload replaces both at once. */
export interface Live {
  readonly settings: () => Settings;
  readonly policy: () => Policy;
  readonly account: Account;
  replace(settings: Settings): void;
}

/** `timeLimitMs` is a request's, in real time; the account's own unless given. */
export function liveOf(first: Settings, clock: Clock, timeLimitMs?: number): Live {
  let settings = first;
  let policy = policyOf(first);
  let account = accountOf(first, clock, timeLimitMs);
  return {
    settings: () => settings,
    policy: () => policy,
    account: {
      look: (signal) => account.look(signal),
      end: (podId, action, signal) => account.end(podId, action, signal),
    },
    replace(next) {
      settings = next;
      policy = policyOf(next);
      account = accountOf(next, clock, timeLimitMs);
    },
  };
}

export interface WatchParts {
  readonly live: Live;
  readonly log: Log;
  readonly once: boolean;
  readonly clock: Clock;
  readonly runner: Runner;
  readonly env: NodeJS.ProcessEnv;
  readonly supervisor: Supervisor;
}

/** Everything the watch needs, made of real parts. Throws a UserError when the state is unreadable. */
export async function watchDepsOf(parts: WatchParts): Promise<WatchDeps> {
  const { live, log, clock } = parts;
  const { stateFile, dryRun, maxRuntimeMs } = live.settings();
  const store = createStateFile(stateFile, {
    readOnly: dryRun,
    nowMs: () => clock.nowMs(),
    onCorrupt: (corrupt) => log.warn({ ...corrupt }, "state file was corrupt; starting clean"),
  });
  const guard: Guard = createGuard({
    state: await store.load(),
    policy: live.policy,
    store,
    clock,
    log,
    queue: (): Queue => queue,
  });
  const queue = createQueue({
    perform: performWith({ ...parts, account: live.account, settings: live.settings }),
    settled: ({ id }, outcome) => guard.take({ kind: "settled", id, atMs: clock.nowMs(), outcome }),
    onBug: (error) =>
      log.error({ stack: error instanceof Error ? error.stack : String(error) }, "this is a bug"),
  });
  return {
    ...parts,
    account: live.account,
    guard,
    queue,
    policy: live.policy,
    pollIntervalMs: () => live.settings().pollIntervalMs,
    maxRuntimeMs,
  };
}

function accountOf({ runpodUrl, apiKey }: Settings, clock: Clock, timeLimitMs?: number): Account {
  const account = createGraphqlAccount({
    url: runpodUrl,
    apiKey,
    nowMs: () => clock.nowMs(),
    ...(timeLimitMs !== undefined && { timeLimitMs }),
  });
  return impatient(account, clock);
}
