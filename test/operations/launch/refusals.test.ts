import { symlinkSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import type { Launch } from "#guard/model/launch.ts";
import type { Budget } from "#guard/model/policy.ts";
import { hourMs, minuteMs } from "#guard/model/time.ts";
import type { Wish } from "#operations/launch/plan.ts";
import { holding, tooMany } from "#operations/launch/refusals.ts";
import { cluster, pod, policyWith } from "../../guard/samples.ts";
import { reserve } from "#operations/launch/reserve.ts";
import { tempFolder } from "../../temp-folder.ts";
import { caps, createWorld, lease, offer, type WorldOptions } from "./world.ts";

/** What speaks against a start, and whether a person may insist. */
async function refusedIn(
  options: WorldOptions,
  wish: Partial<Wish> = {},
  before: readonly Partial<Launch>[] = [],
): Promise<readonly (readonly [string, boolean])[]> {
  const world = createWorld(options);
  for (const [n, launch] of before.entries()) {
    const now = Date.now();
    const by = { kind: "person", host: "atlas" } as const;
    const whole = { id: `aaaaaaa${n}`, name: `old-rb${n}`, atMs: now, endsAtMs: now, by };
    await reserve({ ...whole, ...launch }, undefined, {
      ...(await createWorld({}).see()),
      settings: { ...(await world.see()).settings, launch: { ...caps, mostRunning: 99 } },
    });
  }
  const { refusals } = await world.plan(wish);
  return refusals.map(({ because, isLiftedByForce }) => [because, isLiftedByForce]);
}

const guards = policyWith().podGuards;
const minutesAgo = (minutes: number): number => Date.now() - minutes * minuteMs;

describe("what may be started", () => {
  it("is what is within all caps, held by a lease, and paid for", async () => {
    expect(await refusedIn({})).toEqual([]);
  });

  it.each<[string, WorldOptions, Partial<Wish>, readonly Partial<Launch>[], string]>([
    [
      "nothing, where the config does not say what",
      { launch: undefined },
      {},
      [],
      "the config does not say what may be started",
    ],
    [
      "at most so dear a pod, all its GPUs together",
      {},
      { gpuCount: 8 },
      [],
      "it costs $5.60/h, above launch.max_price_per_hr ($5.00/h)",
    ],
    [
      "at most so dear a pod, its disks included",
      {},
      { volumeGb: 50_000 },
      [],
      "it costs $7.65/h, above launch.max_price_per_hr ($5.00/h)",
    ],
    [
      "for at most so long",
      { policy: { podGuards: { ...guards, lease: { ...lease, maxMs: 99 * hourMs } } } },
      { forMs: 25 * hourMs },
      [],
      "25 hours are above launch.max_hours (24)",
    ],
    [
      "for no longer than a lease may be",
      { policy: { podGuards: { ...guards, lease: { ...lease, maxMs: 2 * hourMs } } } },
      {},
      [],
      "4 hours are above guards.lease.max_hours (2)",
    ],
    [
      "only GPUs that are named",
      { launch: { ...caps, gpus: ["*A100*"] } },
      {},
      [],
      "launch.gpus does not name RTX 4090",
    ],
    [
      "only in regions that are named",
      { launch: { ...caps, regions: ["EU-SE-1"] } },
      { region: "US-TX-1" },
      [],
      "launch.regions allows only EU-SE-1",
    ],
    [
      "while so many run at most, whoever started them",
      { look: { pods: ["a", "b", "c", "d"].map((id) => pod({ id })) } },
      {},
      [],
      "4 pods run; launch.max_running is 4",
    ],
    [
      "where a pod of which nobody knows whether it runs counts",
      {
        launch: { ...caps, mostRunning: 2 },
        look: { pods: [pod({ status: "unknown" }), pod({ id: "p2", status: "pending" })] },
      },
      {},
      [],
      "2 pods run; launch.max_running is 2",
    ],
    [
      "where each pod of a cluster counts",
      { launch: { ...caps, mostRunning: 2 }, look: { pods: [cluster()] } },
      {},
      [],
      "2 pods run; launch.max_running is 2",
    ],
    [
      "where a row that cannot be read counts",
      { launch: { ...caps, mostRunning: 1 }, look: { unreadablePods: 1 } },
      {},
      [],
      "1 pod runs; launch.max_running is 1",
    ],
    [
      "where one that was just asked for counts",
      { launch: { ...caps, mostRunning: 1 } },
      {},
      [{ atMs: minutesAgo(29) }],
      "1 pod runs, 1 of them just started; launch.max_running is 1",
    ],
    [
      "so often an hour at most",
      { launch: { ...caps, mostStartsPerHour: 2 } },
      {},
      [{ atMs: minutesAgo(59), failedAtMs: minutesAgo(59) }, { atMs: minutesAgo(1) }],
      "2 pods were started within the hour; launch.max_starts_per_hour is 2",
    ],
  ])("%s; nobody may insist", async (_sentence, options, wish, before, because) => {
    expect(await refusedIn(options, wish, before)).toEqual([[because, false]]);
  });

  it("a launch that failed, is long ago, or whose pod is there counts once at most", async () => {
    const before = [
      { failedAtMs: minutesAgo(1) },
      { atMs: minutesAgo(31) },
      { name: "trainer" },
      { podId: "p1" },
    ];

    const options = { launch: { ...caps, mostRunning: 2 }, look: { pods: [pod()] } };

    expect(await refusedIn(options, {}, before)).toEqual([]);
  });

  it("one that a person has ended since counts no more, and one that was ended before does", async () => {
    const launch = {
      id: "aaaaaaaa",
      name: "old-rbaaaaaaaa",
      podId: "gone1",
      atMs: minutesAgo(5),
      endsAtMs: Date.now() + hourMs,
      by: { kind: "person", host: "atlas" },
    } as const;
    const look = { pods: [], unreadablePods: 0 };
    const running = (endedAtMs: Record<string, number>) =>
      tooMany(
        { ...caps, mostRunning: 1 },
        { leases: {}, touchedAtMs: {}, launches: { [launch.id]: launch }, endedAtMs },
        look,
        Date.now(),
      );

    expect(running({ gone1: minutesAgo(4) })).toEqual([]);
    expect(running({ gone1: minutesAgo(6) })).toHaveLength(1);
    expect(running({ other: minutesAgo(4) })).toHaveLength(1);
  });

  it.each<[string, WorldOptions, string]>([
    ["there is no lease guard", { policy: { podGuards: guards } }, "there is no lease guard"],
    [
      "its action ends nothing",
      { policy: { podGuards: { ...guards, lease: { ...lease, action: "notify" } } } },
      "the action of guards.lease is notify",
    ],
    [
      "it is not for such a name",
      { policy: { podGuards: { ...guards, lease: { ...lease, pods: ["dev-*"] } } } },
      "guards.lease.pods does not name trainer-rbaaaaaaaa",
    ],
    ["the daemon does not run", { guardPid: undefined }, "the daemon is not running"],
    ["it is a dry run", { settings: { dryRun: true } }, "dry_run is set"],
    [
      "the balance would not last",
      { look: { balanceUsd: 3.2 } },
      "the balance would be below threshold emergency before its lease ends",
    ],
    [
      "it does not pay for an hour",
      { look: { balanceUsd: 0.6 } },
      "the balance is less than what its first hour costs",
    ],
    [
      "what burns is unknown",
      { look: { burnPerHrUsd: undefined, pods: [pod({ costPerHrUsd: undefined })] } },
      "what burns now is not known",
    ],
    [
      "none is free",
      { offers: [{ ...offer, secure: { ...offer.secure, stock: "none" } }] },
      "no RTX 4090 is free in secure now",
    ],
  ])("nothing where %s, unless a person insists", async (_sentence, options, because) => {
    expect(await refusedIn(options)).toEqual([[expect.stringContaining(because) as unknown, true]]);
  });

  it("where the daemon has not read the lease guard yet, says that it is to be reloaded", async () => {
    const unread = { keys: ["guards"], sinceMs: 0, pid: 4_711, needsRestart: false };
    const hintIn = async (options: WorldOptions): Promise<string | undefined> => {
      const { refusals } = await createWorld(options).plan();
      return refusals[0]?.hint;
    };
    const policy = { podGuards: guards };

    expect(await hintIn({ policy, unread })).toContain("kill -HUP 4711");
    // Who wants to start a pod has not said that the others are to end after four hours.
    expect(await hintIn({ policy })).toContain(
      '"lease": { "default_hours": null, "max_hours": 24, "action": "stop" },',
    );
  });

  it("where the config says nothing of starts, says at once what else would be missing", async () => {
    const options = { settings: { launch: undefined }, policy: { podGuards: guards } };

    expect(await refusedIn(options)).toEqual([
      ["the config does not say what may be started", false],
      [expect.stringContaining("there is no lease guard") as unknown, true],
    ]);
  });

  it("under a protected name only with --protect: no lease would end it", async () => {
    expect(
      await refusedIn({ policy: { podGuards: { ...guards, lease }, protect: ["trainer*"] } }),
    ).toEqual([[expect.stringContaining("protect covers trainer-rbaaaaaaaa") as unknown, false]]);
  });

  const unknown = ["it is not known by which config the daemon goes, and so which caps hold"];

  it.each<[string, object | undefined, readonly string[]]>([
    [
      "the daemon's is another: its caps hold, and no others",
      { pid: 4_711, configPath: "/home/config.json" },
      ["the daemon goes by another config, /home/config.json"],
    ],
    ["the daemon's is the same", { pid: 4_711, configPath: resolve("config.json") }, []],
    ["where the daemon's is cannot be told", { pid: 4_711, configPath: "config.json" }, unknown],
    ["only one that has ended has told", { pid: 1, configPath: resolve("config.json") }, unknown],
    ["it is not known what the daemon goes by", undefined, unknown],
  ])("by a config of which %s", async (_sentence, inForce, expected) => {
    const world = createWorld({ saved: { inForce: inForce as never } });

    const { refusals } = await world.plan();

    expect(holding(refusals, true).map(({ because }) => because)).toEqual(expected);
  });

  it("by the daemon's config under another of its names, too", async () => {
    const folder = tempFolder();
    const [file, link] = [join(folder, "config.json"), join(folder, "link.json")];
    writeFileSync(file, "{}");
    symlinkSync(file, link);
    const inForce = { pid: 4_711, configPath: file } as never;
    const world = createWorld({ saved: { inForce }, settings: { configPath: link } });

    expect((await world.plan()).refusals).toEqual([]);
  });

  it("no more than nothing by an agent that the daemon has called", async () => {
    const world = createWorld();

    const starting = world.start({ isByDaemonsAgent: true, isForced: true });

    await expect(starting).rejects.toThrow("an agent that the daemon has called");
  });
});

describe("a budget that freezes", () => {
  const daily: Budget = { name: "daily", limitUsd: 20, per: "day", action: "stop", freezes: true };
  const periodOf = (more: object) => ({
    daily: [
      {
        fromMs: minutesAgo(60),
        toMs: Date.now() + hourMs,
        sinceMs: minutesAgo(60),
        rule: "",
        spentUsd: 20,
        ...more,
      },
    ],
  });
  const worldOf = (budget: Budget, more: object | undefined): WorldOptions => ({
    policy: { podGuards: { ...guards, lease }, budgets: [budget] },
    saved: more === undefined ? {} : { budgets: periodOf(more) as never },
  });

  it.each<[string, Budget, object | undefined, string | undefined]>([
    [
      "is spent: nothing starts, whoever insists",
      daily,
      { trippedAtMs: 1 },
      "budget daily is spent ($20.00 a day)",
    ],
    ["is spent, and lifted", daily, { trippedAtMs: 1, unfrozenAtMs: 2 }, undefined],
    ["is not spent", daily, { spentUsd: 1 }, undefined],
    ["is for other pods", { ...daily, pods: ["dev-*"] }, { trippedAtMs: 1 }, undefined],
    [
      "is for such pods",
      { ...daily, pods: ["train*"] },
      { trippedAtMs: 1 },
      "budget daily is spent",
    ],
    [
      "is not counted yet: it may be spent",
      daily,
      undefined,
      "whether budget daily is spent is not known yet",
    ],
    [
      "is of a period that is over",
      daily,
      { toMs: 1 },
      "whether budget daily is spent is not known yet",
    ],
    ["does not freeze", { ...daily, freezes: false }, { trippedAtMs: 1 }, undefined],
  ])("that %s", async (_sentence, budget, more, because) => {
    const { refusals } = await createWorld(worldOf(budget, more)).plan();

    const [held] = holding(refusals, true).map((each) => each.because);

    expect(held?.slice(0, because?.length)).toBe(because);
  });
});
