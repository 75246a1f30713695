import { usualPlacesOf } from "#config/accounts/account.ts";
import { readEnvFile, envFilePath, variablesIn } from "#config/key/env-file.ts";
import { UserError } from "#errors.ts";

/** What the daemon needs of these only where it runs; a config does not name them. */
const ofTheNetwork = [
  "HTTPS_PROXY",
  "https_proxy",
  "HTTP_PROXY",
  "http_proxy",
  "ALL_PROXY",
  "all_proxy",
  "NODE_EXTRA_CA_CERTS",
];

/** What a service sees of this environment. The config is read with its env file beside. */
function serviceEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return { HOME: env["HOME"], PATH: env["PATH"] };
}

/**
 * Throws a UserError where a config that this shell can use is none for the service, which sees none of
 * the shell's variables: it would not start again, and what ran before would be lost.
 */
export async function refuseUnseen(
  read: (env: NodeJS.ProcessEnv) => Promise<unknown>,
  raw: unknown,
  env: NodeJS.ProcessEnv,
  configPath: string,
): Promise<void> {
  const envFileName = usualPlacesOf(configPath).env;
  try {
    await read(serviceEnvironment(env));
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const named = variablesNamedIn(raw).filter((name) => (env[name] ?? "") !== "");
    const names = await unseen([...new Set([...named, "RUNPOD_API_KEY"])], env, envFileName);
    const [, ...faults] = error.message.split("\n");
    const lines = names.map((name) => `${name}=…`).join(" and ");
    throw new UserError(
      [
        "The service could not start with this: it sees none of this shell's variables.",
        ...faults,
      ].join("\n"),
      {
        hint: `Nothing was written. ${lines === "" ? "Correct that" : `Write ${lines} into ${envFileName}, for you only (chmod 600): the service reads that`}. Then run setup again.`,
        cause: error,
      },
    );
  }
}

/** What of this shell the service does without, though RunPod may be out of reach then. */
export async function networkWarning(
  env: NodeJS.ProcessEnv,
  platform: NodeJS.Platform,
  configPath: string,
): Promise<string | undefined> {
  const envFileName = usualPlacesOf(configPath).env;
  const isMac = platform === "darwin";
  const set = ofTheNetwork.filter((name) => (env[name] ?? "") !== "");
  // launchd gives the daemon no file.
  const names = isMac ? set : await unseen(set, env, envFileName);
  if (names.length === 0) return undefined;
  const where = isMac ? "the agent: docs/service.md says how" : envFileName;
  return `The service does not see ${names.join(", ")} of this shell. If RunPod cannot be reached without, write ${names.length === 1 ? "it" : "them"} into ${where}.`;
}

/** Of these variables those that are set here, and not in the file that the service reads. */
async function unseen(
  names: readonly string[],
  env: NodeJS.ProcessEnv,
  envFileName: string,
): Promise<readonly string[]> {
  const file = await readEnvFile(envFilePath(env, envFileName));
  const there = file.kind === "read" ? variablesIn(file.text) : new Map<string, string>();
  return names.filter((name) => (env[name] ?? "") !== "" && !there.has(name));
}

function variablesNamedIn(raw: unknown): readonly string[] {
  if (typeof raw !== "object" || raw === null) return [];
  return Object.entries(raw).flatMap(([key, value]: readonly [string, unknown]) =>
    typeof value === "string" ? (key.endsWith("_env") ? [value] : []) : variablesNamedIn(value),
  );
}
