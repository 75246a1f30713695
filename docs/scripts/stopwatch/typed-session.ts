import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as pause } from "node:timers/promises";
import { stripVTControlCharacters } from "node:util";

const lookEveryMs = 20;

/** A program on a terminal of its own, and somebody who reads and types there. */
export interface TypedSession {
  /** Waits until this stands there, below what was waited for last. Gives the text up to it. */
  reads(words: RegExp, limitMs: number): Promise<string>;
  types(keys: string): void;
  /** Resolves to the exit code. */
  readonly ended: Promise<number>;
  /** All that was shown, without what moves the cursor. */
  shown(): string;
}

export function startSession(
  command: string,
  { cwd, env }: { readonly cwd: string; readonly env: Readonly<Record<string, string>> },
): TypedSession {
  const inside = `stty rows 50 cols 100; ${command}`;
  const child = spawn("script", ["-qefc", inside, "/dev/null"], { cwd, env });
  let all = "";
  let read = 0;
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => (all += chunk));
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => (all += chunk));
  const shown = (): string => stripVTControlCharacters(all).replaceAll("\r", "");
  let isOver = false;
  const ended = once(child, "close").then(([code]) => {
    isOver = true;
    return Number(code);
  });
  return {
    ended,
    shown,
    types: (keys) => void child.stdin.write(keys),
    async reads(words, limitMs) {
      for (const giveUpAtMs = performance.now() + limitMs; ; await pause(lookEveryMs)) {
        const fresh = shown().slice(read);
        const found = words.exec(fresh);
        if (found !== null) {
          read += found.index + found[0].length;
          return fresh.slice(0, found.index + found[0].length);
        }
        if (isOver || performance.now() > giveUpAtMs) {
          child.kill();
          throw new Error(`waited in vain for ${String(words)}; it showed:\n${fresh}`);
        }
      }
    },
  };
}
