import type { Fault } from "#config/reading/explain.ts";
import type { MissingSecret } from "#config/settings.ts";
import type { FoundSecrets } from "./found-secrets.ts";
import { holdersOf } from "./holders.ts";

/** What a part of the config gives beside its settings: of the channels, of the page. */
export interface PartOfConfig {
  /** What must be shown nowhere. */
  readonly secrets: readonly string[];
  /** The files that hold secrets: nothing of ours may be written over them. */
  readonly files: readonly string[];
  /** The variables that hold secrets: no program needs them. */
  readonly variables: readonly string[];
  /** Beside those that the schema finds. */
  readonly faults: readonly Fault[];
  /** Of what is right but for a secret that is not there now. */
  readonly missing: readonly MissingSecret[];
  readonly warnings: readonly string[];
}

/** The same of the secrets that were found in it, each once; whose they are is for the part to say. */
export function partOf(found: FoundSecrets, env: NodeJS.ProcessEnv): Omit<PartOfConfig, "missing"> {
  return {
    secrets: [...new Set(found.hidden)],
    files: [...new Set(found.files)],
    variables: [...new Set([...found.variables, ...holdersOf(found, env)])],
    faults: found.faults,
    warnings: [...new Set(found.warnings)],
  };
}

export function missingOf(
  { missing }: Pick<FoundSecrets, "missing">,
  whose: Pick<MissingSecret, "of" | "without">,
): readonly MissingSecret[] {
  return missing.map((fault) => ({ ...fault, ...whose }));
}
