import { packagedFile } from "#commands/packaged-file.ts";
import { settingsIn } from "#config/load.ts";
import { expandHome, maxConfigBytes } from "#config/paths.ts";
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
  const { text, mode, uid } = found;
  const raw = withoutNotes(parseJsonc(text, path)) as Record<string, unknown>;
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
      throw error instanceof UserError
        ? new UserError(error.message, {
            hint: `${error.hint ?? ""} Then run setup again; it has not touched this file.`.trim(),
            cause: error,
          })
        : error;
    }
  }
}

/** What a text would be as the config, with this key, wherever that is to be kept. */
export function settingsWithKey(
  { path, mode, uid }: Pick<Current, "path" | "mode" | "uid">,
  text: string,
  apiKey: string,
  { env, paces }: Reading,
): Promise<Settings> {
  const keyless = edited(
    text,
    ["api_key", "api_key_file", "api_key_env"].map((key) => ({ path: [key], value: undefined })),
  );
  return settingsIn({ text: keyless, mode, uid }, path, { ...env, RUNPOD_API_KEY: apiKey }, paces);
}
