import type { Ran, Runner } from "#ports.ts";
import { fillIn } from "./fill-in.ts";
import type { Finding, ProbedPod } from "./finding.ts";

/**
 * Exit 0 is yes. Exit 1 is no, if nothing was said on standard error: a script that breaks exits with 1
 * too. All else means that the command did not work. Never throws.
 */
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
      if (ran.code === 1 && ran.wroteErrors !== true) return { kind: "quiet" };
      return failed(
        ran.code === 1
          ? `exit 1 with words on stderr, so it may have failed${lastWords(ran.tail)}`
          : `exit ${ran.code}, which is neither 0 (active) nor 1 (not active)${lastWords(ran.tail)}`,
      );
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

/** Programs say last what went wrong. */
function lastWords(tail: string): string {
  const last = tail.trimEnd().split("\n").at(-1)?.trim() ?? "";
  return last === "" ? "" : `: ${last}`;
}

function failed(why: string): Finding {
  return { kind: "failed", because: `activity_command: ${why}` };
}
