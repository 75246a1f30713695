import { delimiter, isAbsolute } from "node:path";
import type { Command } from "#ports.ts";

export interface Environment {
  /** Of this process. */
  readonly outer: Readonly<Record<string, string | undefined>>;
  readonly apiKey: string;
  /** The variables that may hold it. */
  readonly apiKeyNames: readonly string[];
  /** The variables that hold other secrets, which no program needs. */
  readonly secretNames?: readonly string[] | undefined;
}

/** What a program gets that differs from this process's environment. */
export interface Changes {
  readonly env: Readonly<Record<string, string>>;
  readonly unsetEnv: readonly string[];
}

/** Where RunPod's own tools look for the key. */
const usualName = "RUNPOD_API_KEY";

/** With these Claude Code logs in. */
const agentLogins: readonly string[] = [
  "ANTHROPIC_API_KEY",
  "ANTHROPIC_AUTH_TOKEN",
  "ANTHROPIC_CUSTOM_HEADERS",
  "ANTHROPIC_FOUNDRY_API_KEY",
  "AWS_BEARER_TOKEN_BEDROCK",
  "CLAUDE_CODE_OAUTH_TOKEN",
];

/** Whoever has these speaks to the service manager in the daemon's name. */
const supervisor: readonly string[] = ["NOTIFY_SOCKET", "WATCHDOG_PID", "WATCHDOG_USEC"];

/** A shorter key would be found in values that have nothing to do with it. */
const shortestKey = 6;

/**
 * Secrets go to nobody who does not need them, by whatever name they stand there, and programs are
 * looked for in no folder that depends on where we are.
 */
export function changesFor(
  trust: Command["trust"],
  { outer, apiKey, apiKeyNames, secretNames = [] }: Environment,
): Changes {
  const holdsKey = (value: string | undefined): boolean =>
    apiKey.length >= shortestKey && value?.includes(apiKey) === true;
  const withheld = [
    usualName,
    ...apiKeyNames,
    ...secretNames,
    ...supervisor,
    ...(trust === "agent" ? [] : agentLogins),
    ...Object.keys(outer).filter((name) => holdsKey(outer[name])),
  ];
  const path = outer["PATH"];
  return {
    env: {
      ...(path !== undefined && { PATH: absoluteOnly(path) }),
      ...(trust !== undefined && { [usualName]: apiKey }),
    },
    unsetEnv: [...new Set(withheld)],
  };
}

/** The entries of a PATH that mean the same wherever we are. */
export function absoluteOnly(path: string): string {
  return path
    .split(delimiter)
    .filter((folder) => isAbsolute(folder))
    .join(delimiter);
}
