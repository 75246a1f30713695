import { UserError } from "#errors.ts";
import { isHttpUrl } from "#config/reading/fields.ts";
import type { HeartbeatAnswer, IdleAnswer } from "#commands/setup/answers/answers.ts";
import { type Current, hasHeartbeat, idleOf } from "#commands/setup/answers/current.ts";
import type { InterviewDeps } from "#commands/setup/deps.ts";

/** Asks what idle pods meet. */
export async function idleStep(
  current: Current,
  { prompter, given, isAsked }: InterviewDeps,
): Promise<IdleAnswer> {
  if (given.idle !== undefined) return given.idle;
  const now = idleOf(current);
  if (!isAsked) return current.isNew ? "notify" : undefined;
  const others = now === undefined || now === "stop" || now === "notify" ? [] : [now];
  const answer = await prompter.choose<string>({
    message: "A pod that does nothing for long:",
    option: "--idle stop, or --idle notify",
    initial: now ?? "notify",
    choices: [
      {
        value: "stop",
        label: "Warn me, then stop it",
        hint: "its volume is kept, what stands outside of it is lost",
      },
      { value: "notify", label: "Only tell me" },
      ...others.map((value) => ({ value, label: `As the config has it: ${value}` })),
    ],
  });
  return answer === "stop" || answer === "notify" ? answer : undefined;
}

/** Asks for an address that hears that the guard is alive. */
export async function heartbeatStep(
  current: Current,
  { prompter, given, isAsked }: InterviewDeps,
): Promise<HeartbeatAnswer> {
  const { heartbeat } = given;
  if (heartbeat === "none") return { kind: "none" };
  if (heartbeat !== undefined) return { kind: "url", entry: heartbeat };
  if (!isAsked) return { kind: "as-it-is" };
  const has = hasHeartbeat(current);
  prompter.say(
    "If this machine dies, nobody tells you, unless somebody outside expects a sign of life: make a check at healthchecks.io (free) or a push monitor in Uptime Kuma.",
  );
  const url = await prompter.secret({
    message: has ? "Its address (Enter: as it is now):" : "Its address (Enter: none):",
    option: "--heartbeat-env NAME, --heartbeat-file FILE, or --no-heartbeat",
    check: (text) =>
      text === "" || isHttpUrl(text) ? undefined : "It must be an http or https address.",
  });
  return url === "" ? { kind: "as-it-is" } : { kind: "url", entry: { url } };
}

/** Asks whether a service is to keep the daemon running. */
export async function serviceStep(
  daemonPid: number | undefined,
  { prompter, given, isAsked, service }: InterviewDeps,
): Promise<boolean> {
  if (given.service === false) return false;
  if (daemonPid !== undefined && given.service === undefined) {
    prompter.say(`The daemon runs already (pid ${daemonPid}): it will read the new config.`);
    return false;
  }
  const here = await service();
  if (here.kind === "none") {
    const because = here.because ?? "nothing here keeps one running";
    if (given.service === true) {
      throw new UserError(`No service can be installed here: ${because}.`, {
        hint: "Nothing was written. With --no-service the rest is set up.",
      });
    }
    prompter.say(`No service can be installed here: ${because}.`, "warning");
    return false;
  }
  if (given.service === true || !isAsked) return true;
  return prompter.confirm({
    message: `Install the daemon as a service of ${here.kind === "launchd" ? "launchd" : "systemd"}, and start it?`,
    option: "--service, or --no-service",
    initial: true,
  });
}
