import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { apiKey, simulatorWith } from "./ask.ts";

const root = join(import.meta.dirname, "../..");

const load = (percent: number) => ({
  cpuPercent: 1,
  memoryPercent: 1,
  gpuPercents: [percent],
});

it.each(["url", "restUrl"] as const)(
  "the agent of the demo stops what idles over either interface: %s",
  async (face) => {
    const simulator = await simulatorWith({
      pods: [
        { id: "busy", costPerHrUsd: 2, telemetry: load(90) },
        { id: "idle", costPerHrUsd: 1, telemetry: load(0) },
        { id: "silent", costPerHrUsd: 1, telemetry: null },
        { id: "over", costPerHrUsd: 1, status: "EXITED" },
      ],
    });

    const program = ["--import", "tsx", join(root, "src/simulator/stand-in-agent.ts")];
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [...program, simulator[face], apiKey, "stop what idles"],
      { cwd: root },
    );

    expect(stdout).toBe("stopped idle ($1.00/h)\n");
    expect(simulator.account.ended()).toMatchObject([{ podId: "idle", how: "stopped" }]);
  },
);
