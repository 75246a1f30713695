import { dryRunWords } from "#guard/model/effect.ts";
import { callAgent } from "#agent/call.ts";
import { buildAgent } from "#agent/run.ts";
import type { Runpodctl } from "#agent/runpodctl.ts";
import { measuredIn } from "#guard/account/falls/measured.ts";
import { whyNotTouch } from "#guard/account/may-end.ts";
import { isEveryRunKnown, type Seen } from "#guard/model/account.ts";
import type { Effect, EndPod, EndRun, EndStopped, Outcome } from "#guard/model/effect.ts";
import type { Log } from "#log.ts";
import type { Channel } from "#notify/channel.ts";
import type { Paces } from "#paces.ts";
import type { Account, Clock, OwnProgram, Runner } from "#ports.ts";
import { type AgentCall, taskFor } from "./agent-task.ts";
import { backstopEnding } from "./backstop-ending.ts";
import { type Ending, endPod, lookForEnd, triesOf } from "./end-and-prove.ts";
import { endRun, type Present, runEnding } from "./end-run.ts";
import { stoppedEnding } from "./end-stopped.ts";
import { notifyCommandWith } from "./call-notify-command.ts";
import { type ButtonsFor, sendNoticeWith } from "./send-notice.ts";
import type { EffectSettings } from "./settings.ts";

/** Carries out one effect. "interrupted": it is tried again later. Throws only on a bug. */
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
  /** Those of the settings, in their order. */
  readonly channels: () => readonly Channel[];
  readonly present: Present;
  readonly program: OwnProgram;
  /** Which runpodctl there is. */
  readonly runpodctl: () => Promise<Runpodctl>;
  readonly paces: Pick<Paces, "proof" | "agentProofMs">;
  readonly buttonsFor?: ButtonsFor | undefined;
}

export function performWith(deps: PerformDeps): Perform {
  const { account, clock, log, runner, present, paces } = deps;
  const dryEnds = new Set<string>();
  const prepared = new Map<string, string>();
  const accepted = new Set<string>();
  const callNotifyCommand = notifyCommandWith({ clock, runner, sayWouldStart });
  const sendNotice = sendNoticeWith(deps);

  return (effect, look, signal) => {
    const settings = deps.settings();
    switch (effect.kind) {
      case "notify":
        return effect.channel === undefined
          ? callNotifyCommand(effect, look, settings, signal)
          : sendNotice(effect, effect.channel, look, settings, signal);
      case "call-agent":
      case "call-budget-agent":
      case "call-pod-agent":
        return agent(effect, look, settings, signal);
      case "end-stopped": {
        const { stopped } = settings.guards;
        const ending = stoppedEnding(effect, { account, present, stopped, accepted });
        return settings.dryRun
          ? endDry(effect, ending, settings, signal)
          : endPod(ending, endDeps(settings), signal);
      }
      case "end-pod": {
        const ending = { ...backstopEnding(effect, present), ...triesOf(effect.id, accepted) };
        return settings.dryRun
          ? endDry(effect, ending, settings, signal)
          : endPod(ending, endDeps(settings), signal);
      }
      case "end-run": {
        const { idle, ...guards } = settings.guards;
        const own = { present, runner, log, prepared, accepted };
        const runDeps = { ...endDeps(settings), ...guards, idle, ...own };
        return settings.dryRun
          ? endDry(effect, runEnding(effect, runDeps), settings, signal)
          : endRun(effect, runDeps, signal);
      }
    }
  };

  async function agent(
    effect: AgentCall,
    look: Seen | undefined,
    settings: EffectSettings,
    signal: AbortSignal,
  ): Promise<Outcome | "interrupted"> {
    if (look === undefined) return failed("no poll has worked yet");
    // A new config may have come while it waited.
    if (settings.claudeCommand.length === 0) return moot("no agent is configured");
    const { burnPerHrUsd } = measuredIn({ falls: present.falls() }, look);
    const task = taskFor(effect, { ...look, burnPerHrUsd }, settings, present);
    if (task.kind !== "task") return task;
    if (effect.tries > 0 && isNothingLeft(task.look, settings)) {
      return moot("no pod runs any more that it could stop");
    }
    if (!settings.dryRun) return callAgent(task.job, task.look, { ...deps, settings }, signal);
    const folders = { cwd: "", podsFile: "" };
    const { env, program } = deps;
    const tools = { settings, env, program, runpodctl: await deps.runpodctl() };
    const { command } = buildAgent(task.job, task.look, tools, folders);
    return sayWouldStart(effect, command.argv);
  }

  function endDeps({ protect }: EffectSettings) {
    return { account, clock, protect, paces };
  }

  /**
   * The same poll and the same verdict as the real one; each end is logged once. It counts as still to
   * be done, as nothing was ended: otherwise every poll would queue and log it again.
   */
  async function endDry(
    effect: EndPod | EndRun | EndStopped,
    ending: Ending,
    settings: EffectSettings,
    signal: AbortSignal,
  ): Promise<Outcome | "interrupted"> {
    const look = await lookForEnd(ending, endDeps(settings), signal);
    if (signal.aborted) return "interrupted";
    if (look.kind !== "due") return look.outcome;
    const { podId } = effect;
    const { action } = ending;
    const cause =
      effect.kind === "end-pod" ? { threshold: effect.threshold } : { reason: effect.reason };
    if (!dryEnds.has(effect.id)) {
      const { name: podName } = look.pod;
      log.info({ ...cause, podId, podName, action }, "dry run: would have ended this pod");
    }
    dryEnds.add(effect.id);
    return "interrupted";
  }

  function sayWouldStart(effect: Effect, argv: readonly string[]): Outcome {
    log.info({ effect: effect.kind, because: effect.because, argv }, "dry run: would have started");
    return done(dryRunWords);
  }
}

/** Whether every row is known and none is of a pod that still runs and may be ended. */
function isNothingLeft(look: Seen, { protect }: EffectSettings): boolean {
  return (
    isEveryRunKnown(look) &&
    look.pods !== "unknown" &&
    look.pods.every((pod) => {
      const because = whyNotTouch(pod, { protect });
      return because !== undefined && because.is !== "unknown";
    })
  );
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
