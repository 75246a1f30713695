import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { stop } from "#commands/pods/stop.ts";
import type { EndAction } from "#guard/model/account.ts";
import type { NewPod } from "#simulator/pod.ts";
import { startSimulator } from "#simulator/server.ts";
import { readHistory } from "#store/history/history-reading.ts";
import { historyFileOf } from "#store/paths.ts";
import { tempFolder } from "../../temp-folder.ts";
import { createFakeTerminal } from "../../terminal/fake-terminal.ts";

const hourMs = 3_600_000;

/** Runs the command with someone at the terminal, who types this when asked. */
async function stopAnswered(
  typed: string,
  pods: readonly NewPod[],
  action: EndAction = "stop",
  words: readonly string[] = pods.map(({ id }) => String(id)),
) {
  const folder = tempFolder();
  const simulator = await startSimulator({
    apiKey: "a-key-for-tests",
    balanceUsd: 20,
    nowMs: Date.now,
    pods,
  });
  onTestFinished(() => simulator.close());
  const stateFile = join(folder, "state.json");
  const config = join(folder, "config.json");
  writeFileSync(
    config,
    JSON.stringify({
      runpod_url: simulator.url,
      state_file: stateFile,
      claude_command: [],
      thresholds: [{ name: "low", below_usd: 1, prompt: "look" }],
    }),
    { mode: 0o600 },
  );
  const terminal = createFakeTerminal({ columns: 200 });
  if (typed === "Ctrl-C") {
    terminal.onAsked(terminal.interrupt);
  } else terminal.keys.end(typed);
  const options = { config, verbose: false, all: false, yes: false, exact: false };

  const code = await stop(action, words, options, terminal);

  const asked = simulator.queries.filter(({ query }) => /\bmutation\b/.test(query)).length;
  const { records } = await readHistory(historyFileOf(stateFile), 0);
  return { code, asked, records, simulator, terminal };
}

const trainer = (startedAtMs = Date.now() - 2.25 * hourMs): NewPod => ({
  id: "p1",
  name: "trainer",
  costPerHrUsd: 1.49,
  startedAtMs,
});

describe("asked at a terminal", () => {
  it.each([
    ["no", "n\n", 3],
    ["nothing", "\n", 3],
    ["the end of the input", "", 3],
    ["Ctrl-C", "Ctrl-C", 130],
  ])("%s touches nothing", async (_sentence, typed, exitCode) => {
    const { code, asked, records, simulator, terminal } = await stopAnswered(typed, [trainer()]);

    expect({ code, asked, records }).toEqual({ code: exitCode, asked: 0, records: [] });
    expect(simulator.account.pod("p1")?.status).toBe("RUNNING");
    expect(terminal.printed.includes("Cancelled. Nothing was changed.")).toBe(exitCode === 3);
  });

  it("yes stops it, after the cost was shown, with its progress drawn in one line", async () => {
    const { code, records, simulator, terminal } = await stopAnswered("y\n", [trainer()]);

    expect(code).toBe(0);
    expect(simulator.account.pod("p1")?.status).toBe("EXITED");
    // A busy machine is late: some seconds more cost a cent more.
    const printed = terminal.printed.map((line) => line.replaceAll(/(\$3\.3)\d\b/g, "$1x"));
    expect(printed).toEqual([
      `Pods to stop:
  ID  NAME     RATE     UPTIME      COST SO FAR
  p1  trainer  $1.49/h  2 h 15 min  $3.3x        LOSES its container disk; a volume disk stays, and costs`,
      "Stopped pod trainer (p1): ran 2 h 15 min, cost $3.3x; the pod is EXITED; the burn fell from $1.49/h to $0.00/h",
    ]);
    expect(terminal.asked()).toBe("Stop this pod? [y/N] ");
    expect(terminal.told()).toContain("\r\u001b[2K0 of 1 done; p1: asked RunPod to stop it");
    expect(terminal.told()).not.toContain("\n");
    expect(records).toHaveLength(1);
  });

  it("what would be lost is said before anything is", async () => {
    const pods = [trainer(), { id: "p2", costPerHrUsd: 1, networkVolumeId: "volume" }];

    const { code, terminal } = await stopAnswered("n\n", pods, "terminate");

    expect(code).toBe(3);
    expect(terminal.printed[0]).toMatch(/p1 .* LOSES ITS DATA\n.*p2 .* keeps its network volume$/);
    expect(terminal.asked()).toBe("Delete these 2 pods for good? [y/N] ");
  });

  it("a pod named twice is one pod, and asked about once", async () => {
    const { code, asked } = await stopAnswered("y\n", [trainer()], "stop", ["p1", "trainer", "tr"]);

    expect({ code, asked }).toEqual({ code: 0, asked: 1 });
  });
});
