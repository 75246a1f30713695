import { spawn } from "node:child_process";
import { access, readdir, readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { userInfo } from "node:os";
import { printable } from "#control-characters.ts";
import { accountOf } from "#config/accounts/account.ts";
import { expandHome } from "#config/paths.ts";
import { exitCodes, UserError, wordsOf } from "#errors.ts";
import type { Context, GlobalOptions } from "#terminal/context.ts";
import { serviceNameOf, shippedUnitOf, unitPath } from "#commands/setup/service/service-name.ts";
import { packagedFile } from "./packaged-file.ts";
import { serviceSettings, type UnitSetting, withSpecifiers, wordsIn } from "./unit-file.ts";

export interface ServiceDrillOptions extends GlobalOptions {
  readonly agent: boolean;
}

const starter = "systemd-run";

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
 * The drill as the service would run it: in a transient unit of systemd with the settings of the unit
 * that is installed, or else of the shipped one, and this user's changes to them. Gives the drill's exit code.
 */
export async function drillAsService(
  names: readonly string[],
  options: ServiceDrillOptions,
  context: Context,
): Promise<number> {
  const { env } = context;
  const home = env["HOME"] ?? userInfo().homedir;
  const configPath = expandHome(options.config);
  const settings = serviceSettings(await unitTexts(configPath, env, home));
  const specifiers = {
    h: home,
    u: userInfo().username,
    t: env["XDG_RUNTIME_DIR"],
    i: accountOf(configPath),
  };
  const unit = `runpodboss-drill-${process.pid}.service`;
  const argv = [
    "--user",
    "--pipe",
    "--wait",
    "--collect",
    "--quiet",
    `--unit=${unit}`,
    ...properties(settings, specifiers),
    "--",
    ...drillCommand(settings, names, options, specifiers),
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

/** The installed unit or the shipped one, and after it what this user has changed of it. */
async function unitTexts(
  configPath: string,
  env: NodeJS.ProcessEnv,
  home: string,
): Promise<readonly string[]> {
  const own = unitPath(serviceNameOf(configPath), env, home);
  const isOwn = await access(own).then(
    () => true,
    () => false,
  );
  const isAccount = accountOf(configPath) !== undefined;
  const shared = unitPath(isAccount ? "runpodboss@" : "runpodboss", env, home);
  const installed = isOwn ? own : shared;
  // What was changed of the template, and then of this instance, holds for an account.
  const changed = isAccount ? [`${shared}.d`, `${own}.d`] : [`${installed}.d`];
  return [
    await readFile(installed, "utf8").catch(
      async () => (await packagedFile(shippedUnitOf(configPath))).text,
    ),
    ...(await Promise.all(changed.map(dropInsOf))).flat(),
  ];
}

async function dropInsOf(folder: string): Promise<readonly string[]> {
  const names = (await readdir(folder).catch(() => [])).filter((each) => each.endsWith(".conf"));
  return Promise.all(names.sort().map((each) => readFile(join(folder, each), "utf8")));
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
  specifiers: Readonly<Record<string, string | undefined>>,
): readonly string[] {
  const start = settings.findLast(({ key }) => key === "ExecStart")?.value ?? "runpodboss watch";
  const words = wordsIn(start).map((word) => withSpecifiers(word, specifiers));
  const watchAt = words.lastIndexOf("watch");
  const path = config.startsWith("~/") ? expandHome(config) : resolve(config);
  return [
    ...(watchAt === -1 ? words : words.slice(0, watchAt)),
    "drill",
    ...names.map(withoutVariables),
    ...(agent ? [] : ["--no-agent"]),
    ...(verbose ? ["--verbose"] : []),
    "--config",
    withoutVariables(path),
  ];
}

/** In a command systemd takes $NAME for a variable; the unit's own words have theirs written so already. */
function withoutVariables(word: string): string {
  return word.replaceAll("$", () => "$$");
}

function notStarted(because: string): UserError {
  return new UserError(`${starter} cannot be started: ${because}.`, {
    hint: "Without systemd, rehearse with: runpodboss drill",
  });
}
