import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { buildSync } from "esbuild";
import { afterAll } from "vitest";

/** How a program that a test started ended. */
interface Ended {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export type StartChild = (
  args: readonly string[],
  launcher?: readonly string[],
) => { readonly pid: number; readonly ended: Promise<Ended> };

/** No file may become longer: the shell's limit, in 512 bytes, stands in for a full disk. */
export const withFilesUpTo = (blocks: number): readonly string[] => [
  "sh",
  "-c",
  `ulimit -f ${blocks}; exec "$@"`,
  "sh",
];

/** Makes a program of one of the files of this folder, to be run in processes of its own. */
export function childProgram(name: string): StartChild {
  const folder = mkdtempSync(join(tmpdir(), "runpodboss-test-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const outfile = join(folder, "program.mjs");
  const entryPoints = [join(import.meta.dirname, `${name}.ts`)];
  buildSync({ bundle: true, format: "esm", platform: "node", entryPoints, outfile });

  return (args, launcher = ["/usr/bin/env"]) => {
    const [program = "", ...rest] = [...launcher, process.execPath, outfile, ...args];
    const child = spawn(program, rest, { stdio: ["ignore", "pipe", "pipe"] });
    const ended = Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, "close") as Promise<[number | null, NodeJS.Signals | null]>,
    ]).then(([stdout, stderr, [code, signal]]) => ({ stdout, stderr, code, signal }));
    return { pid: child.pid ?? 0, ended };
  };
}
