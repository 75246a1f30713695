import type { Paces } from "#paces.ts";
import type { Clock } from "#ports.ts";

/** What the server gets from the command that serves it. */
export interface McpDeps {
  readonly configPath: string;
  readonly env: NodeJS.ProcessEnv;
  readonly paces: Paces;
  readonly clock: Clock;
  /** Keeps these out of all that is answered and said from now on. */
  readonly hide: (secrets: readonly string[]) => void;
  readonly redact: (text: string) => string;
  /** Says a line to whoever reads standard error. */
  readonly say: (line: string) => void;
}
