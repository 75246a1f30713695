import type { OpenPlace } from "#output/place.ts";
import type { Paces } from "#paces.ts";
import type { OwnProgram } from "#ports.ts";

/** What a command gets from the executable. */
export interface Context {
  readonly env: NodeJS.ProcessEnv;
  readonly program: OwnProgram;
  readonly paces: Paces;
  /** Writes lines for people to standard output: on a terminal they break at spaces, to fit it. */
  readonly print: (text: string) => void;
  /** Writes what programs read, as it is. */
  readonly printData: (text: string) => void;
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  /** Where the daemon's log goes: neither ever holds it up. */
  readonly openLogFile: (path: string) => Promise<OpenPlace>;
  readonly openStderr: () => Promise<OpenPlace>;
  /** Whether standard error is systemd's journal, which takes a priority with each line. */
  readonly isJournal: boolean;
  /** The result is asked for as JSON, and what goes to standard error is a JSON object a line. */
  readonly isJson: boolean;
  /** The size of the terminal that standard output is; undefined when it is none. */
  readonly screen: () => Screen | undefined;
  /** Aborted by SIGINT and SIGTERM. */
  readonly interrupted: AbortSignal;
  /**
   * Calls back with each error that nobody has caught, from now on, and the process goes on; without a
   * listener it says so and exits.
   */
  readonly onStray: (listener: (error: unknown) => void) => void;
  /** Calls back at each SIGHUP from now on. */
  readonly onHangup: (listener: () => void) => void;
  /** Says on standard error why the command ends, for one that has more to do before; it is not said again. */
  readonly sayWhy: (error: unknown) => void;
  /** Keeps these out of whatever the executable itself still says. */
  readonly hide: (secrets: readonly string[]) => void;
  /** Takes what was hidden out of a text. */
  readonly redact: (text: string) => string;
}

export interface Screen {
  readonly columns: number;
  readonly rows: number;
}

export interface GlobalOptions {
  /** Its path; that of an account's config is the one in the folder of accounts. */
  readonly config: string;
  readonly verbose: boolean;
}
