import type { LaunchAnswer } from "#commands/setup/answers/answers.ts";
import { type Current, hasLaunch, leaseOf } from "#commands/setup/answers/current.ts";
import {
  type CapKey,
  capFault,
  type Caps,
  capsOf,
  proposedCaps,
} from "#commands/setup/answers/launch-caps.ts";
import type { InterviewDeps } from "#commands/setup/deps.ts";

const option = "--launch 5,8,4,6, or --no-launch";

/**
 * Asks whether pods may be started with this program, and within what limits. Not where that is said already, nor
 * where a lease guard ends no pod: nothing could be started.
 */
export async function launchStep(
  current: Current,
  { prompter, given, isAsked, isByAgent }: InterviewDeps,
): Promise<LaunchAnswer> {
  if (given.launch !== undefined) {
    return given.launch === "none" ? { kind: "none" } : { kind: "caps", caps: given.launch };
  }
  const lease = leaseOf(current);
  if (!isAsked || isByAgent || hasLaunch(current) || lease.kind === "ends-nothing") {
    return { kind: "as-it-is" };
  }
  prompter.say(
    "`runpodboss start`, and coding agents through it, can start pods. Each has a lease, and is stopped when that ends, also when whoever started it is gone.",
  );
  const isWanted = await prompter.confirm({
    message: "Let it start pods, within limits that you set?",
    option,
    initial: false,
  });
  if (!isWanted) return { kind: "as-it-is" };
  const leaseHours = lease.kind === "ends" ? lease.mostHours : undefined;
  const caps = await askCaps(proposedCaps(leaseHours), leaseHours, prompter);
  if (lease.kind === "none") {
    prompter.say(
      "A lease guard comes with it, guards.lease: it stops pods that were given a lease when that ends, and no others.",
    );
  }
  return { kind: "caps", caps };
}

async function askCaps(
  proposed: Caps,
  leaseHours: number | undefined,
  prompter: InterviewDeps["prompter"],
): Promise<Caps> {
  const ask = (key: CapKey, message: string): Promise<string> =>
    prompter.text({
      message,
      option,
      initial: String(proposed[key]),
      check: (text) => capFault(key, text, leaseHours),
    });
  return capsOf({
    max_price_per_hr: await ask("max_price_per_hr", "What may one pod cost an hour, in dollars?"),
    max_hours: await ask("max_hours", "For how many hours at most?"),
    max_running: await ask("max_running", "How many pods may run at once, whoever started them?"),
    max_starts_per_hour: await ask("max_starts_per_hour", "How many starts an hour?"),
  });
}
