/** Lines that wait, the oldest first. */
export interface Backlog {
  add(line: string): void;
  /** Takes the next line out; for lines that were dropped before it, the one that says so. */
  next(): string | undefined;
  /** Lines that were taken and have to be taken again. */
  putBack(lines: readonly string[]): void;
  isEmpty(): boolean;
}

export interface BacklogLimits {
  readonly mostLines?: number;
  readonly mostLetters?: number;
}

/** A backlog that holds so much at most: the oldest lines are dropped for new ones, and counted. */
export function createBacklog(
  lostLine: (count: number) => string,
  { mostLines = 10_000, mostLetters = 2_000_000 }: BacklogLimits = {},
): Backlog {
  let lines: string[] = [];
  let letters = 0;
  let lost = 0;

  function trim(): void {
    let excess = 0;
    while (lines.length - excess > mostLines || (letters > mostLetters && lines.length > excess)) {
      letters -= lines[excess]?.length ?? 0;
      excess += 1;
    }
    if (excess === 0) return;
    lines = lines.slice(excess);
    lost += excess;
  }

  return {
    add(line) {
      lines.push(line);
      letters += line.length;
      trim();
    },
    next() {
      if (lost > 0) {
        const count = lost;
        lost = 0;
        return lostLine(count);
      }
      const line = lines.shift();
      letters -= line?.length ?? 0;
      return line;
    },
    putBack(again) {
      lines = [...again, ...lines];
      for (const line of again) letters += line.length;
      trim();
    },
    isEmpty: () => lines.length === 0 && lost === 0,
  };
}
