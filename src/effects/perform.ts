import type { CallAgent, Effect, EndPod, Notify, Outcome, Seen } from "../guard/model.ts";
import type { Log } from "../log.ts";
import type { Account, Clock, Runner } from "../ports.ts";
import { callAgent } from "./call-agent.ts";
import { endPod, lookForEnd } from "./end-pod.ts";
import { noticeCommand } from "./notice-command.ts";
import { ranOutcome } from "./outcome.ts";
import { buildAgent } from "./run-agent.ts";
import type { EffectSettings } from "./settings.ts";

/** Carries out one effect. "interrupted" leaves it owed. Never throws but for a bug. */
export type Perform = (
  effect: Effect,
  look: Seen | undefined,
  signal: AbortSignal,
) => Promise<Outcome | "interrupted">;

export interface PerformDeps {
  readonly account: Account;
  readonly clock: Clock;
  readonly runner: Runner;
  readonly log: Log;
  /** The environment that programs inherit. */
  readonly env: NodeJS.ProcessEnv;
  /** Asked for at each use: a new config holds from the next effect on. */
  readonly settings: () => EffectSettings;
}

export function performWith(deps: PerformDeps): Perform {
  const { clock, log, runner } = deps;
  const dryEnds = new Set<string>();

  return (effect, look, signal) => {
    const settings = deps.settings();
    switch (effect.kind) {
      case "notify":
        return notify(effect, look, settings, signal);
      case "call-agent":
        return agent(effect, look, settings, signal);
      case "end-pod":
        return settings.dryRun
          ? endDry(effect, settings, signal)
          : endPod(effect, endDeps(settings), signal);
    }
  };

  async function notify(
    effect: Notify,
    look: Seen | undefined,
    settings: EffectSettings,
    signal: AbortSignal,
  ): Promise<Outcome | "interrupted"> {
    const command = noticeCommand(effect, look, settings);
    if (command === undefined) return moot("no notify command is configured");
    if (settings.dryRun) return sayWouldStart(effect, command.argv);
    return ranOutcome(await runner.run(command, signal), settings.notifyTimeoutMs);
  }

  async function agent(
    effect: CallAgent,
    look: Seen | undefined,
    settings: EffectSettings,
    signal: AbortSignal,
  ): Promise<Outcome | "interrupted"> {
    if (look === undefined) return failed("the account has not been seen yet");
    // A new config may have come while it waited.
    if (settings.claudeCommand.length === 0) return moot("no agent is configured");
    if (!settings.thresholds.some(({ name }) => name === effect.threshold)) {
      return moot("the threshold is no longer there");
    }
    if (!settings.dryRun) return callAgent(effect, look, { ...deps, settings }, signal);
    const { threshold, belowUsd } = effect;
    const job = { threshold, belowUsd, event: "trip", preface: "" } as const;
    const folders = { cwd: "", podsFile: "" };
    const { command } = buildAgent(job, look, { settings, env: deps.env }, folders);
    return sayWouldStart(effect, command.argv);
  }

  function endDeps({ protect }: EffectSettings) {
    return { account: deps.account, clock, protect };
  }

  /**
   * The same look and the same verdict as the real one; a pod is named once a crossing. It stays
   * owed, as nothing was ended: else every look would owe it anew and tell of it again.
   */
  async function endDry(
    effect: EndPod,
    settings: EffectSettings,
    signal: AbortSignal,
  ): Promise<Outcome | "interrupted"> {
    const look = await lookForEnd(effect, endDeps(settings), signal);
    if (signal.aborted) return "interrupted";
    if (look.kind !== "due") return look.outcome;
    const { podId, action, threshold } = effect;
    if (!dryEnds.has(effect.id)) {
      const { name } = look.pod;
      log.info({ threshold, podId, name, action }, "dry run: would have ended this pod");
    }
    dryEnds.add(effect.id);
    return "interrupted";
  }

  function sayWouldStart(effect: Effect, argv: readonly string[]): Outcome {
    log.info({ effect: effect.kind, because: effect.because, argv }, "dry run: would have started");
    return done("dry run");
  }
}

function moot(because: string): Outcome {
  return { kind: "moot", because, tail: "" };
}

function done(because: string): Outcome {
  return { kind: "done", because, tail: "" };
}

function failed(because: string): Outcome {
  return { kind: "failed", because, tail: "" };
}
