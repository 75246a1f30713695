import { type Stats } from "node:fs";
import { stat } from "node:fs/promises";
import {
  activityTokenFileOf,
  channelsFileOf,
  drillFileOf,
  historyFileOf,
  leaseFileOf,
  metricsTokenFileOf,
  runsFileOf,
  samplesFileOf,
  spentLinksFileOf,
  tokenFileOf,
} from "#store/paths.ts";
import type { Fault } from "#config/reading/explain.ts";

export interface ConfigFiles {
  readonly configPath: string;
  /** Files that may hold the API key. */
  readonly keyFiles: readonly string[];
  /** Files that hold secrets of channels. */
  readonly secretFiles: readonly string[];
  /** Files that hold tokens of the page. */
  readonly tokenFiles?: readonly string[];
  readonly stateFile: string;
  readonly logFile: string;
}

interface Named {
  readonly path: string;
  readonly what: string;
}

/** Files that one key of the config would have the guard write over another file of its own. */
export async function collidingFiles(files: ConfigFiles): Promise<readonly Fault[]> {
  const { configPath, keyFiles, secretFiles, tokenFiles = [], stateFile, logFile } = files;
  const kept: readonly Named[] = [
    { path: configPath, what: "the config itself" },
    ...keyFiles.map((path) => ({ path, what: "the file of the API key" })),
    ...secretFiles.map((path) => ({ path, what: "the file of a channel's secret" })),
    ...tokenFiles.map((path) => ({ path, what: "the file of a token of the page" })),
  ];
  const companions: readonly Named[] = [
    { path: `${stateFile}.lock`, what: "the lock of state_file" },
    ...[runsFileOf, historyFileOf, samplesFileOf, leaseFileOf, drillFileOf, channelsFileOf].map(
      (of) => ({
        path: of(stateFile),
        what: "a file that belongs to state_file",
      }),
    ),
  ];
  const state = { path: stateFile, what: "state_file" };
  // They may be named in the config: what is made is used as well as what is given.
  const made = [tokenFileOf, activityTokenFileOf, metricsTokenFileOf, spentLinksFileOf].map(
    (of) => ({
      path: of(stateFile),
      what: "a file that belongs to state_file",
    }),
  );
  return [
    ...(await faultOf("state_file", stateFile, kept)),
    ...(await faultOf("log_file", logFile, [...kept, state, ...companions, ...made])),
    ...(await companionFaults(companions, kept)),
  ];
}

async function faultOf(
  where: string,
  path: string,
  taken: readonly Named[],
): Promise<readonly Fault[]> {
  const other = await sameAs(path, taken);
  if (other === undefined) return [];
  return [{ where, what: `must name a file of its own: ${path} is ${other.what}` }];
}

async function companionFaults(
  companions: readonly Named[],
  kept: readonly Named[],
): Promise<readonly Fault[]> {
  const faults: Fault[] = [];
  for (const { path } of companions) {
    const other = await sameAs(path, kept);
    if (other === undefined) continue;
    const what = `must have another name or folder: beside it stands ${path}, which is ${other.what}`;
    faults.push({ where: "state_file", what });
  }
  return faults;
}

/** By name, and by what the names lead to: a link is no other file. */
async function sameAs(path: string, others: readonly Named[]): Promise<Named | undefined> {
  const mine = await found(path);
  for (const other of others) {
    if (other.path === path) return other;
    const its = mine && (await found(other.path));
    if (mine !== undefined && mine.ino === its?.ino && mine.dev === its.dev) return other;
  }
  return undefined;
}

/** A device such as /dev/null is nobody's file. */
async function found(path: string): Promise<Stats | undefined> {
  const file = await stat(path).catch(() => undefined);
  return file?.isFile() === true ? file : undefined;
}
