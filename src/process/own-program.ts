import type { OwnProgram } from "#ports.ts";

/** Tells a process of ours that an agent starts in which folder its daemon was started. */
export const folderVariable = "RUNPODBOSS_FOLDER";

/** Whether this process was started by an agent of the daemon. */
export function isCalledByAgent(env: NodeJS.ProcessEnv): boolean {
  return env[folderVariable] !== undefined;
}

type ThisProcess = Pick<NodeJS.Process, "argv" | "cwd" | "execPath" | "chdir" | "env">;

/** How this process was started. */
export function ownProgram({ argv, cwd, execPath }: ThisProcess): OwnProgram {
  return { argv: [execPath, argv[1] ?? ""], folder: folderNow(cwd) };
}

/**
 * Goes where the daemon was started, when an agent of it called this program: there the config's
 * relative paths begin. Says what is wrong when it cannot.
 */
export function goWhereTheDaemonIs({ env, chdir }: ThisProcess): string | undefined {
  const folder = env[folderVariable];
  if (folder === undefined || folder === "") return undefined;
  try {
    chdir(folder);
    return undefined;
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unknown reason";
    return `The folder ${JSON.stringify(folder)}, which ${folderVariable} names, cannot be entered (${code}).`;
  }
}

function folderNow(cwd: () => string): string | undefined {
  try {
    return cwd();
  } catch {
    return undefined;
  }
}
