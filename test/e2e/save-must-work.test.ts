import { describe, expect, it } from "vitest";
import { endsAskedOf, failing, looksOf, told, until } from "./guard.ts";
import { guardAt } from "./set-time.ts";

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const noonMs = Date.UTC(2026, 2, 10, 12);

describe.concurrent("before_stop_must_succeed", () => {
  it("puts a stop off while the save fails, tells so, and only the hard timeout ends the pod without it", async (test) => {
    const pod = {
      id: "p1",
      name: "trainer",
      costPerHrUsd: 1,
      startedAtMs: noonMs - 2 * hourMs,
      telemetry: { cpuPercent: 0, memoryPercent: 2, gpuPercents: [0] },
    };
    const guard = await guardAt(test, noonMs, () => ({
      notify: "",
      balanceUsd: 100,
      pods: [pod],
    }));
    guard.configure({
      claude_command: [],
      guards: {
        warn_minutes: 0,
        before_stop_command: guard.program("save", failing(3)),
        before_stop_must_succeed: true,
        idle: { after_minutes: 0.01, boot_grace_minutes: 0, action: "stop" },
        hard_timeout: { hours: 3, action: "stop" },
      },
    });
    const { account } = guard.simulator;
    guard.watch();

    await told(
      guard,
      /trainer \(p1\).*before_stop_command failed \(exit 3 after [^)]*\), so it runs on until that works, at most until its hard timeout/,
    );
    await polledOn();
    expect([account.pod("p1")?.status, endsAskedOf(guard)]).toEqual(["RUNNING", []]);

    guard.sleepUntil(noonMs + hourMs + minuteMs);
    await until("the stop", () => account.pod("p1")?.status === "EXITED");
    // By then the end for idleness that was put off may go first.
    await told(
      guard,
      /stopped pod trainer \(p1\): (?:hard timeout after 3 h|idle for ).*before_stop_command failed: exit 3 /,
    );

    expect(endsAskedOf(guard)).toEqual(["p1"]);

    async function polledOn(): Promise<void> {
      const before = looksOf(guard).length;
      await until("more polls", () => looksOf(guard).length >= before + 4);
    }
  });
});
