import type { Settings } from "#config/settings.ts";
import { programAt } from "#process/on-path.ts";

/** Why a program that the config names cannot be run; undefined when it can. */
export async function programWarning(
  where: string,
  program: string,
  env: NodeJS.ProcessEnv,
): Promise<string | undefined> {
  if ((await programAt(program, env["PATH"])) !== undefined) return undefined;
  const place = program.includes("/")
    ? "is not a program that can be run"
    : "was not found on PATH";
  return `${where}: ${JSON.stringify(program)} ${place}; install it or give its full path`;
}

/** The programs of the notify commands, each once. */
export function notifyPrograms(
  settings: Pick<Settings, "notifyCommand" | "thresholds">,
): readonly string[] {
  const commands = [settings, ...settings.thresholds].map(({ notifyCommand }) => notifyCommand);
  return [...new Set(commands.flatMap((command) => command.slice(0, 1)))];
}

type Programs = Pick<Settings, "notifyCommand" | "thresholds" | "claudeCommand">;

/** Those of the notify commands and of the agent that cannot be run. */
export async function missingPrograms(
  settings: Programs,
  env: NodeJS.ProcessEnv,
): Promise<ReadonlySet<string>> {
  const programs = [...notifyPrograms(settings), ...settings.claudeCommand.slice(0, 1)];
  const found = await Promise.all(
    programs.map(async (program) => ((await programAt(program, env["PATH"])) ? [] : [program])),
  );
  return new Set(found.flat());
}

export interface ProgramTrouble {
  readonly what: "notify command" | "agent";
  /** Undefined: it can be run, or there is none. */
  readonly because: string | undefined;
}

/** For a daemon that starts with this config: what will not work when it is needed. */
export async function programTroubles(
  settings: Programs,
  env: NodeJS.ProcessEnv,
): Promise<readonly ProgramTrouble[]> {
  const wanted = [
    ...notifyPrograms(settings).map((program) => ["notify command", program] as const),
    ...settings.claudeCommand.slice(0, 1).map((program) => ["agent", program] as const),
  ];
  const found = await Promise.all(
    wanted.map(async ([what, program]) => {
      const where = what === "agent" ? "claude_command" : "extra_notify_command";
      return { what, because: await programWarning(where, program, env) };
    }),
  );
  return (["notify command", "agent"] as const).map((what) => {
    const reasons = found.flatMap((each) => (each.what === what ? (each.because ?? []) : []));
    const because =
      reasons.length === 0 ? undefined : `${reasons.join("; ")}, and reload the daemon`;
    return { what, because };
  });
}
