import { basename, dirname, join } from "node:path";

const json = ".json";

/**
 * What stands beside a state file is its own: `history.jsonl` belongs to `state.json`,
 * `lab.history.jsonl` to `lab.json`, and `lab.history` to `lab`.
 */
const beside =
  (name: string) =>
  (stateFile: string): string =>
    join(dirname(stateFile), ownName(basename(stateFile), name));

function ownName(state: string, name: string): string {
  if (state === `state${json}`) return name;
  if (state.endsWith(json)) return `${state.slice(0, -json.length)}.${name}`;
  return `${state}.${name.replace(/\.jsonl?$/, "")}`;
}

/** Written by the daemon. */
export const runsFileOf = beside("runs.json");

/** Written by everyone, a line an event. */
export const historyFileOf = beside("history.jsonl");

/** Written by the daemon, a line a minute. */
export const samplesFileOf = beside("samples.jsonl");

/** Written by commands. */
export const leaseFileOf = beside("leases.json");

/** Written by the drill. */
export const drillFileOf = beside("drill.json");

/** Written by whatever sends tests. */
export const channelsFileOf = beside("channels.json");

/** Empty: its time says when people were last told of a daemon that cannot do its work. */
export function toldFileOf(stateFile: string, of: "not-started" | "bug"): string {
  return `${stateFile}.told-${of}`;
}

/** Written by `check`: GraphQL is to decide again. */
export function backFileOf(stateFile: string): string {
  return `${stateFile}.decide-graphql`;
}

/** The token of the page, made at its first start. */
export function tokenFileOf(stateFile: string): string {
  return `${stateFile}.http-token`;
}

/** The token for jobs inside the pods, made likewise. */
export function activityTokenFileOf(stateFile: string): string {
  return `${stateFile}.activity-token`;
}

/** The token that Prometheus reads the metrics with, made likewise. */
export function metricsTokenFileOf(stateFile: string): string {
  return `${stateFile}.metrics-token`;
}

/** Written by the daemon: links in notices that have been used. */
export function spentLinksFileOf(stateFile: string): string {
  return `${stateFile}.spent-links`;
}

/** Written by the daemon: ends that people have asked it for, until it is known what came of them. */
export function askedEndsFileOf(stateFile: string): string {
  return `${stateFile}.asked-ends`;
}

/** Written by commands: what starts would have cost, as people and agents were told. */
export function quotesFileOf(stateFile: string): string {
  return `${stateFile}.quotes`;
}

/** Written by the hook: which pods the sessions of agents were asked about before they stopped. */
export function askedFileOf(stateFile: string): string {
  return `${stateFile}.asked`;
}

const companion =
  /^(?:(?<before>.+)\.)?(?<name>history|samples|leases|runs|drill|channels)(?<ending>\.jsonl?)?$/;

/** The name of the state file that a file belongs to, by the name of that file. */
export function stateNameOf(path: string): string {
  const { before, ending } = companion.exec(basename(path))?.groups ?? { before: basename(path) };
  if (before === undefined) return `state${json}`;
  return ending === undefined ? before : `${before}${json}`;
}

/** What version 0.1 shared among all state files of a folder; undefined where it is `path`. */
export function sharedBefore(path: string): string | undefined {
  const { before, name, ending } = companion.exec(basename(path))?.groups ?? {};
  return before === undefined || ending === undefined
    ? undefined
    : join(dirname(path), `${name}${ending}`);
}
