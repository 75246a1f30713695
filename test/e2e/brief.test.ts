import { describe, expect, it } from "vitest";
import { at, guardWith, heardBy, type Json } from "./guard.ts";

const hourMs = 3_600_000;

/** Balances of the last two days, one in ten minutes, at $2/h. */
function samples(nowMs: number, balanceUsd: number): string {
  return Array.from({ length: 2 * 24 * 6 }, (_, n) => {
    const agoHours = 48 - n / 6;
    return `${JSON.stringify({
      timestamp: new Date(nowMs - agoHours * hourMs).toISOString(),
      balance_usd: balanceUsd + 2 * agoHours,
      burn_per_hr_usd: 2,
    })}\n`;
  }).join("");
}

const trainer = { id: "p1", name: "trainer", costPerHrUsd: 2 };

describe.concurrent("runpodboss brief", () => {
  it("says what was spent, what is left and what runs, without a key of the config", async (test) => {
    const guard = await guardWith(test, { balanceUsd: 40, pods: [trainer] });
    guard.write("samples.jsonl", samples(Date.now(), 40));

    const { by, stdout } = await guard.command("brief");

    expect(by).toBe(0);
    expect(stdout).toMatch(
      /^Brief of \w{3} \d+ \w{3}\nSpent yesterday \(\w{3} \d+ \w{3}\): \$4[68]\./,
    );
    expect(stdout).toContain("Balance: $40.00, burning $2.00/h\nHours left: 20.0, until about ");
    expect(stdout).toContain("Stopped in the last 24 h: nothing by the guard\n");
    expect(stdout).toContain("Running: 1 pod, $2.00/h: trainer (p1) $2.00/h\n");
    expect(stdout).toContain("Trouble: the daemon is NOT RUNNING, nothing is guarded");
  });

  it("says the same as data", async (test) => {
    const guard = await guardWith(test, { balanceUsd: 40, pods: [trainer] });

    const { stdout } = await guard.command("brief", "--json");

    expect(JSON.parse(stdout) as Json).toMatchObject({
      error: null,
      spent_yesterday: { usd: null, paid_in_usd: 0, unseen_minutes: 1_440 },
      balance_usd: 40,
      hours_left: 20,
      running: [{ id: "p1", name: "trainer", cost_per_hr_usd: 2 }],
    });
  });

  it("exits with 2 when RunPod cannot be reached, and says what is known all the same", async (test) => {
    const guard = await guardWith(test, { config: at("http://127.0.0.1:9/") });
    guard.write("samples.jsonl", samples(Date.now(), 40));

    const { by, stdout, stderr } = await guard.command("brief");

    expect(by).toBe(2);
    expect(stdout).toMatch(/Spent yesterday .*: \$4[678]\..*\nBalance: unknown, the poll failed\n/);
    expect(stdout).toContain("Running: unknown\n");
    expect(stderr).toContain("could not be reached");
  });
});

describe.concurrent("the daemon's brief", () => {
  const brief = { at: "00:00", timezone: "UTC" };

  it("is told once a day, in one line to a notify command, and over a restart no second time", async (test) => {
    const guard = await guardWith(test, {
      balanceUsd: 40,
      pods: [trainer],
      notify: "",
      config: { brief },
    });
    guard.write("state.json", JSON.stringify({ fired: {}, briefedDay: "2026-01-01" }));
    const first = guard.watch();
    // Cut off before, it would be told again.
    await first.said("notify command done", { event: "brief" });
    first.signal("SIGTERM");
    await first.ended;

    const second = guard.watch();
    await second.said("polled", { cycle: 4 });
    second.signal("SIGTERM");
    await second.ended;

    expect(heardBy(guard)).toEqual([
      expect.stringMatching(
        /^brief: Spent yesterday .*\. Balance: \$40\.00, burning .*\. Running: 1 pod/,
      ),
    ]);
  });

  it("is given by a single poll as well", async (test) => {
    const guard = await guardWith(test, { balanceUsd: 40, notify: "", config: { brief } });
    guard.write("state.json", JSON.stringify({ fired: {}, briefedDay: "2026-01-01" }));

    await guard.watch("--once").ended;
    await guard.watch("--once").ended;

    expect(heardBy(guard)).toEqual([expect.stringMatching(/^brief: /)]);
  });

  it("waits for tomorrow where its time was over before the first start", async (test) => {
    const guard = await guardWith(test, { balanceUsd: 40, notify: "", config: { brief } });

    await guard.watch("--once").ended;

    expect(heardBy(guard)).toEqual([]);
  });
});
