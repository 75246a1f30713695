import { usualPlacesOf } from "#config/accounts/account.ts";
import { findApiKey } from "#config/key/api-key.ts";
import { keyFault, longestKey } from "#config/key/key-shape.ts";
import { expandHome } from "#config/paths.ts";
import { UserError } from "#errors.ts";
import { readSmallFile } from "#read-file.ts";
import type { FoundKey } from "./deps.ts";

const mostBytes = 4 * longestKey;

/** The key as the daemon would find it, else in the file where it is usually kept. */
export async function keyFoundBy(
  raw: Readonly<Record<string, unknown>>,
  env: NodeJS.ProcessEnv,
  configPath: string,
): Promise<FoundKey> {
  const text = (key: string): string | undefined => {
    const value = raw[key];
    return typeof value === "string" ? value : undefined;
  };
  const found = await findApiKey(
    {
      api_key: text("api_key"),
      api_key_file: text("api_key_file"),
      api_key_env: text("api_key_env"),
    },
    env,
    configPath,
  );
  const [fault] = found.faults;
  if (fault === undefined) {
    const { apiKey, from } = found;

    const isOfShell = from.startsWith("$");
    const kind = isOfShell ? "shell" : from.startsWith("api_key") ? "config" : "env-file";
    return { kind, apiKey, from };
  }
  const usualKeyFile = usualPlacesOf(configPath).key;
  const usual = await readSmallFile(expandHome(usualKeyFile), { maxBytes: mostBytes });
  const apiKey = usual.kind === "read" ? usual.text.trim() : "";
  if (apiKey !== "" && keyFault(apiKey) === undefined) {
    return { kind: "key-file", apiKey, from: usualKeyFile, path: usualKeyFile };
  }
  const isNamed = text("api_key") !== undefined || text("api_key_file") !== undefined;
  return isNamed
    ? { kind: "nowhere", because: `${fault.where} ${fault.what}.` }
    : { kind: "nowhere" };
}

/** The key in a file that was named. Throws a UserError, which never holds it. */
export async function keyIn(path: string): Promise<string> {
  const content = await readSmallFile(expandHome(path), { maxBytes: mostBytes });
  if (content.kind !== "read") {
    throw new UserError(`--api-key-file: ${path} cannot be read: ${content.because}.`, {
      hint: "Name a file that holds the key and nothing else.",
    });
  }
  return checked(content.text, `--api-key-file: ${path}`);
}

/** The key that comes by standard input. */
export async function keyByStdin(
  stdin: NodeJS.ReadStream,
  interrupted: AbortSignal,
): Promise<string> {
  if (stdin.isTTY) {
    throw new UserError("--api-key-stdin: standard input is a terminal.", {
      hint: "Let the key come from another program: pass show runpod | runpodboss setup --api-key-stdin",
    });
  }
  let text = "";
  stdin.setEncoding("utf8");
  const onInterrupt = (): void => void stdin.destroy();
  interrupted.addEventListener("abort", onInterrupt);
  try {
    for await (const piece of stdin) {
      text += String(piece);
      if (text.length > mostBytes) break;
    }
  } catch (error) {
    if (!interrupted.aborted) throw error;
  } finally {
    interrupted.removeEventListener("abort", onInterrupt);
  }
  return checked(text, "--api-key-stdin: what came");
}

function checked(text: string, what: string): string {
  const apiKey = text.trim();
  const fault = keyFault(apiKey);
  if (fault !== undefined) throw new UserError(`${what} ${fault}.`);
  return apiKey;
}
