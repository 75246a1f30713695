import { exampleFor } from "#commands/example-text.ts";
import { packagedFile } from "#commands/packaged-file.ts";
import { settingsIn } from "#config/load.ts";
import { expandHome, maxConfigBytes } from "#config/paths.ts";
import { unusableWords } from "#config/reading/explain.ts";
import { parseJsonc, withoutNotes } from "#config/reading/jsonc.ts";
import type { Settings } from "#config/settings.ts";
import { edited } from "#config/editing/edit.ts";
import { UserError } from "#errors.ts";
import type { Paces } from "#paces.ts";
import { readSmallFile } from "#read-file.ts";
import type { Current } from "./answers/current.ts";

interface Reading {
  readonly env: NodeJS.ProcessEnv;
  readonly paces: Pick<Paces, "leastPollMs">;
}

/** The config to edit. Throws a UserError at one that is there and has mistakes: it is left alone. */
export async function readCurrent(file: string, reading: Reading): Promise<Current> {
  const path = expandHome(file);
  const content = await readSmallFile(path, { maxBytes: maxConfigBytes });
  if (content.kind === "unreadable") {
    throw new UserError(`The config at ${path} cannot be read: ${content.because}.`, {
      hint: "Nothing was written. Make it a file that you can read, or use --config FILE.",
    });
  }
  const isNew = content.kind === "missing";
  const found = isNew
    ? { ...(await packagedFile("config.example.json")), mode: 0o600, uid: process.getuid?.() ?? 0 }
    : content;
  const { mode, uid } = found;
  const text = isNew ? exampleFor(path, found.text) : found.text;
  const raw = withoutNotes(parsedOr(path, text)) as Record<string, unknown>;
  const current = { path, isNew, text, mode, uid, raw };
  if (!isNew) await refuseMistakes(current, reading);
  return current;
}

/** One of the key alone is what the guided start is there for. */
async function refuseMistakes(current: Current, { env, paces }: Reading): Promise<void> {
  try {
    await settingsIn(current, current.path, env, paces);
  } catch (error) {
    try {
      await settingsWithKey(current, current.text, "a-key-in-its-place", { env, paces });
    } catch {
      throw leftAlone(error);
    }
  }
}

function parsedOr(path: string, text: string): unknown {
  try {
    return parseJsonc(text, path);
  } catch (error) {
    throw leftAlone(error);
  }
}

function leftAlone(error: unknown): unknown {
  if (!(error instanceof UserError)) return error;
  return new UserError(error.message, {
    hint: "Fix these, then run setup again: it has not touched this file.",
    cause: error,
  });
}

/** The same error where it is about what somebody gave, and not about what stands in the file. */
export function aboutGiven(error: unknown, path: string): unknown {
  if (!(error instanceof UserError)) return error;
  return new UserError(
    error.message.replace(unusableWords(path), "What was given cannot be used:"),
    { hint: "Nothing was written. Correct it, then run setup again.", cause: error },
  );
}

/** What a text would be as the config, with this key, wherever that is to be kept. */
export function settingsWithKey(
  { path, mode, uid }: Pick<Current, "path" | "mode" | "uid">,
  text: string,
  apiKey: string,
  { env, paces }: Reading,
): Promise<Settings> {
  const withKey = edited(text, [
    ...["api_key_file", "api_key_env"].map((key) => ({ path: [key], value: undefined })),
    { path: ["api_key"], value: apiKey },
  ]);
  return settingsIn({ text: withKey, mode, uid }, path, env, paces);
}
