import { basename, dirname, join } from "node:path";

/** What stands in the state file's folder, and who writes it. */
const beside =
  (name: string) =>
  (stateFile: string): string =>
    join(dirname(stateFile), name);

/** Written by the daemon. It is the state file's own: two state files may stand in one folder. */
export function runsFileOf(stateFile: string): string {
  const name = basename(stateFile).replace(/\.json$/, "");
  return join(dirname(stateFile), name === "state" ? "runs.json" : `${name}.runs.json`);
}

/** Written by everyone, a line an event. */
export const historyFileOf = beside("history.jsonl");

/** Written by the daemon, a line a minute. */
export const samplesFileOf = beside("samples.jsonl");

/** Written by commands. */
export const leaseFileOf = beside("leases.json");

/** Written by the drill. */
export const drillFileOf = beside("drill.json");

/** Empty: its time says when people were last told of a daemon that cannot do its work. */
export function toldFileOf(stateFile: string, of: "not-started" | "bug"): string {
  return `${stateFile}.told-${of}`;
}
