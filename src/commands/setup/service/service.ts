import { expandHome } from "#config/paths.ts";
import { inShell } from "#shell-word.ts";
import { askerFor } from "./ask.ts";
import { configOption } from "#config/command-for.ts";
import type { ServiceDeps } from "./deps.ts";
import { installLaunchd } from "./install-launchd.ts";
import { installSystemd } from "./install-systemd.ts";
import { type Installed, nothingInstalled } from "./installed.ts";
import { kindOn, type ServiceKind } from "./kind.ts";
import { lastingPath, lastingProgram } from "./lasting-program.ts";
import { thisMachine } from "./machine.ts";
import { labelOf, serviceNameOf } from "./service-name.ts";

/** Which service manager keeps the daemon running here; with none, why, and what to do about it. */
export async function serviceKindHere(deps: ServiceDeps): Promise<ServiceKind> {
  const machine = deps.machine ?? (await thisMachine(deps.env));
  return kindOn(deps.platform, machine, deps.env, askerFor(deps, machine));
}

/**
 * Installs the daemon as a service of this kind and starts it, or says in one problem why not, with
 * nothing left of it. Never throws, and every wait in it ends.
 */
export async function installService(
  { configPath, kind }: { readonly configPath: string; readonly kind: ServiceKind["kind"] },
  deps: ServiceDeps,
): Promise<Installed> {
  const machine = deps.machine ?? (await thisMachine(deps.env));
  const ask = askerFor(deps, machine);
  const path = expandHome(configPath);
  if (kind === "none") {
    return { installed: [], commands: [withoutService(path)], warnings: [] };
  }
  const program = await lastingProgram(deps.program);
  if ("because" in program) return nothingInstalled(program);
  const parts = {
    name: serviceNameOf(path),
    label: labelOf(path),
    program,
    configPath: path,
    path: await lastingPath(program[0] ?? "", deps.env, machine),
  };
  switch (kind) {
    case "systemd-user":
      return installSystemd(parts, { ...deps, ask, machine });
    case "launchd":
      return installLaunchd(parts, { ...deps, ask, machine });
  }
}

/** What to type where no service keeps the daemon running. */
function withoutService(configPath: string): string {
  return `tmux new -d -s ${serviceNameOf(configPath).replaceAll(/[.]/g, "-")} ${inShell(`runpodboss${configOption(configPath)} watch`)}`;
}
