import { describe, expect, it, type TestContext } from "vitest";
import type { NewPod } from "#simulator/pod.ts";
import { endsAskedOf, heardBy, type Json, told, until, looksOf } from "./guard.ts";
import { guardAt, type GuardInTime } from "./set-time.ts";

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
/** A Tuesday, and the moment of the schedule. */
const sevenMs = Date.UTC(2026, 2, 10, 19);
const evening = { name: "evening", cron: "0 19 * * *", timezone: "UTC", pods: ["dev-*"] };

const pod = (id: string, name: string, startedAtMs: number): NewPod => ({
  id,
  name,
  costPerHrUsd: 1,
  startedAtMs,
});

/** Two pods that the schedule is for, one of them protected, and one that it is not for. */
function guardFrom(test: TestContext, startMs: number, config: Json = {}): Promise<GuardInTime> {
  return guardAt(test, startMs, () => ({
    notify: "",
    balanceUsd: 500,
    pods: [
      pod("d1", "dev-a", startMs - hourMs),
      pod("k1", "dev-keep", startMs - hourMs),
      pod("o1", "other", startMs - hourMs),
    ],
    config: {
      thresholds: [{ name: "last", below_usd: 0.01, prompt: "-" }],
      protect: ["*-keep"],
      guards: { warn_minutes: 15 },
      schedules: [evening],
      ...config,
    },
  }));
}

const statusOf = ({ simulator }: GuardInTime, id = "d1") => simulator.account.pod(id)?.status;
const stopped = (guard: GuardInTime): Promise<unknown> =>
  until("the pod is stopped", () => statusOf(guard) === "EXITED");
/** Four more polls were answered: what the first of them showed was decided on, and told. */
async function polledOn(guard: GuardInTime): Promise<void> {
  const before = looksOf(guard).length;
  await until("more polls", () => looksOf(guard).length >= before + 4);
}

/** The machine slept until then, and it is known again which runs those are. */
async function wokenAt(guard: GuardInTime, atMs: number): Promise<void> {
  guard.sleepUntil(atMs);
  await polledOn(guard);
  await until("the runs are known", () => guard.runs()?.includes("unsureSinceMs") === false);
}

describe.concurrent("a schedule", () => {
  it("warns, stops at its time what ran before, and leaves alone who starts it again until the next time", async (test) => {
    const guard = await guardFrom(test, sevenMs - 20 * minuteMs);
    guard.watch();
    await polledOn(guard);
    expect(heardBy(guard)).toEqual([]);

    await wokenAt(guard, sevenMs - 15 * minuteMs);
    await told(guard, /^schedule: pod dev-a \(d1\) will be stopped in 15 min/);
    await wokenAt(guard, sevenMs - minuteMs);
    expect(statusOf(guard)).toBe("RUNNING");
    guard.sleepUntil(sevenMs + minuteMs);
    await stopped(guard);
    await told(guard, /^schedule: stopped pod dev-a \(d1\): schedule evening\./);

    guard.simulator.account.resumePod("d1");
    await polledOn(guard);
    await wokenAt(guard, sevenMs + 40 * minuteMs);
    expect(statusOf(guard)).toBe("RUNNING");
    expect(heardBy(guard)).toHaveLength(2);

    await wokenAt(guard, sevenMs + dayMs - 15 * minuteMs);
    guard.sleepUntil(sevenMs + dayMs + minuteMs);
    await stopped(guard);
    await polledOn(guard);

    expect(endsAskedOf(guard)).toEqual(["d1", "d1"]);
    expect([statusOf(guard, "k1"), statusOf(guard, "o1")]).toEqual(["RUNNING", "RUNNING"]);
    expect(heardBy(guard).join("\n")).not.toMatch(/keep|other/);
  });

  it("is passed over where a person says so to a daemon that watches, that once", async (test) => {
    const guard = await guardFrom(test, sevenMs - 2 * hourMs);
    guard.watch();
    await polledOn(guard);

    const skipped = await guard.command("skip", "evening");
    const { stdout } = await guard.command("status");
    await wokenAt(guard, sevenMs - 10 * minuteMs);
    await wokenAt(guard, sevenMs + minuteMs);
    await wokenAt(guard, sevenMs + 30 * minuteMs);

    expect(skipped).toMatchObject({ by: 0, stderr: "" });
    expect(skipped.stdout).toBe(
      "Schedule evening is passed over at 2026-03-10 19:00:00: no pod is stopped then\n",
    );
    expect(stdout).toMatch(
      /evening {2}2026-03-10 19:00:00 \(in (?:2 h 0|1 h 59) min\) is PASSED OVER\n/,
    );
    expect(statusOf(guard)).toBe("RUNNING");
    expect(heardBy(guard)).toEqual([]);

    await wokenAt(guard, sevenMs + dayMs - 15 * minuteMs);
    guard.sleepUntil(sevenMs + dayMs + minuteMs);
    await stopped(guard);
    expect(endsAskedOf(guard)).toEqual(["d1"]);
  });
});

describe.concurrent("a schedule that came while nobody was there", () => {
  it.for<[string, boolean]>([
    ["the machine slept", true],
    ["the daemon was not running", false],
  ])(
    "is done 20 minutes late, and 2 hours late passed over: %s",
    async ([_sentence, sleeps], test) => {
      const guard = await guardFrom(test, sevenMs - 2 * hourMs, { guards: { warn_minutes: 0 } });
      let running = guard.watch();
      await polledOn(guard);
      async function awayUntil(atMs: number): Promise<void> {
        if (sleeps) return guard.sleepUntil(atMs);
        running.signal("SIGTERM");
        await running.ended;
        guard.sleepUntil(atMs);
        running = guard.watch();
      }

      await awayUntil(sevenMs + 20 * minuteMs);
      await stopped(guard);
      await told(guard, /^schedule: stopped pod/);
      await polledOn(guard);
      guard.simulator.account.resumePod("d1");
      await polledOn(guard);
      await awayUntil(sevenMs + 26 * hourMs);
      await told(guard, /passed over/);
      await polledOn(guard);

      expect(endsAskedOf(guard)).toEqual(["d1"]);
      expect(statusOf(guard)).toBe("RUNNING");
      expect(heardBy(guard)).toEqual([
        expect.stringMatching(/^schedule: stopped pod dev-a \(d1\): schedule evening\./),
        expect.stringMatching(/^schedule: schedule evening came 2 h 0 min ago .* passed over/),
      ]);
    },
  );
});
