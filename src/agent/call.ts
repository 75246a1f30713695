import { wordsOf } from "#errors.ts";
import { isRunning, type Seen } from "#guard/model/account.ts";
import type { Outcome } from "#guard/model/effect.ts";
import type { Paces } from "#paces.ts";
import type { Account, Clock } from "#ports.ts";
import { ranOutcome } from "#process/outcome.ts";
import { readResult, verdictOf } from "./result.ts";
import { type AgentJob, runAgent, type RunAgentDeps } from "./run.ts";

export interface CallAgentDeps extends RunAgentDeps {
  readonly account: Account;
  readonly clock: Clock;
  readonly paces: Pick<Paces, "agentProofMs">;
}

/** Calls the agent, with the account as last polled, and judges how it went. */
export async function callAgent(
  job: AgentJob,
  look: Seen,
  deps: CallAgentDeps,
  signal: AbortSignal,
): Promise<Outcome | "interrupted"> {
  const { name, event, pod } = job;
  try {
    const { ran, isScoped, withoutRules } = await runAgent(job, look, deps, signal);
    const withRemark = (outcome: Outcome): Outcome =>
      withoutRules === 0 ? outcome : { ...outcome, remark: remarkOf(withoutRules) };
    const hasHung = ran.kind === "timed-out";
    const result = readResult("stdout" in ran ? ran.stdout : undefined);
    if (!isScoped || !(ran.kind === "exited" || (hasHung && result.kind === "readable"))) {
      const outcome = ranOutcome(ran, deps.settings.claudeTimeoutMs);
      return outcome === "interrupted" ? outcome : withRemark(outcome);
    }
    if (result.kind === "readable") {
      const { isError, turns, costUsd, denials } = result;
      const about =
        event === "budget"
          ? { budget: name }
          : pod === undefined
            ? { threshold: name }
            : { guard: name, podId: pod.podId };
      deps.log.info({ ...about, isError, turns, costUsd, denials }, "agent result");
    }
    const wasRefused = result.kind === "readable" && result.denials.length > 0;
    const endedSomething = wasRefused ? await hasEndedSomething(look, deps, signal) : "unknown";
    if (signal.aborted) return "interrupted";
    // What it had to say it has said; that it did not end afterwards is a fault of its own.
    const ended = hasHung ? ({ ...ran, kind: "exited", code: 0 } as const) : ran;
    const verdict = verdictOf(ended, result, endedSomething);
    const hung = "; it hung after its result, and was ended";
    return withRemark(hasHung ? { ...verdict, because: `${verdict.because}${hung}` } : verdict);
  } catch (error) {
    return { kind: "failed", because: wordsOf(error), tail: "" };
  }
}

function remarkOf(withoutRules: number): string {
  return `the agent may not stop ${withoutRules} of the unprotected pods: there is no room for more permissions, or their ids are odd`;
}

/**
 * Whether a pod that was running before has stopped. The agent's words prove nothing; the account does:
 * a pod that has ended, or that two polls in a row do not list.
 */
async function hasEndedSomething(
  before: Seen,
  { account, clock, paces }: CallAgentDeps,
  signal: AbortSignal,
): Promise<boolean | "unknown"> {
  if (before.pods === "unknown") return "unknown";
  const ran = before.pods.filter(isRunning).map(({ id }) => id);
  let verdict: boolean | "unknown" = "unknown";
  let wasMissing: readonly string[] = [];
  for (const waitMs of paces.agentProofMs) {
    await clock.sleepUntil(clock.nowMs() + waitMs, signal);
    const now = await account.look(signal);
    if (now.kind === "blind" || now.pods === "unknown") continue;
    const { pods, unreadablePods } = now;
    const found = pods.filter(({ id }) => ran.includes(id));
    const listed = new Set(found.map(({ id }) => id));
    const missing = ran.filter((id) => !listed.has(id));
    // A pod that is not found may be a row that could not be read.
    const isGone = unreadablePods === 0 && missing.some((id) => wasMissing.includes(id));
    if (isGone || !found.every(isRunning)) return true;
    verdict = missing.length === 0 ? false : "unknown";
    wasMissing = unreadablePods === 0 ? missing : [];
  }
  return verdict;
}
