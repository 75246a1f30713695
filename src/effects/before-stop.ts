import type { Pod } from "#guard/model/account.ts";
import type { EndRun, Outcome } from "#guard/model/effect.ts";
import type { HardTimeoutGuard } from "#guard/model/policy.ts";
import type { PodRun } from "#guard/model/run.ts";
import { minuteMs } from "#guard/model/time.ts";
import { hardTimeoutAtMs, isEnding } from "#guard/pods/rules/deadlines.ts";
import { isGuardFor } from "#guard/protect.ts";
import { spanWords } from "#guard/text.ts";
import type { Log } from "#log.ts";
import type { Clock, Runner } from "#ports.ts";
import { ranOutcome } from "#process/outcome.ts";
import { render } from "#template/render.ts";

export interface BeforeStopDeps {
  readonly runner: Runner;
  readonly log: Log;
  readonly clock: Clock;
  readonly present: { run(podId: string): PodRun | undefined };
  readonly hardTimeout?: HardTimeoutGuard | undefined;
  readonly beforeStopCommand: readonly string[];
  /** Whether the command gets the API key. */
  readonly beforeStopPassesKey?: boolean;
  readonly beforeStopTimeoutMs: number;
  /** Whether a command that fails puts the end off. */
  readonly beforeStopMustSucceed?: boolean;
}

/** Nothing went wrong: ""; or what did. Or the end waits, as the command must work first. */
export type Prepared =
  | { readonly kind: "prepared"; readonly trouble: string }
  | { readonly kind: "put-off"; readonly outcome: Outcome }
  | "interrupted";

/** What must work is tried again after so long. */
const againMs = 10 * minuteMs;

/** Runs before_stop_command for an end that is due. */
export async function prepare(
  effect: EndRun,
  pod: Pod,
  deps: BeforeStopDeps,
  signal: AbortSignal,
): Promise<Prepared> {
  const { podId, podName, reason } = effect;
  const { runner, log, beforeStopCommand, beforeStopTimeoutMs: timeLimitMs } = deps;
  const values = { balanceUsd: undefined, belowUsd: undefined, name: reason, podsJson: "" };
  const argv = beforeStopCommand.map(
    (template) => render(template, { ...values, podId, podName, reason, isArgument: true }).text,
  );
  const env = { RUNPODBOSS_POD_ID: podId, RUNPODBOSS_POD_NAME: podName, RUNPODBOSS_REASON: reason };
  const trust = deps.beforeStopPassesKey === true ? "api-key" : undefined;
  const ran = await runner.run({ argv, env, trust, timeLimitMs }, signal);
  const outcome = ranOutcome(ran, timeLimitMs);
  if (outcome === "interrupted") return outcome;
  const { because, tail } = outcome;
  const facts = { podId, because, ...(tail !== "" && { tail }) };
  if (outcome.kind === "done") {
    log.info(facts, "before_stop_command done");
    return { kind: "prepared", trouble: "" };
  }
  const waitMs = putOffMs(effect, pod, deps);
  if (waitMs === 0) {
    log.error(facts, "before_stop_command failed; stopping the pod anyway");
    return { kind: "prepared", trouble: `before_stop_command failed: ${because}` };
  }
  log.error({ ...facts, againInMs: waitMs }, "before_stop_command failed; the pod is not stopped");
  const until = limitWords(hardTimeoutOf(effect, pod, deps), deps.clock.nowMs());
  const words = `before_stop_command failed (${because}), so it runs on until that works${until}`;
  return { kind: "put-off", outcome: { kind: "failed", because: words, tail, waitMs } };
}

/** For how long the end is put off now; 0: it is not. */
function putOffMs(effect: EndRun, pod: Pod, deps: BeforeStopDeps): number {
  if (deps.beforeStopMustSucceed !== true || effect.guard === "hard_timeout") return 0;
  const limitAtMs = hardTimeoutOf(effect, pod, deps) ?? Infinity;
  return Math.min(againMs, Math.max(0, limitAtMs - deps.clock.nowMs()));
}

/** From when the run is ended whatever becomes of its data; undefined: nothing says so. */
function hardTimeoutOf(
  { podId }: EndRun,
  pod: Pod,
  { present, hardTimeout }: BeforeStopDeps,
): number | undefined {
  const run = present.run(podId);
  if (run === undefined || hardTimeout === undefined) return undefined;
  const endsIt = isEnding(hardTimeout) && isGuardFor(pod, hardTimeout);
  return endsIt ? hardTimeoutAtMs(run, hardTimeout) : undefined;
}

/** What changes from one try to the next stands in brackets: it is no other news. */
function limitWords(limitAtMs: number | undefined, nowMs: number): string {
  return limitAtMs === undefined
    ? ""
    : `, at most until its hard timeout (in ${spanWords(limitAtMs - nowMs)})`;
}
