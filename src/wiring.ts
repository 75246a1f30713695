import { defaultPaths, expandHome, inShell } from "./config/paths.ts";
import type { Settings } from "./config/settings.ts";
import { createGuard, type Guard } from "./daemon/guard.ts";
import { createLeaseReading } from "./daemon/lease-reading.ts";
import { createMeasuring } from "./daemon/measuring.ts";
import { createRecording, type Recording } from "./daemon/recording.ts";
import { createSampling } from "./daemon/sampling.ts";
import type { Supervisor } from "./daemon/supervisor.ts";
import type { WatchDeps } from "./daemon/watch.ts";
import type { Present } from "./effects/end-run.ts";
import { performWith } from "./effects/perform.ts";
import { identityOf } from "./effects/process-identity.ts";
import { createQueue, type Queue } from "./effects/queue.ts";
import type { Policy } from "./guard/model.ts";
import { own } from "./guard/own.ts";
import { resumed } from "./guard/resumed.ts";
import type { Log } from "./log.ts";
import type { Account, Clock, Runner } from "./ports.ts";
import { probeAll } from "./probes/probe-all.ts";
import { createProbe } from "./probes/probe.ts";
import { createGraphqlAccount } from "./runpod/graphql.ts";
import { impatient } from "./runpod/impatient.ts";
import { historyFileOf, leaseFileOf, samplesFileOf } from "./store/beside.ts";
import { createHistoryFile } from "./store/history-file.ts";
import { createLeaseFile } from "./store/lease-file.ts";
import { createSamplesFile } from "./store/samples-file.ts";
import { createStateFile } from "./store/state-file.ts";

/** Looks further apart than this do not belong together, however quick the pace. */
const leastGapMs = 180_000;

/** What the settings ask the guard to do. */
export function policyOf(settings: Settings): Policy {
  const { thresholds, claudeCommand, notifyCommand, protect, blindAfterMs } = settings;
  return {
    thresholds: thresholds.map(({ name, belowUsd, notifyCommand: tells, backstop }) => ({
      name,
      belowUsd,
      answers: [
        ...(tells.length > 0 ? (["notify"] as const) : []),
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
    podGuards: {
      ...settings.guards,
      gapMs: Math.max(3 * settings.pollIntervalMs, leastGapMs),
      command: commandFor(settings.configPath),
    },
  };
}

/** What to type for this program: with its config, when that is not where it is looked for. */
function commandFor(configPath: string): string {
  return configPath === "" || configPath === expandHome(defaultPaths.config)
    ? "runpodboss"
    : `runpodboss -c ${inShell(configPath)}`;
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
      measure: (signal) => account.measure(signal),
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
  const { live, log, clock, runner } = parts;
  const { stateFile, dryRun, maxRuntimeMs } = live.settings();
  const nowMs = (): number => clock.nowMs();
  const days = (): number => live.settings().historyDays;
  const store = createStateFile(stateFile, {
    readOnly: dryRun,
    nowMs,
    onCorrupt: (corrupt) => log.warn({ ...corrupt }, "state file was corrupt; starting clean"),
  });
  const guard: Guard = createGuard({
    state: resumed(await store.load()),
    policy: live.policy,
    store,
    clock,
    log,
    queue: (): Queue => queue,
    recording: (): Recording => recording,
  });
  const onTrouble = (what: string) => (because: string) =>
    void guard.take({ kind: "trouble", what, because, atMs: nowMs() });
  const recording = createRecording({
    // A dry run changes nothing.
    recorder: dryRun
      ? { append: () => Promise.resolve() }
      : createHistoryFile(historyFileOf(stateFile), {
          nowMs,
          days,
          identityOf,
          onTrouble: onTrouble("tidying the history"),
        }),
    clock,
    take: (input) => guard.take(input),
  });
  const readLeases = createLeaseReading(
    createLeaseFile(leaseFileOf(stateFile), identityOf),
    guard,
    clock,
  );
  const probe = createProbe({ runner, settings: () => live.settings().guards.idle ?? noProbes });
  const present: Present = {
    refresh: async () => (await readLeases()) !== "unknown",
    isOwed: (id) => guard.state().owed.some((effect) => effect.id === id),
    run: (podId) => own(guard.state().runs, podId),
    async probe(podId, signal) {
      const run = own(guard.state().runs, podId);
      return run && probe({ podId, podName: run.name }, run.counters ?? {}, signal);
    },
  };
  const queue = createQueue({
    perform: performWith({ ...parts, account: live.account, settings: live.settings, present }),
    settled: ({ id }, outcome) => guard.take({ kind: "settled", id, atMs: nowMs(), outcome }),
    onBug: (error) =>
      log.error({ stack: error instanceof Error ? error.stack : String(error) }, "this is a bug"),
  });
  return {
    ...parts,
    account: live.account,
    guard,
    queue,
    recording,
    readLeases,
    keepSample: dryRun
      ? () => undefined
      : createSampling(
          createSamplesFile(samplesFileOf(stateFile), {
            nowMs,
            days,
            onTrouble: onTrouble("tidying the samples"),
          }),
          guard,
          clock,
        ),
    measuring: createMeasuring({
      account: live.account,
      guard,
      policy: live.policy,
      log,
      probe: (runs, signal) =>
        probeAll(
          probe,
          runs.map((run) => ({ ...run, podName: run.name })),
          signal,
        ),
    }),
    policy: live.policy,
    pollIntervalMs: () => live.settings().pollIntervalMs,
    maxRuntimeMs,
  };
}

const noProbes = { activityCommand: [], activityMetrics: [] } as const;

function accountOf({ runpodUrl, apiKey }: Settings, clock: Clock, timeLimitMs?: number): Account {
  const account = createGraphqlAccount({
    url: runpodUrl,
    apiKey,
    nowMs: () => clock.nowMs(),
    ...(timeLimitMs !== undefined && { timeLimitMs }),
  });
  return impatient(account, clock);
}
