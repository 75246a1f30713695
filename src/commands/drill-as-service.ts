import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { defaultPaths, expandHome } from "#config/paths.ts";
import { exitCodes, UserError } from "#errors.ts";
import type { Context, GlobalOptions } from "#terminal/context.ts";
import { packagedFile } from "./packaged-file.ts";
import { drillUnit } from "./service-unit.ts";

export interface AsServiceOptions extends GlobalOptions {
  readonly agent: boolean;
}

/**
 * Runs the drill as the daemon will run: started by systemd in a unit of its own, with the settings of
 * the unit file, its environment and nothing of this shell's. Gives the exit code of the drill.
 */
export async function drillAsService(
  names: readonly string[],
  { config, agent }: AsServiceOptions,
  context: Context,
): Promise<number> {
  const { path, text } = await unitFile(context.env);
  const isDefault = expandHome(config) === expandHome(defaultPaths.config);
  const args = [
    ...names,
    ...(agent ? [] : ["--no-agent"]),
    ...(isDefault ? [] : ["-c", resolve(expandHome(config))]),
  ];
  const unit = drillUnit(text, homedir(), args);
  if (unit === undefined) {
    throw new UserError(`${path} has no ExecStart that ends in "watch".`, {
      hint: "Compare it with the unit in the package: systemd/runpodboss.service.",
    });
  }
  const name = `runpodboss-drill-${process.pid}`;
  context.print(`As a service, with the settings of ${path}:`);
  return await runUnit(name, unit, context);
}

/** The unit that is installed, else the one that is shipped. */
async function unitFile(env: NodeJS.ProcessEnv): Promise<{ readonly path: string; readonly text: string }> {
  const folder = env["XDG_CONFIG_HOME"] || join(homedir(), ".config");
  const installed = join(folder, "systemd/user/runpodboss.service");
  try {
    return { path: installed, text: await readFile(installed, "utf8") };
  } catch {
    return packagedFile("systemd/runpodboss.service");
  }
}

async function runUnit(
  name: string,
  { properties, argv }: NonNullable<ReturnType<typeof drillUnit>>,
  { env, interrupted, stdout, stderr }: Context,
): Promise<number> {
  const options = ["--user", "--quiet", "--collect", "--wait", "--pipe", `--unit=${name}`];
  const settings = properties.map((property) => `--property=${property}`);
  const child = spawn("systemd-run", [...options, ...settings, "--", ...argv], {
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  child.stdout.on("data", (part: Buffer) => void stdout.write(part));
  child.stderr.on("data", (part: Buffer) => void stderr.write(part));
  const stop = (): void => {
    // Ending systemd-run alone would leave the unit running.
    spawn("systemctl", ["--user", "stop", name], { env, stdio: "ignore" }).on("error", () => {});
  };
  interrupted.addEventListener("abort", stop);
  try {
    const [code] = (await once(child, "close")) as [number | null];
    if (interrupted.aborted) return exitCodes.interrupted;
    if (code === 0 || code === exitCodes.refused) return code;
    throw new UserError(`The unit ended with ${code ?? "a signal"}.`, {
      hint: "Is there a systemd of your own? Try: systemctl --user status",
    });
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(`systemd-run could not be started: ${(error as Error).message}.`, {
      hint: "Without systemd, rehearse with: runpodboss drill",
      cause: error,
    });
  } finally {
    interrupted.removeEventListener("abort", stop);
  }
}
