import { realpath } from "node:fs/promises";
import { delimiter, dirname, isAbsolute, join, sep } from "node:path";
import type { OwnProgram } from "#ports.ts";
import type { Machine } from "./machine.ts";
import type { Told } from "./told.ts";

/** Where package managers put a name that outlives their next upgrade. */
const stableFolders = ["/usr/local/bin", "/usr/bin", "/run/current-system/sw/bin"] as const;

/** Of the shipped unit, after the person's own. */
const usualFolders = [
  "/usr/local/sbin",
  "/usr/local/bin",
  "/usr/sbin",
  "/usr/bin",
  "/sbin",
  "/bin",
];

/**
 * This program as a service can start it for months: an absolute node, by the name that stays when
 * it is upgraded, and the script itself, whatever link it was called by.
 */
export async function lastingProgram({ argv }: OwnProgram): Promise<readonly string[] | Told> {
  const [node = "", ...rest] = argv;
  const words = [await lastingNode(node), ...(await Promise.all(rest.map(itself)))];
  const lost = words.find((word) => word.includes(`${sep}_npx${sep}`));
  if (lost === undefined) return words;
  return {
    because: `this runpodboss runs from npx's cache (${lost}), which npm empties`,
    hint: "Install it first (see the README), then run: runpodboss setup",
  };
}

async function lastingNode(node: string): Promise<string> {
  const real = await itself(node);
  const brewed = /^(.*)\/Cellar\/([^/]+)\/[^/]+\/bin\/node$/.exec(real);
  const candidates = [
    ...stableFolders.map((folder) => join(folder, "node")),
    ...(brewed === null ? [] : [`${brewed[1]}/bin/node`, `${brewed[1]}/opt/${brewed[2]}/bin/node`]),
    // Of a snap, whose folders are numbered.
    real.replace(/^(\/snap\/[^/]+)\/[^/]+\//, "$1/current/"),
  ];
  for (const each of candidates) if ((await itself(each)) === real) return each;
  return real;
}

/** What a path stands for; the path where nothing is there. */
async function itself(path: string): Promise<string> {
  return isAbsolute(path) ? realpath(path).catch(() => path) : path;
}

/**
 * Where the service looks for programs: where this shell looks, in its order, then beside its node and
 * in the usual folders. A folder that ends with the shell's session is named by what it stands for.
 */
export async function lastingPath(
  node: string,
  env: NodeJS.ProcessEnv,
  { home, isWsl }: Pick<Machine, "home" | "isWsl">,
): Promise<string> {
  const shells = (env["PATH"] ?? "").split(delimiter).filter((folder) => isAbsolute(folder));
  const named = await Promise.all(
    shells.map(async (folder) => (isPassing(folder) ? itself(folder) : folder)),
  );
  const lasting = named.filter(
    (folder) => !isPassing(folder) && !isOfAProject(folder) && !(isWsl && isOfWindows(folder)),
  );
  const all = [...lasting, dirname(node), join(home, ".local/bin"), ...usualFolders];
  return [...new Set(all.map(withoutSlash))].join(delimiter);
}

function withoutSlash(folder: string): string {
  return folder.length > 1 ? folder.replace(/\/+$/, "") : folder;
}

/** It goes away with a session or a reboot: so name version managers the node of one shell. */
function isPassing(folder: string): boolean {
  return /^\/(?:run\/user|tmp|var\/tmp|private\/tmp|private\/var\/folders|var\/folders)\//.test(
    folder,
  );
}

/** npm puts it there for its scripts. */
function isOfAProject(folder: string): boolean {
  return folder.includes("/node_modules/.bin") || folder.includes("/node-gyp-bin");
}

/** Slow to look in, and nothing in it is for Linux. */
function isOfWindows(folder: string): boolean {
  return /^\/mnt\/[a-z](?:\/|$)/i.test(folder);
}
