import { fstatSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { OpenPlace } from "./place.ts";
import type { Target } from "./place-apart.ts";
import { terminalStream } from "./terminal-stream.ts";

export interface Outputs {
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  readonly openStderr: () => Promise<OpenPlace>;
  readonly openLogFile: (path: string) => Promise<OpenPlace>;
}

/** The program that writes for us. It stands beside whatever this is bundled into. */
const writer = fileURLToPath(
  new URL(
    import.meta.url.endsWith(".ts") ? "./log-writer.ts" : "./log-writer.mjs",
    import.meta.url,
  ),
);

/**
 * What a process says, on its way to where nothing can hold it up. Pipes and sockets take what they
 * can without waiting, and so do terminals that can be opened anew; what is left is written apart.
 */
export function outputsOf({ stdout, stderr, execPath }: NodeJS.Process): Outputs {
  const apart = async (target: Target): Promise<OpenPlace> => {
    const { createPlaceApart } = await import("./place-apart.ts");
    return (hooks) => createPlaceApart(target, hooks, { argv: [execPath, writer] });
  };
  const terminal = stderr.isTTY ? terminalStream(stderr.fd, stderr) : undefined;
  const mayHold = terminal === undefined && (stderr.isTTY || isFile(stderr.fd));
  return {
    stdout: (stdout.isTTY ? terminalStream(stdout.fd, stdout) : undefined) ?? stdout,
    stderr: terminal ?? stderr,
    async openStderr() {
      if (mayHold) return apart({ fd: stderr.fd });
      const { createStreamPlace } = await import("./stream-place.ts");
      return (hooks) => createStreamPlace(terminal ?? stderr, hooks);
    },
    openLogFile: (path) => apart({ path }),
  };
}

function isFile(fd: number): boolean {
  try {
    return fstatSync(fd).isFile();
  } catch {
    return false;
  }
}
