import { dryRunWords } from "#guard/model/effect.ts";
import { callAgent } from "#agent/call.ts";
import { type AgentJob, buildAgent } from "#agent/run.ts";
import type { Runpodctl } from "#agent/runpodctl.ts";
import { whyNoLonger } from "#guard/account/backstop.ts";
import { whyNotTouch } from "#guard/account/may-end.ts";
import { isEveryRunKnown, type Seen } from "#guard/model/account.ts";
import type {
  CallAgent,
  CallPodAgent,
  Effect,
  EndPod,
  EndRun,
  Outcome,
} from "#guard/model/effect.ts";
import type { Log } from "#log.ts";
import type { Channel } from "#notify/channel.ts";
import type { Paces } from "#paces.ts";
import type { Account, Clock, OwnProgram, Runner } from "#ports.ts";
import { type Ending, endPod, lookForEnd, maybeUnreadable, triesOf } from "./end-and-prove.ts";
import { endRun, type Present, runEnding } from "./end-run.ts";
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
      case "call-pod-agent":
        return agent(effect, look, settings, signal);
      case "call-budget-agent":
      case "end-stopped":
        return Promise.resolve(failed("this is not built yet"));
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
    effect: CallAgent | CallPodAgent,
    look: Seen | undefined,
    settings: EffectSettings,
    signal: AbortSignal,
  ): Promise<Outcome | "interrupted"> {
    if (look === undefined) return failed("no poll has worked yet");
    // A new config may have come while it waited.
    if (settings.claudeCommand.length === 0) return moot("no agent is configured");
    const task =
      effect.kind === "call-agent"
        ? taskOf(effect, look, settings)
        : podTaskOf(effect, look, settings);
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
    effect: EndPod | EndRun,
    ending: Ending,
    settings: EffectSettings,
    signal: AbortSignal,
  ): Promise<Outcome | "interrupted"> {
    const look = await lookForEnd(ending, endDeps(settings), signal);
    if (signal.aborted) return "interrupted";
    if (look.kind !== "due") return look.outcome;
    const { podId, action } = effect;
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

/** What an agent is called for and what it may see; or the outcome when it is not called. */
type Task = { readonly kind: "task"; readonly job: AgentJob; readonly look: Seen } | Outcome;

function taskOf(
  { threshold, belowUsd, belowHours }: CallAgent,
  look: Seen,
  settings: EffectSettings,
): Task {
  const found = settings.thresholds.find(({ name }) => name === threshold);
  if (found === undefined) return moot("the threshold is no longer in the config");
  const mayTerminate = found.backstop?.action === "terminate";
  const { prompt } = found;
  const job: AgentJob = {
    name: threshold,
    belowUsd,
    belowHours,
    event: "trip",
    prompt,
    mayTerminate,
  };
  return { kind: "task", job, look };
}

/** It sees, and may end, that pod and no other. */
function podTaskOf(
  { guard, podId, podName, because: reason }: CallPodAgent,
  look: Seen,
  { guards, protect }: EffectSettings,
): Task {
  const prompts = { hard_timeout: guards.hardTimeout, lease: guards.lease, idle: guards.idle };
  const found = prompts[guard];
  if (found === undefined) return moot("the config no longer asks for it");
  if (look.pods === "unknown") return failed("RunPod did not list the pods");
  const pods = look.pods.filter(({ id }) => id === podId);
  if (pods.length === 0 && look.unreadablePods > 0) return failed(maybeUnreadable);
  const kept = whyNotTouch(pods[0], { protect });
  if (kept?.is === "unknown") return failed(kept.because);
  if (kept !== undefined) return moot(kept.because);
  const pod = { podId, podName, reason };
  const job: AgentJob = { name: guard, event: guard, prompt: found.prompt, pod };
  return { kind: "task", job, look: { ...look, pods, unreadablePods: 0 } };
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

/** The end of a pod by a threshold's backstop: wanted as long as the balance is below the threshold. */
export function backstopEnding(
  { podId, action, burnBefore, ...line }: EndPod,
  present?: Pick<Present, "falls">,
): Ending {
  return {
    podId,
    action,
    burnBefore,
    whyNot(look) {
      const because = whyNoLonger(look, line, { falls: present?.falls() });
      if (look.isRiseDoubted === true && because !== undefined) {
        const unsure = "the balance is higher since the change-over, which must hold for 10 min";
        return { kind: "failed", because: unsure, tail: "" };
      }
      return because === undefined ? undefined : { kind: "moot", because, tail: "" };
    },
  };
}
