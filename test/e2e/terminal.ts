import { spawn } from "node:child_process";
import { stripVTControlCharacters } from "node:util";
import type { TestContext } from "vitest";
import { wordsOf } from "#errors.ts";
import { fastCli, type Guard, until } from "./guard.ts";

/** A real terminal with the executable in it, and somebody who reads and types. */
export interface Terminal {
  /** All that was shown, without what moves the cursor. */
  readonly shown: () => string;
  readonly press: (keys: string) => void;
  /** Waits until this is shown behind all that was waited for before. */
  readonly sees: (words: string) => Promise<void>;
  /** The exit code of the executable. */
  readonly ended: Promise<number | null>;
  /** The terminal goes away, as a window that is closed. */
  readonly hangUp: () => void;
}

export function inTerminal(
  guard: Pick<Guard, "folder">,
  words: readonly string[],
  { onTestFinished }: TestContext,
  { env = {}, columns = 80 }: { env?: NodeJS.ProcessEnv; columns?: number } = {},
): Terminal {
  const command = [...fastCli(), ...words].map((word) => `'${word}'`).join(" ");
  const child = spawn(
    "/usr/bin/script",
    [
      "--quiet",
      "--return",
      "--command",
      `stty cols ${columns} rows 40; exec ${command}`,
      "/dev/null",
    ],
    {
      cwd: guard.folder,
      env: {
        HOME: guard.folder,
        PATH: process.env["PATH"],
        TERM: "xterm",
        SHELL: "/bin/sh",
        ...env,
      },
      stdio: ["pipe", "pipe", "ignore"],
    },
  );
  onTestFinished(() => void child.kill("SIGKILL"));
  let raw = "";
  let seenUpTo = 0;
  child.stdout.setEncoding("utf8").on("data", (text: string) => (raw += text));
  const shown = (): string => stripVTControlCharacters(raw).replaceAll("\r", "");
  return {
    shown,
    press: (keys) => void child.stdin.write(keys),
    sees: async (expected) => {
      try {
        const at = await until(`"${expected}"`, () => {
          const found = shown().indexOf(expected, seenUpTo);
          return found < 0 ? undefined : found + 1;
        });
        seenUpTo = at - 1 + expected.length;
      } catch (error) {
        throw new Error(`${wordsOf(error)}; shown was:\n${shown().slice(-2_000)}`, {
          cause: error,
        });
      }
    },
    ended: new Promise((resolve) => child.once("close", resolve)),
    hangUp: () => void child.kill("SIGKILL"),
  };
}

export const keys = {
  enter: "\r",
  up: "\u001b[A",
  space: " ",
  ctrlC: "\u0003",
  ctrlD: "\u0004",
  /** Empties a line. */
  ctrlU: "\u0015",
} as const;
