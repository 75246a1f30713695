import { spawn } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { userInfo } from "node:os";
import { printable } from "#control-characters.ts";
import { expandHome } from "#config/paths.ts";
import { exitCodes, UserError, wordsOf } from "#errors.ts";
import type { Context, GlobalOptions } from "#terminal/context.ts";
import { serviceSettings, type UnitSetting, withSpecifiers } from "./unit-file.ts";

export interface ServiceDrillOptions extends GlobalOptions {
  readonly agent: boolean;
}

const starter = "systemd-run";
const unitName = "runpodboss.service";

/** What makes the unit a daemon; all else is what its programs live with. */
const ofTheDaemon = new Set([
  "Type",
  "NotifyAccess",
  "WatchdogSec",
  "WatchdogSignal",
  "ExecStart",
  "ExecStartPre",
  "ExecStartPost",
  "ExecReload",
  "ExecStop",
  "ExecStopPost",
  "Restart",
  "RestartSec",
  "SuccessExitStatus",
  "StandardInput",
  "StandardOutput",
  "StandardError",
]);

/**
 * The drill as the service would run it: in a transient unit of systemd with the shipped unit's own
 * settings and this user's changes to them. Gives the drill's exit code.
 */
export async function drillAsService(
  names: readonly string[],
  options: ServiceDrillOptions,
  context: Context,
): Promise<number> {
  const { env } = context;
  const home = env["HOME"] ?? userInfo().homedir;
  const settings = serviceSettings(await unitTexts(home));
  const unit = `runpodboss-drill-${process.pid}.service`;
  const argv = [
    "--user",
    "--pipe",
    "--wait",
    "--collect",
    "--quiet",
    `--unit=${unit}`,
    ...properties(settings, { h: home, u: userInfo().username, t: env["XDG_RUNTIME_DIR"] }),
    "--",
    ...drillCommand(settings, names, options),
  ];
  return new Promise((done, fail) => {
    const child = spawn(starter, argv, { env, stdio: ["ignore", "pipe", "pipe"] });
    const hand = (to: NodeJS.WriteStream) => (chunk: string) => {
      to.write(printable(context.redact(chunk)));
    };
    child.stdout.setEncoding("utf8").on("data", hand(context.stdout));
    child.stderr.setEncoding("utf8").on("data", hand(context.stderr));
    // The unit does not end with systemd-run.
    const stop = (): void => {
      spawn("systemctl", ["--user", "stop", unit], { env, stdio: "ignore" }).on("error", () => {});
      done(exitCodes.interrupted);
    };
    context.interrupted.addEventListener("abort", stop);
    child.once("error", (error) => fail(notStarted(wordsOf(error))));
    child.once("close", (code) => {
      context.interrupted.removeEventListener("abort", stop);
      // Its own failure, which it has told: the drill's is 2.
      if (code === 1) fail(notStarted("it says above why"));
      else done(code ?? exitCodes.refused);
    });
  });
}

/** The shipped unit, and after it what this user has changed of it. */
async function unitTexts(home: string): Promise<readonly string[]> {
  const own = join(home, ".config/systemd/user", `${unitName}.d`);
  const dropIns = (await readdir(own).catch(() => [])).filter((each) => each.endsWith(".conf"));
  return [
    await shippedUnit(),
    ...(await Promise.all(dropIns.sort().map((each) => readFile(join(own, each), "utf8")))),
  ];
}

/** It stands at the top level, above this file, bundled or not. */
async function shippedUnit(): Promise<string> {
  for (let folder = import.meta.dirname; ; folder = dirname(folder)) {
    try {
      return await readFile(join(folder, "systemd", unitName), "utf8");
    } catch (error) {
      if (folder === dirname(folder)) throw error;
    }
  }
}

function properties(
  settings: readonly UnitSetting[],
  specifiers: Readonly<Record<string, string | undefined>>,
): readonly string[] {
  return settings
    .filter(({ key }) => !ofTheDaemon.has(key))
    .map(({ key, value }) => `--property=${key}=${withSpecifiers(value, specifiers)}`);
}

/** As the unit starts the daemon, so that a program that is not found is not found here either. */
function drillCommand(
  settings: readonly UnitSetting[],
  names: readonly string[],
  { agent, config, verbose }: ServiceDrillOptions,
): readonly string[] {
  const start = settings.findLast(({ key }) => key === "ExecStart")?.value ?? "runpodboss watch";
  const words = start.split(/\s+/);
  const watchAt = words.lastIndexOf("watch");
  return [
    ...(watchAt === -1 ? words : words.slice(0, watchAt)),
    "drill",
    ...names,
    ...(agent ? [] : ["--no-agent"]),
    ...(verbose ? ["--verbose"] : []),
    "--config",
    config.startsWith("~/") ? expandHome(config) : resolve(config),
  ];
}

function notStarted(because: string): UserError {
  return new UserError(`${starter} cannot be started: ${because}.`, {
    hint: "Without systemd, rehearse with: runpodboss drill",
  });
}
