import { unlink } from "node:fs/promises";
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
}

/**
 * Writes the key, then the config in one go: whatever stops it, what was there before can be used, or what
 * is new. Throws a UserError that says what was written.
 */
export async function writeFiles(
  { current, text, keyFile, settings }: Plan,
  env: NodeJS.ProcessEnv,
  paces: Pick<Paces, "leastPollMs">,
): Promise<Written> {
  await refuseIfChanged(current);
  const files: string[] = [];
  let takeBack = async (): Promise<void> => undefined;
  if (keyFile !== undefined) {
    const path = expandHome(keyFile.path);
    await refuseCollision(path, current.path, settings);
    await writing(path, files, async () => {
      takeBack = await writeKey(path, keyFile.apiKey, files);
    });
  }
  try {
    const after = { text, mode: 0o600, uid: current.uid };
    const read = await settingsIn(after, current.path, env, paces);
    if (text !== current.text || current.isNew) {
      await writeAtomically(current.path, text);
      files.push(current.path);
    }
    return { files, settings: read };
  } catch (error) {
    // The config that stays may name this very file: with the new key it would guard another account.
    const isBack = await takeBack().then(
      () => true,
      () => false,
    );
    const left = isBack ? [] : files;
    if (!(error instanceof UserError)) throw notWritten(current.path, error, left);
    throw new UserError(`${error.message}\n${writtenWords(left)}`, {
      ...(error.hint !== undefined && { hint: error.hint }),
      cause: error,
    });
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

/** Gives what takes it back. A key that stood there may be shown by nobody ever again: it stays beside. */
async function writeKey(
  path: string,
  apiKey: string,
  files: string[],
): Promise<() => Promise<void>> {
  const before = await readSmallFile(path, { maxBytes: 64 * 1_024 });
  if (before.kind === "read" && before.text.trim() === apiKey) return async () => undefined;
  if (before.kind === "unreadable") throw new Error(before.because);
  if (before.kind === "read" && before.text.trim() !== "") {
    await writeAtomically(`${path}.old`, before.text);
    files.push(`${path}.old`);
  }
  await writeAtomically(path, `${apiKey}\n`);
  files.push(path);
  return () => (before.kind === "read" ? writeAtomically(path, before.text) : unlink(path));
}

async function writing(
  path: string,
  files: readonly string[],
  write: () => Promise<void>,
): Promise<void> {
  try {
    await write();
  } catch (error) {
    throw notWritten(path, error, files);
  }
}

function notWritten(path: string, error: unknown, files: readonly string[]): UserError {
  return new UserError(`${path} could not be written: ${wordsOf(error)}. ${writtenWords(files)}`, {
    hint: diskHint(error),
    cause: error,
  });
}

function writtenWords(files: readonly string[]): string {
  return files.length === 0
    ? "Nothing was written."
    : `Only ${files.join(" and ")} ${files.length === 1 ? "was" : "were"} written; the config is as it was.`;
}
