import type { OwnProgram, Runner } from "#ports.ts";
import type { Machine } from "./machine.ts";

/** What the installation of a service is handed. */
export interface ServiceDeps {
  readonly runner: Runner;
  readonly env: NodeJS.ProcessEnv;
  readonly program: OwnProgram;
  readonly platform: NodeJS.Platform;
  /** Aborted, it takes back what it had begun. */
  readonly signal: AbortSignal;
  /** This machine, as it is read unless given. */
  readonly machine?: Machine;
  /**
   * Puts back the config and the key of the guard that ran before; called before that is started again.
   * Gives what could not be put back, as what to do by hand.
   */
  readonly putBack?: () => Promise<readonly string[]>;
  /** Between two tries of what needs a moment; a second unless given. */
  readonly pause?: () => Promise<void>;
}
