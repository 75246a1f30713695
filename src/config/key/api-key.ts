import { type FileContent, readSmallFile } from "#read-file.ts";
import { envFileName, envFilePath, readEnvFile, variablesIn } from "./env-file.ts";
import type { Fault } from "#config/reading/explain.ts";
import { modeWarnings } from "#config/file-mode.ts";
import { keyFault, longestKey } from "./key-shape.ts";
import { usualPlacesOf, type UsualPlaces } from "#config/accounts/account.ts";
import { expandHome } from "#config/paths.ts";
import type { ConfigFile } from "#config/schema.ts";

export interface FoundKey {
  readonly apiKey: string;
  /** Where it came from, in words. */
  readonly from: string;
  /** The files that may hold it: nothing of ours may be written over them. */
  readonly files: readonly string[];
  readonly faults: readonly Fault[];
  readonly warnings: readonly string[];
}

const usualName = "RUNPOD_API_KEY";
/** A key, and what white space people leave around it. */
const maxBytes = 4 * longestKey;

type KeySettings = Pick<ConfigFile, "api_key" | "api_key_file" | "api_key_env">;

/**
 * The first of: `api_key`, `api_key_file`, the variable named by `api_key_env`, `RUNPOD_API_KEY`, the
 * same two in `~/.runpodboss/env`. Of an account: `api_key`, `api_key_file`, its own files `key` and `env`, and only where
 * it names a variable this process's. The key itself is in no fault and no warning.
 */
export async function findApiKey(
  config: KeySettings,
  env: NodeJS.ProcessEnv,
  configPath: string,
): Promise<FoundKey> {
  const usual = usualPlacesOf(configPath);
  const isAccount = usual.env !== envFileName;
  const envFile = envFilePath(env, usual.env);
  const content = await readEnvFile(envFile);
  const found = isAccount
    ? await findOfAccount(config, env, content, usual)
    : await find(config, env, content);
  const files = [
    envFile,
    ...(config.api_key_file ? [expandHome(config.api_key_file)] : []),
    ...(isAccount ? [expandHome(usual.key)] : []),
  ];
  const ofEnvFile = content.kind === "read" ? modeWarnings(envFile, content) : [];
  return { ...found, files, warnings: [...found.warnings, ...ofEnvFile] };
}

type Found = Omit<FoundKey, "files">;

/** What a shell has set is mostly the key of another account: this guard would act on that one's pods. */
async function findOfAccount(
  config: KeySettings,
  env: NodeJS.ProcessEnv,
  envFile: FileContent,
  usual: UsualPlaces,
): Promise<Found> {
  if (config.api_key || config.api_key_file) return find(config, env, envFile);
  const path = expandHome(usual.key);
  const own = await readSmallFile(path, { maxBytes });
  if (own.kind === "unreadable") return fault(usual.key, `must be a readable file: ${own.because}`);
  if (own.kind === "read")
    return checked(usual.key, usual.key, own.text.trim(), modeWarnings(path, own));
  const names = namesIn(config);
  return (
    inEnvFile(envFile, names, usual.env) ??
    (config.api_key_env ? inEnvironment(env, names) : undefined) ??
    fault("api_key", `not found: put it into ${usual.key}, or set api_key_file`)
  );
}

async function find(
  config: KeySettings,
  env: NodeJS.ProcessEnv,
  envFile: FileContent,
): Promise<Found> {
  if (config.api_key) return checked("api_key", "api_key", config.api_key, []);
  if (config.api_key_file) return inKeyFile(config.api_key_file);
  const names = namesIn(config);
  const named = names.length === 1 ? "" : " or the one that api_key_env names";
  return (
    inEnvironment(env, names) ??
    inEnvFile(envFile, names, envFileName) ??
    fault(
      "api_key",
      `not found: set the environment variable ${usualName}${named}, here or in ${envFileName}, or api_key_file, or api_key`,
    )
  );
}

function namesIn({ api_key_env }: KeySettings): readonly string[] {
  return [...new Set([api_key_env || usualName, usualName])];
}

function inEnvironment(env: NodeJS.ProcessEnv, names: readonly string[]): Found | undefined {
  const name = names.find((each) => env[each]?.trim());
  return name === undefined
    ? undefined
    : checked(`$${name}`, `$${name}`, env[name]?.trim() ?? "", []);
}

async function inKeyFile(file: string): Promise<Found> {
  const path = expandHome(file);
  const content = await readSmallFile(path, { maxBytes });
  if (content.kind !== "read") {
    // Only what has a folder in it is surely a path: the key itself may stand where its file should.
    const got = file.includes("/") ? ` (got ${JSON.stringify(file)})` : "";
    return fault("api_key_file", `must name a readable file: ${content.because}${got}`);
  }
  const from = `api_key_file (${path})`;
  return checked("api_key_file", from, content.text.trim(), modeWarnings(path, content));
}

function inEnvFile(
  content: FileContent,
  names: readonly string[],
  envName: string,
): Found | undefined {
  if (content.kind === "unreadable") {
    return fault("api_key", `not found, and ${envName} cannot be read: ${content.because}`);
  }
  const variables = content.kind === "read" ? variablesIn(content.text) : new Map<string, string>();
  const name = names.find((each) => variables.get(each)?.trim());
  if (name === undefined) return undefined;
  const where = `${name} in ${envName}`;
  return checked(where, where, variables.get(name)?.trim() ?? "", []);
}

function checked(where: string, from: string, apiKey: string, warnings: readonly string[]): Found {
  const what = keyFault(apiKey);
  return what === undefined ? { apiKey, from, faults: [], warnings } : fault(where, what);
}

function fault(where: string, what: string): Found {
  return { apiKey: "", from: "nowhere", faults: [{ where, what }], warnings: [] };
}
