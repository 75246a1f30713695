import type { Ran } from "#ports.ts";
import { changesFor } from "#process/child-environment.ts";
import { ranOutcome } from "#process/outcome.ts";
import type { ServiceDeps } from "./deps.ts";
import type { Machine } from "./machine.ts";

/** For what only asks or switches; a start has its own limit. */
const limitMs = 15_000;
const keepStdoutBytes = 16_384;

export const interrupted = "interrupted";

export interface Answer {
  readonly isDone: boolean;
  readonly stdout: string;
  /** How it ended, in words. */
  readonly because: string;
}

/** Asks a service manager. Never throws, and comes back in any case. */
export type Ask = (
  argv: readonly string[],
  options?: { readonly timeLimitMs?: number; readonly evenWhenInterrupted?: boolean },
) => Promise<Answer>;

export function askerFor({ runner, env, signal }: ServiceDeps, machine: Machine): Ask {
  const { runtimeFolder } = machine;
  const path = env["PATH"];
  const given = {
    ...(path !== undefined && { PATH: path }),
    // A shell without a login session has none of its own.
    ...(runtimeFolder !== undefined && { XDG_RUNTIME_DIR: runtimeFolder }),
  };
  // Secrets are none of its business.
  const { unsetEnv } = changesFor(undefined, { outer: env, apiKey: "", apiKeyNames: [] });
  const never = new AbortController().signal;
  return async (argv, { timeLimitMs = limitMs, evenWhenInterrupted = false } = {}) => {
    const ran = await runner.run(
      { argv, env: given, unsetEnv, keepStdoutBytes, timeLimitMs },
      evenWhenInterrupted ? never : signal,
    );
    const outcome = ranOutcome(ran, timeLimitMs);
    const stdout = stdoutOf(ran);
    if (outcome === "interrupted") return { isDone: false, stdout, because: interrupted };
    return { isDone: outcome.kind === "done", stdout, because: wordsAlone(outcome.because) };
  };
}

function stdoutOf(ran: Ran): string {
  return ran.kind === "exited" ? (ran.stdout ?? "").trim() : "";
}

/** What the program itself says is enough, where it says something; it is part of a sentence. */
function wordsAlone(because: string): string {
  return because.replace(/^exit \d+ after [\d.]+ s: /, "").replace(/\.$/, "");
}
