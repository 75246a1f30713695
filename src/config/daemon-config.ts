import { realpath } from "node:fs/promises";
import { isAbsolute, resolve } from "node:path";
import type { GuardState } from "#guard/model/state.ts";

/** By which config a daemon goes: this one, another at this path, or it is not known. */
export type DaemonConfig = "this" | "unknown" | { readonly path: string };

/** Of the daemon with this pid, by what it has saved. Two names of one file are one config. */
export async function daemonConfigOf(
  { inForce }: Pick<GuardState, "inForce">,
  pid: number,
  configPath: string,
): Promise<DaemonConfig> {
  const path = inForce?.pid === pid ? inForce.configPath : undefined;
  // One that is not absolute is so from where the daemon was started, which is not known here.
  if (path === undefined || !isAbsolute(path)) return "unknown";
  const [itsOwn, given] = await Promise.all([realPathOf(path), realPathOf(configPath)]);
  return itsOwn === given ? "this" : { path };
}

function realPathOf(path: string): Promise<string> {
  return realpath(path).catch(() => resolve(path));
}
