import { Hono } from "hono";
import type { Settings } from "#config/settings.ts";
import { decide } from "#guard/decide.ts";
import type { Look, Seen } from "#guard/model/account.ts";
import type { Policy } from "#guard/model/policy.ts";
import { emptyState, type GuardState, type Input } from "#guard/model/state.ts";
import type { HttpEnv } from "#http/asker.ts";
import type { HttpDeps } from "#http/deps.ts";
import { balanceRoutes } from "#http/routes/balance.ts";
import { historyRoutes } from "#http/routes/history.ts";
import { liveRoutes } from "#http/routes/live.ts";
import { statusRoutes } from "#http/routes/status.ts";
import { createView, type ViewMemory } from "#http/view/view.ts";
import { createFakeClock, type FakeClock } from "../../fake-clock.ts";
import { at, book, policyWith, seen } from "../../guard/samples.ts";

export const settings: Settings = {
  configPath: "/etc/runpodboss/config.json",
  apiKey: "rpa_secret",
  apiKeyFrom: "RUNPOD_API_KEY",
  apiKeyNames: ["RUNPOD_API_KEY"],
  secrets: ["rpa_secret"],
  pollIntervalMs: 60_000,
  maxRuntimeMs: Infinity,
  stateFile: "/nowhere/state.json",
  logFile: "/nowhere/log.jsonl",
  claudeCommand: [],
  claudeTimeoutMs: 1,
  claudeAttempts: 1,
  agentPermissions: "scoped",
  agentMaxTurns: 1,
  agentMaxBudgetUsd: 1,
  notifyCommand: [],
  notifyTimeoutMs: 1,
  channels: [],
  blindAfterMs: 300_000,
  protect: [],
  thresholds: [],
  guards: {
    warnMs: 900_000,
    maxEndsPerHour: 20,
    beforeStopCommand: [],
    beforeStopTimeoutMs: 1,
  },
  budgets: [],
  schedules: [],
  poll: "fixed",
  historyDays: 90,
  dryRun: false,
  api: "graphql",
  runpodUrl: "https://api.runpod.io/graphql",
  restUrl: undefined,
  warnings: [],
};

export interface Viewed {
  readonly view: ViewMemory;
  readonly clock: FakeClock;
  readonly state: () => GuardState;
  readonly take: (input: Input) => void;
  /** A poll at this moment. */
  readonly poll: (look?: Partial<Seen> | Look) => void;
  /** All that is served, without its doors. */
  readonly app: Hono<HttpEnv>;
  readonly bugs: unknown[];
}

export interface ViewedOptions {
  readonly policy?: Policy;
  readonly settings?: Partial<Settings>;
  readonly files?: { readonly history: string; readonly samples: string };
  readonly state?: GuardState;
}

/** A guard that decides in memory, with what there is to see of it; it is long after the beginning of time. */
export async function viewed(options: ViewedOptions = {}): Promise<Viewed> {
  const { policy = policyWith(), files } = options;
  const clock = createFakeClock();
  await clock.advanceTo(at(0));
  const bugs: unknown[] = [];
  let state = options.state ?? emptyState;
  const inForce = { ...settings, ...options.settings };
  const view = createView({
    state,
    settings: () => inForce,
    policy: () => policy,
    clock,
    pid: 1,
    historyFile: files?.history ?? "/nowhere/history.jsonl",
    samplesFile: files?.samples ?? "/nowhere/samples.jsonl",
    onBug: (error) => bugs.push(error),
  });
  function take(input: Input): void {
    ({ state } = decide(state, input, policy));
    view.decided(input, state);
  }
  const app = new Hono<HttpEnv>();
  for (const add of routes) add(app, depsOf(view, clock));
  return {
    view,
    clock,
    state: () => state,
    take,
    poll(look = {}) {
      const atMs = clock.nowMs();
      take({ kind: "leases", atMs, book: book() });
      take({ kind: "look", look: look.kind === "blind" ? look : seen({ ...look, atMs }) });
    },
    app,
    bugs,
  };
}

const routes = [statusRoutes, liveRoutes, balanceRoutes, historyRoutes];

function depsOf(view: ViewMemory, clock: FakeClock): HttpDeps {
  return {
    view,
    clock,
    redact: (text: string) => text.replaceAll("rpa_secret", "[redacted]"),
    counts: {
      answered: () => undefined,
      wrongToken: () => undefined,
      streamBegan: () => () => undefined,
    },
  } as unknown as HttpDeps;
}
