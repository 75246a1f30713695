import { collidingFiles } from "#config/file-collisions.ts";
import { settingsIn } from "#config/load.ts";
import { expandHome, maxConfigBytes } from "#config/paths.ts";
import type { Settings } from "#config/settings.ts";
import { UserError, wordsOf } from "#errors.ts";
import type { Paces } from "#paces.ts";
import { readSmallFile } from "#read-file.ts";
import { writeAtomically } from "#store/files/atomic-write.ts";
import { diskHint } from "#store/files/disk-hint.ts";
import type { Current } from "#commands/setup/answers/current.ts";
import { type PutKey, putKey } from "./put-key.ts";

/** All that is to be written. */
export interface Plan {
  readonly current: Current;
  /** The config as it is to be. */
  readonly text: string;
  readonly keyFile: { readonly path: string; readonly apiKey: string } | undefined;
  /** The settings that were made of it, with the key beside. */
  readonly settings: Settings;
}

export interface Written {
  readonly files: readonly string[];
  /** As they are in the files now. */
  readonly settings: Settings;
  /**
   * Puts back the config that stood there before, and its key; undefined where there was none. Gives what
   * could not be put back. What somebody has changed since stays as it is.
   */
  readonly putBack: (() => Promise<readonly string[]>) | undefined;
}

/**
 * Writes the key, then the config in one go. What stops it leaves both as they were: the config that
 * stood there before must not meet another account's key. Throws a UserError that says what is so now.
 */
export async function writeFiles(
  { current, text, keyFile, settings }: Plan,
  env: NodeJS.ProcessEnv,
  paces: Pick<Paces, "leastPollMs">,
): Promise<Written> {
  await refuseIfChanged(current);
  let key: PutKey = { files: [], undo: async () => {} };
  if (keyFile !== undefined) {
    const path = expandHome(keyFile.path);
    await refuseCollision(path, current.path, settings);
    try {
      key = await putKey(path, keyFile.apiKey);
    } catch (error) {
      throw notWritten(path, "Nothing was written.", error);
    }
  }
  const isWritten = text !== current.text || current.isNew;
  try {
    const after = { text, mode: 0o600, uid: current.uid };
    const read = await settingsIn(after, current.path, env, paces);
    if (isWritten) await writeAtomically(current.path, text);
    return {
      files: [...key.files, ...(isWritten ? [current.path] : [])],
      settings: read,
      putBack: current.isNew ? undefined : () => putBack(current, text, key),
    };
  } catch (error) {
    const lost = await undone(key);
    const words =
      lost.length === 0
        ? "Nothing was written."
        : `The config is as it was, but its key is not. Do it by hand: ${lost.join("; ")}.`;
    if (!(error instanceof UserError)) throw notWritten(current.path, words, error);
    throw new UserError(`${error.message}\n${words}`, {
      ...(error.hint !== undefined && { hint: error.hint }),
      cause: error,
    });
  }
}

async function putBack(
  { path, text: before, mode }: Current,
  text: string,
  key: PutKey,
): Promise<readonly string[]> {
  const lost: string[] = [];
  try {
    const now = await readSmallFile(path, { maxBytes: maxConfigBytes });
    if (now.kind !== "read" || now.text !== text) throw new Error("it has changed meanwhile");
    if (text !== before) await writeAtomically(path, before, mode & 0o777);
  } catch (error) {
    lost.push(`put ${path} back (${wordsOf(error)})`);
  }
  return [...lost, ...(await undone(key))];
}

async function undone({ files, undo }: PutKey): Promise<readonly string[]> {
  try {
    await undo();
    return [];
  } catch (error) {
    const path = files.at(-1) ?? "";
    return [`put the key in ${path} back, which ${files[0] ?? ""} holds (${wordsOf(error)})`];
  }
}

/** Somebody may have had it open in an editor. */
async function refuseIfChanged({ path, isNew, text }: Current): Promise<void> {
  const now = await readSmallFile(path, { maxBytes: maxConfigBytes });
  const isSame = isNew ? now.kind === "missing" : now.kind === "read" && now.text === text;
  if (isSame) return;
  throw new UserError(`${path} has changed since it was read. Nothing was written.`, {
    hint: "Run setup again: it begins with what stands there now.",
  });
}

async function refuseCollision(
  path: string,
  configPath: string,
  settings: Settings,
): Promise<void> {
  const { stateFile, logFile } = settings;
  const [fault] = await collidingFiles({
    configPath,
    keyFiles: [path],
    secretFiles: [],
    stateFile,
    logFile,
  });
  if (fault === undefined) return;
  throw new UserError(`The key cannot be stored in ${path}: ${fault.where} ${fault.what}.`, {
    hint: "Nothing was written. Set state_file and log_file in the config to other paths.",
  });
}

function notWritten(path: string, words: string, error: unknown): UserError {
  return new UserError(`${path} could not be written: ${wordsOf(error)}. ${words}`, {
    hint: diskHint(error),
    cause: error,
  });
}
