import type { ChildProcess } from "node:child_process";

export type Json = Readonly<Record<string, unknown>>;

export type Line = Json & { readonly level: string; readonly msg: string };

/** The executable at work, in a process of its own or in this one. */
export interface Running {
  /** Of this process, where it runs in this one. */
  readonly pid: number;
  readonly lines: readonly Line[];
  stdout(): string;
  /** Waits for the first log line with this message and these facts, already said or to come. */
  said(message: string, facts?: Json): Promise<Line>;
  signal(name: NodeJS.Signals): void;
  readonly ended: Promise<Ended>;
}

export interface Ended {
  /** The exit code, or the signal that ended it. */
  readonly by: number | NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly lines: readonly Line[];
}

/** A bound for what never comes, and not a measure: busy machines are slow. */
export const patienceMs = 150_000;

/** What somebody says, piece by piece, and who waits for it. */
export interface Heard extends Pick<Running, "lines" | "stdout" | "said"> {
  readonly onStdout: (text: string) => void;
  readonly onStderr: (text: string) => void;
  readonly end: (by: Ended["by"]) => Ended;
}

export function createHeard(): Heard {
  const lines: Line[] = [];
  const waiting = new Set<() => void>();
  let stdout = "";
  let stderr = "";
  let partOfALine = "";
  let hasEnded = false;
  const lookAgain = (): void => {
    for (const look of waiting) look();
  };
  return {
    lines,
    stdout: () => stdout,
    onStdout(text) {
      stdout += text;
    },
    onStderr(text) {
      stderr += text;
      const whole = (partOfALine + text).split("\n");
      partOfALine = whole.pop() ?? "";
      lines.push(...whole.flatMap(lineIn));
      lookAgain();
    },
    end(by) {
      hasEnded = true;
      lookAgain();
      return { by, stdout, stderr, lines };
    },
    said: (message, facts = {}) =>
      new Promise((resolve, reject) => {
        const settle = (): void => {
          clearTimeout(limit);
          waiting.delete(look);
        };
        const giveUp = (why: string): void => {
          settle();
          reject(
            new Error(`"${message}" ${JSON.stringify(facts)} was not said ${why}:\n${stderr}`),
          );
        };
        const look = (): void => {
          const found = lines.find((line) => line.msg === message && hasFacts(line, facts));
          if (found !== undefined) {
            settle();
            resolve(found);
          } else if (hasEnded) giveUp("before the end");
        };
        const limit = setTimeout(() => giveUp("in time"), patienceMs);
        waiting.add(look);
        look();
      }),
  };
}

/** What a process says until its end. */
export function follow(child: ChildProcess): Running {
  const { lines, stdout, said, onStdout, onStderr, end } = createHeard();
  child.stdout?.setEncoding("utf8").on("data", onStdout);
  child.stderr?.setEncoding("utf8").on("data", onStderr);
  const ended = new Promise<Ended>((resolve) => {
    child.once("close", (code, signal) => resolve(end(code ?? signal)));
  });
  const signal: Running["signal"] = (name) => void child.kill(name);
  return { pid: child.pid ?? 0, lines, stdout, said, signal, ended };
}

/** The executable's last words are for people; all else on a pipe is JSON. */
function lineIn(text: string): readonly Line[] {
  return text.startsWith("{") ? [JSON.parse(text) as Line] : [];
}

function hasFacts(line: Line, facts: Json): boolean {
  return Object.entries(facts).every(([name, value]) => line[name] === value);
}
