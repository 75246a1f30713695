import type { Ran, Runner } from "#ports.ts";
import { fillIn } from "./fill-in.ts";
import type { Finding, ProbedPod } from "./finding.ts";

/** Exit codes of shells and ssh when the command could not be started, found or reached. */
const neverAsked: readonly number[] = [126, 127, 255];

/** Exit 0 shows activity, most others show none. Never throws. */
export async function askCommand(
  template: readonly string[],
  pod: ProbedPod,
  runner: Runner,
  timeLimitMs: number,
  signal: AbortSignal,
): Promise<Finding> {
  const argv = template.map((argument) => fillIn(argument, pod));
  const env = { RUNPODBOSS_POD_ID: pod.podId, RUNPODBOSS_POD_NAME: pod.podName };
  return findingOf(await runner.run({ argv, env, timeLimitMs }, signal), timeLimitMs);
}

function findingOf(ran: Ran, timeLimitMs: number): Finding {
  switch (ran.kind) {
    case "exited":
      if (ran.code === 0) return { kind: "active", because: "activity_command exited with 0" };
      return neverAsked.includes(ran.code)
        ? failed(`exit ${ran.code}: the command could not be run`)
        : { kind: "quiet" };
    case "signalled":
      return failed(`ended by ${ran.by}`);
    case "timed-out":
      return failed(`timed out after ${timeLimitMs / 1000} s`);
    case "not-started":
      return failed(ran.because);
    case "interrupted":
      return { kind: "interrupted" };
  }
}

function failed(why: string): Finding {
  return { kind: "failed", because: `activity_command: ${why}` };
}
