import { constants } from "node:fs";
import * as fs from "node:fs/promises";
import { UserError, wordsOf } from "#errors.ts";
import { differIn } from "#guard/model/slices.ts";
import type { GuardState } from "#guard/model/state.ts";
import type { StateStore } from "#ports.ts";
import { hasCode, writeAtomically } from "./atomic-write.ts";
import { runsFileOf } from "./paths.ts";
import { createSaver } from "./saver.ts";
import { setAside } from "./set-aside.ts";
import {
  durableText,
  joined,
  type Learned,
  learnedText,
  noForeign,
  readDurable,
  readLearned,
  type ReadText,
  type Unreadable,
} from "./state/text.ts";

/** A fault in a file of the state, or parts of it that this version does not know. */
export interface StateTrouble {
  readonly path: string;
  /** `foreign`: another version of this program has written it; it is kept as it is. */
  readonly kind: "unreadable" | "partly-unreadable" | "foreign";
  readonly because: string;
  /** Where it was kept as it was, unless it may only be read. */
  readonly keptAt?: string;
}

/** The trouble in words. */
export function stateTroubleWords({ path, kind, because, keptAt }: StateTrouble): string {
  const kept = keptAt === undefined ? "" : `. The old file is kept at ${keptAt}`;
  switch (kind) {
    case "unreadable":
      return `${path} cannot be read (${because}), so its content is lost${kept}`;
    case "partly-unreadable":
      return `parts of ${path} cannot be read (${because}) and are left out${kept}`;
    case "foreign":
      return `${path} has parts that this version does not know (${because}). They are kept unchanged and ignored`;
  }
}

export interface StateFileOptions {
  readonly nowMs: () => number;
  readonly onTrouble: (trouble: StateTrouble) => void;
  /** Nothing on the disk changes: for a dry run. */
  readonly readOnly?: boolean;
  readonly write?: typeof writeAtomically;
}

const mostMib = { state: 16, runs: 64 };
const bytesPerMib = 1_024 * 1_024;
const mostFaultsTold = 3;
const writtenAtOnceChars = 512 * 1_024;

/** The state in two files, which one process writes: what must not be lost, and what can be learned again. */
export function createStateFile(path: string, options: StateFileOptions): StateStore {
  const { nowMs, readOnly = false, onTrouble, write = writeAtomically } = options;
  const runsPath = runsFileOf(path);
  const foreign = { state: noForeign, runs: noForeign };

  // Each in its own turn: what hangs is written by one thread, however often it is to be saved, and
  // keeps nothing waiting that stands on another disk.
  const saveDurable = createSaver<string>(
    (text) => write(path, text),
    (a, b) => a === b,
  );
  const saveLearned = createSaver<GuardState>(
    (state) => write(runsPath, inChunks(learnedText(state, foreign.runs))),
    (a, b) => !differIn("learned", a, b),
  );

  async function keep(file: string, how: "move" | "copy"): Promise<{ keptAt?: string }> {
    if (readOnly) return {};
    try {
      return { keptAt: await setAside(file, how, nowMs()) };
    } catch (error) {
      throw new UserError(
        `state file ${file} is broken and cannot be moved aside: ${wordsOf(error)}`,
        {
          hint: "Move it away by hand, and let this user write to its folder.",
          cause: error,
        },
      );
    }
  }

  /** What can be used of a file; the rest is set aside and reported. */
  async function usable<Found extends ReadText<unknown>>(
    file: string,
    found: Found | Unreadable,
  ): Promise<Found | undefined> {
    if (found.kind === "unreadable") {
      const kept = await keep(file, "move");
      onTrouble({ path: file, kind: "unreadable", because: found.because, ...kept });
      return undefined;
    }
    if (found.faults.length > 0) {
      const kept = await keep(file, "copy");
      const because = found.faults.slice(0, mostFaultsTold).join("; ");
      onTrouble({ path: file, kind: "partly-unreadable", because, ...kept });
    }
    const strange = foreignWords(found.foreign);
    if (strange !== "") onTrouble({ path: file, kind: "foreign", because: strange });
    return found;
  }

  return {
    async load() {
      const content = await readWhole(path, mostMib.state);
      // What can be learned again keeps nobody from starting.
      const runs = await readWhole(runsPath, mostMib.runs).catch((error: unknown) => {
        onTrouble({ path: runsPath, kind: "unreadable", because: causeWords(error) });
        return undefined;
      });
      const durable = content && (await usable(path, decoded(content, readDurable)));
      foreign.state = durable?.foreign ?? noForeign;
      const beside = runs && (await usable(runsPath, decoded(runs, readLearned)));
      const learned = newest(durable?.learned, beside);
      foreign.runs = learned?.foreign ?? noForeign;
      return joined(durable?.part, learned?.part);
    },

    save: (state) =>
      readOnly ? Promise.resolve() : saveDurable([...durableText(state, foreign.state)].join("")),

    saveLearned: (state) => (readOnly ? Promise.resolve() : saveLearned(state)),
  };
}

/** After a while with version 0.1 both are there: the one with the later poll is right. */
function newest(
  inState: ReadText<Learned> | undefined,
  beside: ReadText<Learned> | undefined,
): ReadText<Learned> | undefined {
  const lookedAtMs = (each: ReadText<Learned> | undefined): number =>
    each?.part.lookedAtMs ?? -Infinity;
  return lookedAtMs(inState) > lookedAtMs(beside) ? inState : (beside ?? inState);
}

/** Written in chunks, as thousands of runs would be one large text in memory. */
async function* inChunks(text: Iterable<string>): AsyncGenerator<Buffer> {
  let waiting = "";
  for (const piece of text) {
    waiting += piece;
    if (waiting.length < writtenAtOnceChars) continue;
    yield Buffer.from(waiting);
    waiting = "";
  }
  if (waiting !== "") yield Buffer.from(waiting);
}

function foreignWords({ keys, rows }: ReadText<unknown>["foreign"]): string {
  const parts = [...Object.keys(keys), ...Object.keys(rows)].map((key) => JSON.stringify(key));
  return parts.length === 0 ? "" : parts.join(", ");
}

type Content =
  | { readonly kind: "bytes"; readonly bytes: Buffer }
  | { readonly kind: "too-long"; readonly limitMib: number };

function causeWords(error: unknown): string {
  return wordsOf(error instanceof UserError ? error.cause : error);
}

/** `undefined` when there is no file. */
async function readWhole(path: string, limitMib: number): Promise<Content | undefined> {
  try {
    // O_NONBLOCK: a FIFO must not hang us.
    const file = await fs.open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const found = await file.stat();
      if (!found.isFile()) throw new Error("it is not a regular file");
      return found.size > limitMib * bytesPerMib
        ? { kind: "too-long", limitMib }
        : { kind: "bytes", bytes: await file.readFile() };
    } finally {
      await file.close();
    }
  } catch (error) {
    if (hasCode(error, "ENOENT")) return undefined;
    throw new UserError(`state file ${path} cannot be read: ${wordsOf(error)}`, {
      hint: "Let this user read it, or set state_file to another path.",
      cause: error,
    });
  }
}

function decoded<Found>(
  content: Content,
  read: (text: string) => Found | Unreadable,
): Found | Unreadable {
  if (content.kind === "too-long") {
    return { kind: "unreadable", because: `it is over ${content.limitMib} MiB` };
  }
  try {
    return read(new TextDecoder("utf-8", { fatal: true }).decode(content.bytes));
  } catch (error) {
    if (!hasCode(error, "ERR_ENCODING_INVALID_ENCODED_DATA")) throw error;
    return { kind: "unreadable", because: "it is not UTF-8" };
  }
}
