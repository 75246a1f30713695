import type { Fault } from "#config/reading/explain.ts";
import { modeWarnings } from "#config/file-mode.ts";
import { envFilePath, lookedIn, readEnvFile, variablesIn } from "#config/key/env-file.ts";
import { expandHome } from "#config/paths.ts";
import { readSmallFile } from "#read-file.ts";
import { longestSecret } from "./secret-shape.ts";

/** Where a secret was found, or what is wrong with it; the secret itself is in no fault and no warning. */
export interface FoundSecret {
  /** Undefined where there is none, or a fault. */
  readonly text?: string;
  /** The key that gave it: `token`, `token_env`, `token_file`. */
  readonly key?: string;
  /** The file that holds it. */
  readonly file?: string;
  /** The variable of the environment that holds it. */
  readonly variable?: string;
  readonly faults: readonly Fault[];
  /** It is rightly named, and not there now: its variable is not set, its file is gone or cannot be read. */
  readonly missing?: readonly Fault[];
  readonly warnings: readonly string[];
}

export interface SecretKey {
  readonly key: string;
  readonly isNeeded: boolean;
}

/** What a person wrote, whether it is right or not. */
export type Entry = Readonly<Record<string, unknown>>;

export function isEntry(value: unknown): value is Entry {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** White space around it, and a line end. */
const maxBytes = 4 * longestSecret;

/**
 * The secret of a key `X`: as `X` itself, in the variable that `X_env` names (of the account's own file `env`, of
 * this process, then of `~/.runpodboss/env`), or in the file that `X_file` names. Exactly one of them may stand there.
 */
export async function findSecret(
  entry: Entry,
  where: string,
  { key, isNeeded }: SecretKey,
  env: NodeJS.ProcessEnv,
): Promise<FoundSecret> {
  const all = [key, `${key}_env`, `${key}_file`];
  const [given, ...others] = all.filter((each) => entry[each] !== undefined);
  const at = (name: string): string => (where === "" ? name : `${where}.${name}`);
  if (given === undefined) {
    if (!isNeeded) return { faults: [], warnings: [] };
    return fault(
      at(key),
      `is missing; give one of ${all.join(", ").replace(/, (?=\S+$)/, " and ")}`,
    );
  }
  if (others.length > 0) {
    const names = [given, ...others].join(" and ");
    return fault(at(given), `stands beside ${others.join(" and ")}; keep one of ${names}`);
  }
  const value = entry[given];
  // Not text, or empty: the schema says so.
  if (typeof value !== "string" || value === "") return { faults: [], warnings: [] };
  if (given === key) return { text: value, key: given, faults: [], warnings: [] };
  return given === `${key}_env`
    ? inVariable(value, at(given), given, env)
    : inFile(value, at(given), given);
}

async function inVariable(
  name: string,
  where: string,
  key: string,
  env: NodeJS.ProcessEnv,
): Promise<FoundSecret> {
  const own = env[name]?.trim();
  if (own) return { text: own, key, variable: name, faults: [], warnings: [] };
  const file = await readEnvFile(envFilePath(env));
  const inEnvFile = file.kind === "read" ? variablesIn(file.text).get(name)?.trim() : undefined;
  if (inEnvFile) return { text: inEnvFile, key, variable: name, faults: [], warnings: [] };
  const places = lookedIn(env, file);
  return isPlainName(name)
    ? missing(where, `the variable ${name} is not set, neither ${places.join(" nor ")}`)
    : fault(
        where,
        `must name a variable that is set, ${places.join(" or ")}; the secret itself goes into ${key.replace(/_env$/, "")}`,
      );
}

async function inFile(file: string, where: string, key: string): Promise<FoundSecret> {
  const path = expandHome(file);
  const content = await readSmallFile(path, { maxBytes });
  if (content.kind !== "read") {
    // Only what has a folder in it is surely a path: the secret itself may stand where its file should.
    const isPath = /^[~.]?[.]?\//.test(file);
    const got = isPath ? ` (got ${JSON.stringify(file)})` : "";
    const what = `must name a readable file: ${content.because}${got}`;
    return { ...(isPath ? missing(where, what) : fault(where, what)), file: path };
  }
  const text = content.text.replace(/^\uFEFF/, "").trim();
  if (text === "") return { ...missing(where, "names a file that is empty"), file: path };
  return { text, key, file: path, faults: [], warnings: modeWarnings(path, content) };
}

/** A secret must not pass for a name: those of variables are capitals, in words. */
function isPlainName(text: string): boolean {
  return text.length <= 60 && /^[A-Z]{1,20}(_[A-Z]{1,20}|_[0-9]{1,3})*$/.test(text);
}

function missing(where: string, what: string): FoundSecret {
  return { faults: [], missing: [{ where, what }], warnings: [] };
}

function fault(where: string, what: string): FoundSecret {
  return { faults: [{ where, what }], warnings: [] };
}
