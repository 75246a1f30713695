import type { Settings } from "./config/settings.ts";
import { createClock } from "./clock.ts";
import { createGuard } from "./daemon/guard.ts";
import type { WatchDeps } from "./daemon/watch.ts";
import { performDry, performWith } from "./effects/perform.ts";
import { createRunner } from "./effects/process.ts";
import { createQueue, type Queue } from "./effects/queue.ts";
import type { Policy } from "./guard/model.ts";
import type { Log } from "./log.ts";
import type { Clock } from "./ports.ts";
import { createGraphqlAccount } from "./runpod/graphql.ts";
import { createStateFile } from "./store/state-file.ts";

/** What the settings ask the guard to do. */
function policyOf({ thresholds, claudeCommand }: Settings): Policy {
  return {
    thresholds: thresholds.map(({ name, belowUsd, notifyCommand }) => ({
      name,
      belowUsd,
      answers: [
        ...(notifyCommand.length > 0 ? (["notify"] as const) : []),
        ...(claudeCommand.length > 0 ? (["call-agent"] as const) : []),
      ],
    })),
  };
}

/** Everything the watch needs, made of real parts. Throws a UserError when the state is unreadable. */
export async function watchDepsOf(
  settings: Settings,
  log: Log,
  once: boolean,
  clock: Clock = createClock(),
): Promise<WatchDeps> {
  const { dryRun } = settings;
  const store = createStateFile(settings.stateFile, {
    readOnly: dryRun,
    nowMs: () => clock.nowMs(),
    onCorrupt: (corrupt) => log.warn({ ...corrupt }, "state file was corrupt; starting clean"),
  });
  const guard = createGuard(
    { state: await store.load(), policy: policyOf(settings), store, log },
    (): Queue => queue,
  );
  const queue = createQueue({
    perform: dryRun ? performDry(log, settings) : performWith(createRunner(), settings),
    settled: (effect, outcome) =>
      guard.take({ kind: "settled", id: effect.id, outcome }, undefined),
  });
  const { pollIntervalMs, maxRuntimeMs } = settings;
  const account = createGraphqlAccount({
    url: settings.runpodUrl,
    apiKey: settings.apiKey,
    nowMs: () => clock.nowMs(),
  });
  return { account, clock, guard, queue, log, pollIntervalMs, maxRuntimeMs, once };
}
