import { UserError, wordsOf } from "#errors.ts";
import { differIn } from "#guard/model/slices.ts";
import type { GuardState } from "#guard/model/state.ts";
import type { StateStore } from "#ports.ts";
import { writeAtomically } from "#store/files/atomic-write.ts";
import { hasCode } from "#store/files/has-code.ts";
import { readWhole } from "#store/files/open-file.ts";
import { ownerIn, ownerStart, refuseOthers, whoseFile } from "./owner.ts";
import { runsFileOf } from "./paths.ts";
import { otherWriters } from "./other-writers.ts";
import { createSaver } from "./saver.ts";
import { setAside } from "#store/files/set-aside.ts";
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
} from "#store/state/text.ts";

/** A fault in a file of the state, or parts of it that this version does not know. */
export interface StateTrouble {
  readonly path: string;
  /**
   * `foreign`: another version of this program has written it; it is kept as it is. `others`: somebody
   * else's file, which is not touched.
   */
  readonly kind: "unreadable" | "partly-unreadable" | "foreign" | "others";
  readonly because: string;
  /** Where it was kept as it was, unless it may only be read. */
  readonly keptAt?: string;
}

/** The trouble in words. */
export function stateTroubleWords({ path, kind, because, keptAt }: StateTrouble): string {
  const kept = keptAt === undefined ? "" : `. The old file is kept at ${keptAt}`;
  switch (kind) {
    case "others":
      return because;
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
  /** Told when another program has written the state file meanwhile; `undefined` once it stopped. */
  readonly onOtherWriter?: (because: string | undefined) => void;
  /** Nothing on the disk changes: for a dry run. */
  readonly readOnly?: boolean;
  readonly write?: typeof writeAtomically;
}

/** Nothing longer is written either. */
const mostMib = { state: 64, runs: 64 };
const bytesPerMib = 1_024 * 1_024;
const mostFaultsTold = 3;
const headBytes = 1_024;
const writtenAtOnceChars = 512 * 1_024;

/** The state in two files, which one process writes: what must not be lost, and what can be learned again. */
export function createStateFile(path: string, options: StateFileOptions): StateStore {
  const { nowMs, readOnly = false, onTrouble, write = writeAtomically } = options;
  const runsPath = runsFileOf(path);
  const foreign = { state: noForeign, runs: noForeign };

  const others = otherWriters(path, nowMs, options.onOtherWriter ?? (() => undefined));

  // Each in its own turn: what hangs is written by one thread, however often it is to be saved, and
  // keeps nothing waiting that stands on another disk.
  const saveDurable = createSaver<string>(
    async (text) => {
      refuseTooLong(path, Buffer.byteLength(text), mostMib.state, () => largestPart(text));
      await others.writeMine(() => write(path, text));
    },
    (a, b) => a === b,
  );
  const saveLearned = createSaver<GuardState>(
    async (state) => {
      // It is written at each poll; the state itself only when something happens.
      await others.look();
      await refuseOthers(runsPath, "runs");
      const text = learnedText(state, foreign.runs, ownerStart(runsPath, "runs"));
      await write(runsPath, inChunks(text, runsPath));
    },
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

  async function readRuns(): Promise<Content | undefined> {
    const whose = await whoseFile(runsPath, "runs");
    if (whose.kind !== "others") return readUpTo(runsPath, mostMib.runs);
    onTrouble({ path: runsPath, kind: "others", because: whose.because });
    return undefined;
  }

  return {
    async load() {
      const content = await readUpTo(path, mostMib.state);
      // What can be learned again keeps nobody from starting.
      const runs = await readRuns().catch((error: unknown) => {
        onTrouble({ path: runsPath, kind: "unreadable", because: causeWords(error) });
        return undefined;
      });
      refuseCompanion(path, content);
      await others.noteMine();
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
async function* inChunks(text: Iterable<string>, path: string): AsyncGenerator<Buffer> {
  let waiting = "";
  let bytes = 0;
  for (const piece of text) {
    waiting += piece;
    if (waiting.length < writtenAtOnceChars) continue;
    yield counted(waiting);
    waiting = "";
  }
  if (waiting !== "") yield counted(waiting);

  function counted(piece: string): Buffer {
    const chunk = Buffer.from(piece);
    bytes += chunk.length;
    refuseTooLong(path, bytes, mostMib.runs, () => "runs");
    return chunk;
  }
}

/** What is written has to be read again. */
function refuseTooLong(path: string, bytes: number, limitMib: number, largest: () => string): void {
  if (bytes <= limitMib * bytesPerMib) return;
  const part = largest();
  const toDo =
    part === "unrecorded"
      ? "those are records that wait for the history: let it be written"
      : "if that is no surprise, move the file away and start runpodboss anew";
  throw new Error(
    `${path} would be over ${limitMib} MiB, more than is read again, so it stays as it was. Most of it is ${JSON.stringify(part)}; ${toDo}`,
  );
}

/** Of what we have written: a key a line. */
function largestPart(text: string): string {
  let largest = { key: "", chars: 0 };
  let before = { key: "", at: 0 };
  const stop = (at: number): void => {
    if (at - before.at > largest.chars) largest = { key: before.key, chars: at - before.at };
  };
  for (const { 1: key = "", index } of text.matchAll(/^ {2}"([^"]+)": /gm)) {
    stop(index);
    before = { key, at: index };
  }
  stop(text.length);
  return largest.key;
}

function foreignWords({ keys, rows }: ReadText<unknown>["foreign"]): string {
  const parts = [...Object.keys(keys), ...Object.keys(rows)].map((key) => JSON.stringify(key));
  return parts.length === 0 ? "" : parts.join(", ");
}

type Content =
  | { readonly kind: "bytes"; readonly bytes: Buffer }
  | { readonly kind: "too-long"; readonly limitMib: number };

/** Another guard's file must not be taken for a broken state, and moved away. */
function refuseCompanion(path: string, content: Content | undefined): void {
  if (content?.kind !== "bytes") return;
  const owner = ownerIn(content.bytes.toString("utf8", 0, headBytes));
  if (owner === undefined) return;
  throw new UserError(`state_file ${path} is no state: it says that it is the ${owner}`, {
    hint: "Set state_file to another path.",
  });
}

function causeWords(error: unknown): string {
  return wordsOf(error instanceof UserError ? error.cause : error);
}

/** `undefined` when there is no file. */
async function readUpTo(path: string, limitMib: number): Promise<Content | undefined> {
  const bytes = await readWhole(path, limitMib * bytesPerMib).catch((error: unknown) => {
    throw new UserError(`state file ${path} cannot be read: ${wordsOf(error)}`, {
      hint: "Let this user read it, or set state_file to another path.",
      cause: error,
    });
  });
  if (bytes === undefined) return undefined;
  return bytes.length > limitMib * bytesPerMib
    ? { kind: "too-long", limitMib }
    : { kind: "bytes", bytes };
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
