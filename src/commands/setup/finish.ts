import type { ServiceDeps } from "#commands/setup/service/deps.ts";
import type { installService, serviceKindHere } from "#commands/setup/service/service.ts";
import { status } from "#commands/status/status.ts";
import type { Settings } from "#config/settings.ts";
import { loadConfig } from "#config/load.ts";
import { configOption } from "#config/command-for.ts";
import { exitCodes, wordsOf } from "#errors.ts";
import type { Clock } from "#ports.ts";
import { identityOf } from "#process/identity.ts";
import { watcherHere, watcherOf } from "#store/lock/pid-lock.ts";
import type { Context } from "#terminal/context.ts";
import { launchdLogOf, serviceNameOf } from "#commands/setup/service/service-name.ts";
import type { Answers } from "./answers/answers.ts";
import type { SetupOptions } from "./options.ts";
import type { Prompter } from "./prompter/prompter.ts";
import { type Liveness, untilLive } from "./writing/until-live.ts";

interface FinishDeps {
  readonly serviceKindHere: typeof serviceKindHere;
  readonly installService: typeof installService;
  readonly context: Context;
  readonly prompter: Prompter;
  readonly service: ServiceDeps;
  readonly clock: Clock;
  /** Undefined where nothing stood there before. */
  readonly putBack: (() => Promise<readonly string[]>) | undefined;
  /** Whether the key or RunPod's address is another one than before. */
  readonly isNewKey: boolean;
}

/** Has the daemon run with what was written, and shows it at work. Gives the exit code. */
export async function finish(
  settings: Settings,
  { service: isWanted }: Pick<Answers, "service">,
  options: SetupOptions,
  deps: FinishDeps,
): Promise<number> {
  const { context, prompter, clock } = deps;
  const { paces, interrupted: signal } = context;
  const word = configOption(settings.configPath);
  for (const warning of settings.warnings) prompter.say(warning, "warning");
  const sinceMs = clock.nowMs();
  const running = await watcherOf(settings.stateFile, identityOf);
  const isOtherAccount = running !== undefined && deps.isNewKey;
  const outcome = isWanted ? await installed(settings, deps) : "installed";
  const hasFailed = outcome !== "installed";
  if (outcome === "put-back") return showFormer(options, deps, sinceMs);
  if (running !== undefined) await reload(settings, prompter);
  if (!isWanted && running === undefined) {
    prompter.say(await toStart(settings, word, deps), "warning");
    return exitCodes.done;
  }
  if (hasFailed && running === undefined) {
    return signal.aborted ? exitCodes.interrupted : exitCodes.refused;
  }
  prompter.say(
    `Waiting for the daemon's first poll${isOtherAccount ? " with the new key" : ""} ...`,
  );
  const found = await untilLive(settings, {
    sinceMs: running === undefined ? sinceMs : -Infinity,
    readSinceMs: isOtherAccount ? sinceMs : undefined,
    limitMs:
      running === undefined
        ? paces.startLimitMs
        : paces.reloadLimitMs +
          (isOtherAccount ? Math.min(settings.pollIntervalMs, paces.startLimitMs) : 0),
    clock,
    signal,
  });
  if (signal.aborted) {
    prompter.say("Interrupted. What was written stays written.", "warning");
    return exitCodes.interrupted;
  }
  if (found.kind !== "live") {
    prompter.say(notLiveWords(found, settings), "bad");
    return exitCodes.refused;
  }
  prompter.close();
  const shown = await status(
    { ...options, json: false, watch: false, history: false, plot: false, all: false },
    context,
  );
  if (settings.http !== undefined) {
    context.print(`\nTo look at it: runpodboss${word} dashboard`);
  }
  return hasFailed ? exitCodes.refused : shown;
}

/** What to type where no daemon runs: a command on a line of its own can be copied. */
async function toStart(
  { configPath, http }: Settings,
  word: string,
  { service, ...deps }: FinishDeps,
): Promise<string> {
  const here = await deps.serviceKindHere(service);
  const { commands } = await deps.installService({ configPath, kind: "none" }, service);
  const going =
    here.kind === "none"
      ? `No service can keep it running here: ${here.because ?? "there is no service manager"}. To have it go on when you log out:`
      : `To have it go on when you log out: run setup again with --service, or type:`;
  return [
    "No daemon runs, so nothing is guarded yet. Start it:",
    `  runpodboss${word} watch`,
    ...(http === undefined ? [] : ["Then look at it:", `  runpodboss${word} dashboard`]),
    going,
    ...commands.map((command) => `  ${command}`),
  ].join("\n");
}

