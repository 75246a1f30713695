/** Where lines go: a file, a terminal, a pipe. Taking a line never waits and never throws. */
export interface Place {
  /** The line brings its own line end. */
  write(line: string): void;
  /** Resolves when all has arrived that was written, or at the limit without it. */
  finish(limitMs: number): Promise<void>;
}

/** What a place tells of itself, as often as it likes. */
export interface PlaceHooks {
  readonly onFault: (because: string) => void;
  /** Something has arrived. */
  readonly onSound: () => void;
  /** A file of another program stood where the log is to be, and was moved there. */
  readonly onSetAside?: (to: string) => void;
  /** A line in the place of those that were dropped, the oldest first, because too many waited. */
  readonly lostLine: (count: number) => string;
}

export type OpenPlace = (hooks: PlaceHooks) => Place;

/** How long a place may take nothing before that is a fault. */
export const silentLimitMs = 30_000;
