import * as fs from "node:fs/promises";
import { type Holds, whoseFile } from "./owner.ts";
import {
  channelsFileOf,
  drillFileOf,
  historyFileOf,
  leaseFileOf,
  runsFileOf,
  samplesFileOf,
  sharedBefore,
} from "./paths.ts";

const files: Readonly<Record<Holds, (stateFile: string) => string>> = {
  history: historyFileOf,
  samples: samplesFileOf,
  leases: leaseFileOf,
  runs: runsFileOf,
  drill: drillFileOf,
  channels: channelsFileOf,
};

/** Says of the files of version 0.1 beside a state file what becomes of them, in words. Never throws. */
export async function filesOfBefore(stateFile: string): Promise<readonly string[]> {
  const all = Object.entries(files) as readonly (readonly [Holds, (of: string) => string])[];
  const found = await Promise.all(
    all.map(([holds, of]) => wordsOn(of(stateFile), holds).catch(() => undefined)),
  );
  return found.filter((each) => each !== undefined);
}

async function wordsOn(path: string, holds: Holds): Promise<string | undefined> {
  const whose = await whoseFile(path, holds);
  if (whose.kind === "ours-of-before") {
    return `${path} was written by version 0.1 and is taken over: its first line will say whose it is`;
  }
  const shared = sharedBefore(path);
  const isNew = await fs.access(path).then(
    () => false,
    () => true,
  );
  if (shared === undefined || !isNew) return undefined;
  if ((await whoseFile(shared, holds)).kind !== "ours-of-before") return undefined;
  const until = holds === "leases" ? "counts until then" : "is no longer read";
  return `${path} is this guard's own from now on; ${shared}, which version 0.1 kept for all state files of the folder, ${until}`;
}
