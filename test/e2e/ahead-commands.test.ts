import { join } from "node:path";
import { describe, expect, it, type TestContext } from "vitest";
import { emptyState } from "#guard/model/state.ts";
import { identityOf } from "#process/identity.ts";
import { readHistory } from "#store/history/history-reading.ts";
import { createLeaseFile } from "#store/lease-file.ts";
import { saveState } from "../store/saved-state.ts";
import { type Ended, type Guard, guardWith, type Json, textOf, until } from "./guard.ts";

const nowMs = Date.now;
const hourMs = 3_600_000;
const config = {
  schedules: [
    { name: "evening", cron: "0 19 * * *", timezone: "Europe/Berlin", pods: ["dev-*"] },
    { name: "never", cron: "0 19 * * *", pods: ["dev-*"], except: [] },
  ],
  budgets: [{ name: "daily", usd: 20, per: "day", action: "stop", freeze: true }],
};

function run(guard: Guard, command: string, ...args: readonly string[]): Promise<Ended> {
  return guard.call([command, "-c", guard.config, ...args]).ended;
}

function bookOf({ folder }: Guard) {
  return createLeaseFile(join(folder, "leases.json"), identityOf).read();
}

async function typesIn({ folder }: Guard): Promise<readonly string[]> {
  const { records } = await readHistory(join(folder, "history.jsonl"), 0);
  return records.map(({ type }) => type);
}

const unwatched = (guard: Guard): string =>
  `warning: the daemon is not running. Start it: runpodboss -c ${join(guard.folder, "config.json")} watch\n`;

describe.concurrent("skip", () => {
  it("passes over the next time of a schedule, says which, and asks RunPod nothing", async (test) => {
    const guard = await guardWith(test, { nowMs, config });
    guard.simulator.failAll("http-500");

    const { by, stdout, stderr } = await run(guard, "skip", "evening");

    expect({ by, stderr }).toEqual({ by: 0, stderr: unwatched(guard) });
    expect(stdout).toMatch(
      /^Schedule evening is passed over at \d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?: \(Europe\/Berlin\))?: no pod is stopped then\n$/,
    );
    const { skippedMs = {} } = await bookOf(guard);
    const aheadMs = (skippedMs["evening"] ?? 0) - Date.now();
    expect(aheadMs > 0 && aheadMs <= 25 * hourMs).toBe(true);
    expect(await typesIn(guard)).toEqual(["skip"]);
  });

  it("is refused the second time, and for a schedule that is none", async (test) => {
    const guard = await guardWith(test, { nowMs, config });
    await run(guard, "skip", "evening");

    const again = await run(guard, "skip", "evening");
    const other = await run(guard, "skip", "morning");

    expect([again.by, other.by]).toEqual([2, 2]);
    expect(again.stderr).toMatch(/^Schedule evening is passed over at .* already\.\n/m);
    expect(other.stderr).toContain(
      'There is no schedule "morning".\nThe schedules are: evening, never\n',
    );
    expect(await typesIn(guard)).toEqual(["skip"]);
  });
});

describe.concurrent("in a shell of another time zone than the daemon's", () => {
  const isIn = { daemon: { TZ: "UTC" }, shell: { TZ: "America/New_York" } };

  /** A schedule that comes in about half a day by the daemon's clock. */
  async function watched(test: TestContext) {
    const comesAtMs = new Date(Date.now() + 12 * hourMs).setUTCMinutes(30, 0, 0);
    const cron = `30 ${new Date(comesAtMs).getUTCHours()} * * *`;
    const schedules = [{ name: "evening", cron, pods: ["dev-*"] }];
    const brief = { at: "08:00" };
    const guard = await guardWith(test, { nowMs, config: { ...config, schedules, brief } });
    const daemon = guard.start(["watch", "-c", guard.config], isIn.daemon);
    await until("the daemon tells what it has in force", () =>
      (guard.runs() ?? "").includes('"timeZone":"UTC"'),
    );
    const inShell = (...args: readonly string[]) =>
      guard.start([args[0] ?? "", "-c", guard.config, ...args.slice(1)], isIn.shell).ended;
    return { guard, daemon, comesAtMs, inShell };
  }

  it("skip passes over the time at which the daemon comes, and says in which zone", async (test) => {
    const { guard, comesAtMs, inShell } = await watched(test);

    const { by, stdout, stderr } = await inShell("skip", "evening");

    expect({ by, stderr }).toEqual({ by: 0, stderr: "" });
    expect((await bookOf(guard)).skippedMs).toEqual({ evening: comesAtMs });
    const then = new Date(comesAtMs).toISOString().slice(0, 19).replace("T", " ");
    expect(stdout).toBe(
      `Schedule evening is passed over at ${then} (UTC): no pod is stopped then\n`,
    );
  });

  it("status and the brief go by the daemon's, also once it is gone", async (test) => {
    const { daemon, comesAtMs, inShell } = await watched(test);
    const nextAt = () =>
      inShell("status", "--json").then(
        ({ stdout }) => (JSON.parse(stdout) as { schedules: Json[] }).schedules[0]?.["next_at"],
      );

    expect(await nextAt()).toBe(new Date(comesAtMs).toISOString());
    expect((JSON.parse((await inShell("brief", "--json")).stdout) as Json)["timezone"]).toBe("UTC");
    daemon.signal("SIGTERM");
    await daemon.ended;
    expect(await nextAt()).toBe(new Date(comesAtMs).toISOString());
  });
});

describe.concurrent("unfreeze", () => {
  it("lifts a budget that is used up until its next period", async (test) => {
    const guard = await guardWith(test, { nowMs, config });
    const period = {
      fromMs: Date.now() - hourMs,
      toMs: Date.now() + hourMs,
      sinceMs: Date.now() - hourMs,
      spentUsd: 21,
      trippedAtMs: Date.now() - 60_000,
    };
    await saveState(guard.folder, { ...emptyState, budgets: { daily: [period] } });

    const { by, stdout, stderr } = await run(guard, "unfreeze", "daily");

    expect({ by, stderr }).toEqual({ by: 0, stderr: unwatched(guard) });
    expect(stdout).toMatch(/^Budget daily is lifted until .*: no pod is stopped for it\n$/);
    expect(Object.keys((await bookOf(guard)).unfrozenAtMs ?? {})).toEqual(["daily"]);
    expect(await typesIn(guard)).toEqual(["unfreeze"]);
  });

  it.for([
    ["that is not used up", "daily", "Budget daily is not frozen: nothing is counted in it yet."],
    ["that is none", "weekly", 'There is no budget "weekly".\nThe budgets are: daily\n'],
  ] as const)("is refused for one %s", async ([_sentence, name, because], test) => {
    const guard = await guardWith(test, { nowMs, config });

    const { by, stdout, stderr } = await run(guard, "unfreeze", name);

    expect({ by, stdout }).toEqual({ by: 2, stdout: "" });
    expect(stderr).toContain(because);
    expect(textOf(join(guard.folder, "leases.json"))).toBeUndefined();
  });
});

it("shells complete the names of schedules and budgets", async (test) => {
  const guard = await guardWith(test, { nowMs, config });

  const words = await Promise.all(
    ["skip", "unfreeze"].map(
      (command) => guard.call(["complete", "--", "-c", guard.config, command, ""]).ended,
    ),
  );

  expect(words.map(({ stdout }) => stdout)).toEqual(["evening\nnever\n", "daily\n"]);
});
