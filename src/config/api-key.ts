import { readFile, stat } from "node:fs/promises";
import type { Fault } from "./explain.ts";
import { expandHome } from "./paths.ts";
import type { ConfigFile } from "./schema.ts";

export interface FoundKey {
  readonly apiKey: string;
  readonly faults: readonly Fault[];
  readonly warnings: readonly string[];
}

/** What can stand in a request's header. */
const sendable = /^[\x21-\x7e]+$/;

/**
 * The first of: `api_key`, `api_key_file`, the variable named by `api_key_env`, `RUNPOD_API_KEY`.
 * The key itself is in no fault and no warning.
 */
export async function findApiKey(
  config: Pick<ConfigFile, "api_key" | "api_key_file" | "api_key_env">,
  configPath: string,
  env: NodeJS.ProcessEnv,
): Promise<FoundKey> {
  if (config.api_key) {
    return checked("api_key", config.api_key, await readableByAll(configPath, "holds an api_key"));
  }
  if (config.api_key_file) {
    const path = expandHome(config.api_key_file);
    try {
      const warnings = await readableByAll(path, "holds the API key");
      return checked("api_key_file", (await readFile(path, "utf8")).trim(), warnings);
    } catch (error) {
      return fault("api_key_file", notRead(config.api_key_file, error));
    }
  }
  const name = config.api_key_env || "RUNPOD_API_KEY";
  const fromEnv = [name, "RUNPOD_API_KEY"].find((each) => env[each]?.trim());
  if (fromEnv !== undefined) return checked(`$${fromEnv}`, env[fromEnv]?.trim() ?? "", []);
  const named = name === "RUNPOD_API_KEY" ? "" : " or the one that api_key_env names";
  return fault(
    "api_key",
    `not found: set the environment variable RUNPOD_API_KEY${named}, or api_key_file, or api_key`,
  );
}

/** Only what has a folder in it is surely a path: the key itself may stand where its file should. */
function notRead(file: string, error: unknown): string {
  const code = error instanceof Error && "code" in error ? String(error.code) : "unknown reason";
  const found = file.includes("/") ? ` (got ${JSON.stringify(file)})` : "";
  return `must name a readable file: ${code === "ENOENT" ? "no such file" : code}${found}`;
}

function checked(where: string, apiKey: string, warnings: readonly string[]): FoundKey {
  if (apiKey === "") return fault(where, "is empty");
  if (!sendable.test(apiKey)) {
    return fault(where, "has spaces, line breaks or characters that no key has; copy it again");
  }
  return { apiKey, faults: [], warnings };
}

function fault(where: string, what: string): FoundKey {
  return { apiKey: "", faults: [{ where, what }], warnings: [] };
}

async function readableByAll(path: string, why: string): Promise<readonly string[]> {
  const everyoneMayRead = 0o004;
  return ((await stat(path)).mode & everyoneMayRead) === 0
    ? []
    : [`${path} ${why}, and everyone on this machine can read it. Run: chmod 600 ${path}`];
}
