import type { Settings } from "#config/settings.ts";
import type { Runner } from "#ports.ts";
import { discreetRunner } from "#process/discreet-runner.ts";
import { createRunner } from "#process/runner.ts";
import type { Context } from "#terminal/context.ts";

/** What a command of ours starts programs with: they get what the daemon would give them. */
export function runnerFor(
  { apiKey, apiKeyNames, secretNames }: Settings,
  { env, paces, redact }: Pick<Context, "env" | "paces" | "redact">,
): Runner {
  return discreetRunner(createRunner(paces.programEnd), () => {
    return { outer: env, apiKey, apiKeyNames, secretNames, redact };
  });
}