/** Installs the service; says what was done, or why not. */
async function installed(
  { configPath }: Settings,
  { prompter, service, putBack, ...deps }: FinishDeps,
): Promise<"installed" | "failed" | "put-back"> {
  const { kind } = await deps.serviceKindHere(service);
  prompter.say("Installing the service ...");
  let isPutBack = false;
  const done = await deps.installService(
    { configPath, kind },
    {
      ...service,
      ...(putBack !== undefined && {
        putBack: async () => {
          const lost = await putBack();
          isPutBack = lost.length === 0;
          return lost;
        },
      }),
    },
  );
  if (done.problem !== undefined) {
    const { because, hint } = done.problem;
    prompter.say(`The service was not installed: ${because}.\n${hint}`, "bad");
    return isPutBack ? "put-back" : "failed";
  }
  prompter.say(done.installed.join("\n"), "good");
  for (const { because, hint } of done.warnings) prompter.say(`${because}.\n${hint}`, "warning");
  if (done.commands.length > 0) {
    prompter.say(["Later:", ...done.commands.map((command) => `  ${command}`)].join("\n"));
  }
  return "installed";
}

/** What ran before was started again, with the config that it ran with. Says whether it runs. */
async function showFormer(
  options: SetupOptions,
  { context, prompter, clock }: FinishDeps,
  sinceMs: number,
): Promise<number> {
  const { env, paces, interrupted: signal } = context;
  const exit = signal.aborted ? exitCodes.interrupted : exitCodes.refused;
  prompter.say("The config and its key are again what they were before this setup.", "warning");
  let settings: Settings;
  try {
    settings = await loadConfig(options.config, env, paces);
  } catch (error) {
    const because = `Whether a guard runs with them is not known: ${wordsOf(error)}`;
    prompter.say(because, "bad");
    return exit;
  }
  if (signal.aborted) return exit;
  const limitMs = paces.startLimitMs;
  const found = await untilLive(settings, { sinceMs, limitMs, clock, signal });
  if (found.kind !== "live") {
    prompter.say(notLiveWords(found, settings), "bad");
    return exit;
  }
  prompter.say(`The guard that ran before runs again (pid ${found.pid}).`);
  prompter.close();
  await status(
    { ...options, json: false, watch: false, history: false, plot: false, all: false },
    context,
  );
  return exit;
}

/** The daemon that ran before reads the config again. */
async function reload(settings: Settings, prompter: Prompter): Promise<void> {
  const pid = await watcherHere(settings.stateFile, identityOf);
  try {
    if (pid === undefined) throw new Error("it runs on another machine, or in a container");
    process.kill(pid, "SIGHUP");
    prompter.say(`Told the daemon (pid ${pid}) to read the config again.`);
  } catch (error) {
    prompter.say(
      `The daemon could not be told to read the config again: ${wordsOf(error)}. Where it runs, type: systemctl --user reload ${serviceNameOf(settings.configPath)}, or: kill -HUP and its pid`,
      "warning",
    );
  }
}

function notLiveWords(
  found: Exclude<Liveness, { kind: "live" }>,
  { configPath }: Pick<Settings, "configPath">,
): string {
  const word = configOption(configPath);
  const log = launchdLogOf(configPath, "~");
  const look = `Look at its log: journalctl --user -u ${serviceNameOf(configPath)} -e (a Mac: ${log}), and: runpodboss${word} check`;
  switch (found.kind) {
    case "not-running":
      return `The daemon does not run. Nothing is guarded yet.\n${look}`;
    case "not-polled":
      return `The daemon runs (pid ${found.pid}), but has not polled yet.\n${look}`;
    case "old-config":
      return `The daemon (pid ${found.pid}) still uses the old config: ${found.unread?.keys.join(", ") ?? "it has not read it again"}.\n${
        found.unread?.needsRestart === true ? "Restart it." : look
      }`;
  }
}
