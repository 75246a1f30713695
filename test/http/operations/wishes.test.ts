import { mkdirSync, rmSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { calendarOf } from "#calendar/calendar-of.ts";
import { leaseFileOf } from "#store/paths.ts";
import { daemonWith } from "./daemon.ts";

const config = {
  budgets: [{ name: "daily", usd: 1, per: "day", action: "notify", freeze: true }],
  schedules: [{ name: "evening", cron: "0 19 * * *", pods: ["dev-*"], action: "stop" }],
};

type Daemon = Awaited<ReturnType<typeof daemonWith>>;

async function nextOf(daemon: Daemon): Promise<number> {
  const { moments } = await calendarOf(daemon.live.settings).momentsAt(Date.now());
  return moments.schedules["evening"]?.nextMs ?? 0;
}

/** The balance has fallen by more than the budget allows. */
async function spent(daemon: Daemon): Promise<void> {
  const { moments } = await calendarOf(daemon.live.settings).momentsAt(Date.now());
  daemon.take({ kind: "moments", moments });
  const seen = daemon.state().lastSeen;
  if (seen === undefined) throw new Error("it was polled");
  const at = (agoMs: number, balanceUsd: number) =>
    daemon.take({ kind: "look", look: { ...seen, atMs: Date.now() - agoMs, balanceUsd } });
  at(60_000, 50);
  at(0, 40);
}

describe("a schedule that is skipped on the page", () => {
  it("is passed over at its next moment, is recorded, and the guard knows it at once", async () => {
    const daemon = await daemonWith({ config });
    const nextMs = await nextOf(daemon);

    const done = await daemon.operations.skip("evening", "on the page");

    expect(done).toMatchObject({ name: "evening", until: new Date(nextMs).toISOString() });
    expect(done.words).toMatch(/^Schedule evening is passed over at .*: no pod is stopped then$/);
    expect(daemon.state().leaseBook).toMatchObject({ skippedMs: { evening: nextMs } });
    expect(await daemon.history()).toMatchObject([
      { type: "skip", because: expect.stringMatching(/on the page$/) },
    ]);
    expect(daemon.wishes()).toBe(1);
  });

  it("twice is refused the second time", async () => {
    const daemon = await daemonWith({ config });
    await daemon.operations.skip("evening", "on the page");

    await expect(daemon.operations.skip("evening", "over the API")).rejects.toMatchObject({
      refusal: "conflict",
      message: expect.stringContaining("already"),
    });
    expect(await daemon.history()).toHaveLength(1);
  });

  it("by two at once is passed over once", async () => {
    const daemon = await daemonWith({ config });

    const both = await Promise.allSettled([
      daemon.operations.skip("evening", "on the page"),
      daemon.operations.skip("evening", "over the API"),
    ]);

    expect(both.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
  });

  it("in a dry run is said, and nothing is written", async () => {
    const daemon = await daemonWith({ config, dryRun: true });

    const { words } = await daemon.operations.skip("evening", "on the page");

    expect(words).toContain("A dry run: nothing was written");
    expect(await daemon.leases.read()).toEqual({ leases: {}, touchedAtMs: {} });
    expect(await daemon.history()).toEqual([]);
  });

  it.each([["nightly"], ["__proto__"], [""]])("by the name %j is not found", async (name) => {
    const daemon = await daemonWith({ config });

    await expect(daemon.operations.skip(name, "on the page")).rejects.toMatchObject({
      refusal: "not-found",
      hint: "The schedules are: evening",
    });
  });
});

describe("a budget that is lifted on the page", () => {
  it("holds nothing until its next period, is recorded, and the guard knows it at once", async () => {
    const daemon = await daemonWith({ config });
    await spent(daemon);

    const done = await daemon.operations.unfreeze("daily", "over the API");

    expect(done.words).toMatch(/^Budget daily is lifted until /);
    expect(daemon.state().leaseBook).toMatchObject({
      unfrozenAtMs: { daily: expect.any(Number) },
    });
    expect(await daemon.history()).toMatchObject([{ type: "unfreeze" }]);
    expect(daemon.wishes()).toBe(1);
  });

  it("is refused while it holds nothing", async () => {
    const daemon = await daemonWith({ config });

    await expect(daemon.operations.unfreeze("daily", "on the page")).rejects.toMatchObject({
      refusal: "conflict",
      message: expect.stringContaining("is not frozen"),
    });
  });
});

describe("a wish that cannot be kept", () => {
  it("is refused while the daemon ends, and nothing is written", async () => {
    const daemon = await daemonWith({ config });
    daemon.interrupt();

    await expect(daemon.operations.skip("evening", "on the page")).rejects.toMatchObject({
      refusal: "unavailable",
    });
    expect(await daemon.history()).toEqual([]);
  });

  it("is refused where the file cannot be read, with what it says", async () => {
    const daemon = await daemonWith({ config });
    const file = leaseFileOf(daemon.settings.stateFile);
    rmSync(file, { force: true });
    mkdirSync(file);

    await expect(daemon.operations.skip("evening", "on the page")).rejects.toMatchObject({
      refusal: "conflict",
    });
    expect(daemon.wishes()).toBe(0);
  });
});
