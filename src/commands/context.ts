/** What a command gets from the executable. */
export interface Context {
  readonly env: NodeJS.ProcessEnv;
  /** Writes one line to standard output. */
  readonly print: (line: string) => void;
  readonly stderr: NodeJS.WriteStream;
  /** Aborted by SIGINT and SIGTERM. */
  readonly interrupted: AbortSignal;
  /** Calls back at each SIGHUP from now on. */
  readonly onHangup: (listener: () => void) => void;
  /** Keeps these out of whatever the executable itself still says. */
  readonly hide: (secrets: readonly string[]) => void;
  /** Takes what was hidden out of a text. */
  readonly redact: (text: string) => string;
}

export interface GlobalOptions {
  readonly config: string;
  readonly verbose: boolean;
}
