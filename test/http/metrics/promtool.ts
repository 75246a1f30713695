import { spawnSync } from "node:child_process";

interface Ran {
  readonly status: number | null;
  readonly output: string;
}

/** Debian's `prometheus` package has it. */
export const hasPromtool = spawnSync("promtool", ["--version"]).error === undefined;

/** Runs Prometheus's own checker, and gives all that it printed. */
export function promtool(args: readonly string[], stdin = ""): Ran {
  const { status, stdout, stderr } = spawnSync("promtool", args, {
    input: stdin,
    encoding: "utf8",
    timeout: 60_000,
  });
  return { status, output: `${stdout}${stderr}` };
}
