import { describe, expect, it } from "vitest";
import type { PodSample } from "#guard/model/account.ts";
import type {
  HeldPod,
  Holdings,
  NetworkVolume,
  Prices,
  ServerlessEndpoint,
} from "#guard/model/holdings.ts";
import { auditJson } from "#report/audit/audit-json.ts";
import { auditWords } from "#report/audit/audit-words.ts";
import { type AuditReport, auditOf, type AuditSources } from "#report/audit/audit.ts";
import type { AuditRow } from "#report/audit/row.ts";
import { blind, pod, seen } from "../../guard/samples.ts";

const nowMs = 1_000_000_000;

function read<Value>(value: Value) {
  return { kind: "read", value } as const;
}

function unread(because: string) {
  return { kind: "unread", because } as const;
}

function list<Row>(...rows: readonly Row[]) {
  return read({ rows, unreadable: 0 });
}

const nothing: Holdings = {
  atMs: nowMs,
  pods: list(),
  volumes: list(),
  endpoints: list(),
  clusters: list(),
  billing: read({ hours: 3, isSoFar: false, usd: { sandboxAmount: 0 }, unusable: [] }),
  spendCapPerHrUsd: read(80),
};

const prices: Prices = {
  gpus: read([
    gpu("A", "POOL_A", 2),
    gpu("A2", "POOL_A", 1),
    gpu("B", "POOL_B", 3),
    gpu("C", "POOL_C", undefined),
  ]),
  cpus: read([{ id: "cpu3c", securePerHrUsd: 0.03, serverlessPerHrUsd: 0.04 }]),
};

function gpu(id: string, pool: string, serverlessPerHrUsd: number | undefined) {
  return { id, pool, securePerHrUsd: 1, communityPerHrUsd: 0.5, serverlessPerHrUsd };
}

const idle = {
  action: "notify",
  pods: ["*"],
  afterMs: 0,
  gpuPercent: 5,
  cpuPercent: 10,
  gpuMemoryPercent: 10,
  bootGraceMs: 0,
  hasProbes: false,
} as const;

function audit(changes: Partial<Holdings> = {}, sources: Partial<AuditSources> = {}): AuditReport {
  return auditOf({
    nowMs,
    look: seen({ atMs: nowMs, pods: [], burnPerHrUsd: 0 }),
    measured: { kind: "measured", atMs: nowMs, samples: [] },
    holdings: { ...nothing, ...changes },
    prices,
    idle,
    policy: { protect: [] },
    command: "runpodboss",
    ...sources,
  });
}

function onlyRow(report: AuditReport): AuditRow {
  const [row, ...more] = report.rows;
  if (row === undefined || more.length > 0) throw new Error(`${report.rows.length} rows`);
  return row;
}

function held(changes: Partial<HeldPod> = {}): HeldPod {
  return {
    id: "p1",
    name: "old",
    status: "stopped",
    word: "EXITED",
    costPerHrUsd: undefined,
    isLocked: false,
    volumeDiskGb: 300,
    networkVolumeIds: [],
    clusterId: undefined,
    ...changes,
  };
}

function volume(changes: Partial<NetworkVolume> = {}): NetworkVolume {
  return { id: "v1", name: "data", sizeGb: 300, tier: "standard", ...changes };
}

function endpoint(changes: Partial<ServerlessEndpoint> = {}): ServerlessEndpoint {
  return {
    id: "e1",
    name: "my-llm",
    workersMin: 2,
    pools: ["POOL_A"],
    gpuCount: 1,
    cpus: [],
    networkVolumeIds: [],
    workers: read({ running: 0, idle: 2, starting: 0, other: 0 }),
    ...changes,
  };
}

const none = read({ running: 0, idle: 0, starting: 0, other: 0 });

describe("a running pod", () => {
  const sample = (gpuPercent: number | undefined): PodSample => ({
    podId: "p1",
    bootedAtMs: undefined,
    lastStartedAtMs: undefined,
    takenAtMs: nowMs,
    cpuPercent: 1,
    gpuPercents: [gpuPercent],
    gpuMemoryPercents: [0],
    gpuType: undefined,
    region: undefined,
  });
  const look = seen({ atMs: nowMs, pods: [pod({ costPerHrUsd: 1.5 })], burnPerHrUsd: 1.5 });

  it.each([
    ["that works is busy", [sample(80)], "busy"],
    ["that does nothing is idle", [sample(0)], "idle"],
    ["whose load is not known is not idle", [sample(undefined)], "unknown"],
    ["that was not measured is not idle", [], "unknown"],
  ] as const)("%s", (_sentence, samples, load) => {
    const measured = { kind: "measured", atMs: nowMs, samples } as const;

    expect(onlyRow(audit({}, { look, measured }))).toMatchObject({
      what: "pod",
      perDayUsd: 36,
      priceFrom: "account",
      load,
      endWith: "runpodboss stop p1",
    });
  });

  it.each([
    ["unknown, when RunPod does not say", pod({ costPerHrUsd: undefined })],
    ["unknown, when nobody knows whether it runs", pod({ status: "unknown", word: "PAUSED" })],
  ])("costs what is %s", (_sentence, one) => {
    const report = audit({}, { look: seen({ atMs: nowMs, pods: [one] }) });

    expect(onlyRow(report).perDayUsd).toBeUndefined();
    expect(report).toMatchObject({ totalPerDayUsd: 0, unknown: 1 });
  });

  it("is shown by what REST holds when the poll failed, and the poll's reason is told", () => {
    const pods = list(held({ status: "running", costPerHrUsd: 2 }));
    const report = audit({ pods }, { look: blind(nowMs) });

    expect(onlyRow(report)).toMatchObject({ what: "pod", perDayUsd: 48 });
    expect(report.unread).toContainEqual({ what: "the poll", because: "connection refused" });
    expect(report).toMatchObject({ balanceUsd: undefined, unexplainedPerDayUsd: undefined });
  });

  it("says that it is protected, and names no command that would refuse it", () => {
    expect(onlyRow(audit({}, { look, policy: { protect: ["train*"] } }))).toMatchObject({
      because: expect.stringContaining("(protected)"),
      endWith: "protected: unprotect it first",
      isKept: true,
    });
  });

  it("is unlocked in the console first when it is locked", () => {
    const locked = seen({ atMs: nowMs, pods: [pod({ isLocked: true })] });

    expect(onlyRow(audit({}, { look: locked })).endWith).toBe("https://console.runpod.io/pods");
  });

  it("is ended in the console when its id could be taken for more than an id", () => {
    const odd = seen({ atMs: nowMs, pods: [pod({ id: "-y;rm" })] });

    expect(onlyRow(audit({}, { look: odd })).endWith).toBe("https://console.runpod.io/pods");
  });
});

describe("a stopped pod", () => {
  it("bills its disk at twice the rate", () => {
    expect(onlyRow(audit({ pods: list(held()) }))).toMatchObject({
      what: "stopped pod",
      perDayUsd: 2,
      priceFrom: "list",
      endWith: "runpodboss terminate p1",
      loses: "its disk",
    });
  });

  it.each([
    ["has no disk", held({ volumeDiskGb: 0 })],
    ["is gone", held({ status: "gone" })],
  ])("is none of it when it %s", (_sentence, one) => {
    expect(audit({ pods: list(one) }).rows).toEqual([]);
  });

  it("costs what is unknown when its disk is", () => {
    expect(onlyRow(audit({ pods: list(held({ volumeDiskGb: undefined })) })).perDayUsd).toBe(
      undefined,
    );
  });

  it("is known by the poll alone when REST does not tell, and its cost is unknown", () => {
    const stopped = pod({ status: "stopped", hasNetworkVolume: false });
    const report = audit(
      { pods: unread("HTTP 403: lacks the scope pods:read") },
      { look: seen({ atMs: nowMs, pods: [stopped] }) },
    );

    expect(onlyRow(report)).toMatchObject({ what: "stopped pod", perDayUsd: undefined });
    expect(report.unread).toContainEqual({
      what: "pods and the disks of stopped ones",
      because: "HTTP 403: lacks the scope pods:read",
    });
  });
});

describe("a network volume", () => {
  it.each([
    ["300 GB", volume(), 0.7],
    ["2 TB, the second half for less", volume({ sizeGb: 2_000 }), 4],
    ["a size that is not known", volume({ sizeGb: undefined }), undefined],
    ["a tier without a price", volume({ tier: "high-performance" }), undefined],
    ["a tier that is not known", volume({ tier: undefined }), undefined],
  ])("of %s", (_sentence, one, perDayUsd) => {
    const found = onlyRow(audit({ volumes: list(one) })).perDayUsd;

    expect(found === undefined ? found : Number(found.toFixed(6))).toBe(perDayUsd);
  });

  it.each([
    ["nothing names it", {}, true],
    ["a pod does", { pods: list(held({ volumeDiskGb: 0, networkVolumeIds: ["v1"] })) }, false],
    ["an endpoint does", { endpoints: list(endpoint({ networkVolumeIds: ["v1"] })) }, false],
    ["the pods are not known", { pods: unread("403") }, undefined],
    ["the endpoints are not known", { endpoints: unread("403") }, undefined],
    ["a row is not known", { pods: read({ rows: [], unreadable: 1 }) }, undefined],
    [
      "a pod's mounts are not known",
      { pods: list(held({ networkVolumeIds: undefined })) },
      undefined,
    ],
  ] as const)("is attached to nothing only where that is known: %s", (_sentence, changes, is) => {
    const report = audit({ volumes: list(volume()), ...changes });
    const row = report.rows.find(({ what }) => what === "network volume");

    expect(row?.isUnattached).toBe(is);
  });
});

describe("a serverless endpoint", () => {
  it.each<[string, Partial<ServerlessEndpoint>, number | undefined]>([
    ["with a minimum bills it all day", { workers: none }, 96],
    ["whose workers idle bills those", { workersMin: 0 }, 96],
    ["with more up than its minimum bills all", { workersMin: 1 }, 96],
    [
      "that starts a worker bills it",
      { workersMin: 0, workers: read({ running: 0, idle: 0, starting: 1, other: 0 }) },
      48,
    ],
    ["of several GPUs a worker bills each", { gpuCount: 2 }, 192],
    ["of several pools bills at most the dearest", { pools: ["POOL_A", "POOL_B"] }, 144],
    ["of a pool that is not in the catalogue is unknown", { pools: ["POOL_A", "NEW"] }, undefined],
    ["of a pool without a price is unknown", { pools: ["POOL_C"] }, undefined],
    ["without a GPU and without a CPU is unknown", { pools: [] }, undefined],
    ["of no known number of GPUs is unknown", { gpuCount: undefined }, undefined],
    ["of CPUs bills those", { pools: [], cpus: [{ id: "cpu3c", vcpuCount: 2 }] }, 3.84],
    [
      "of a CPU that is not in the catalogue is unknown",
      { pools: [], cpus: [{ id: "x", vcpuCount: 2 }] },
      undefined,
    ],
    ["whose workers are not known bills its minimum", { workers: unread("403") }, 96],
    [
      "of which nothing is known is unknown",
      { workersMin: undefined, workers: unread("403") },
      undefined,
    ],
    ["whose minimum alone is not known bills what is up", { workersMin: undefined }, 96],
    [
      "whose workers only wait is unknown",
      { workersMin: 0, workers: read({ running: 0, idle: 0, starting: 0, other: 1 }) },
      undefined,
    ],
    [
      "with no minimum and unknown workers is unknown",
      { workersMin: 0, workers: unread("403") },
      undefined,
    ],
  ])("%s", (_sentence, changes, perDayUsd) => {
    const row = onlyRow(audit({ endpoints: list(endpoint(changes)) }));

    expect(row).toMatchObject({
      what: "serverless endpoint",
      perDayUsd,
      priceFrom: "list",
      endWith: "https://console.runpod.io/serverless",
    });
  });

  it("with no workers at all is none of it", () => {
    const report = audit({ endpoints: list(endpoint({ workersMin: 0, workers: none })) });

    expect(report.rows).toEqual([]);
  });

  it("is unknown without the catalogue, and that is said", () => {
    const report = audit(
      { endpoints: list(endpoint()) },
      { prices: { gpus: unread("403"), cpus: unread("403") } },
    );

    expect(onlyRow(report).perDayUsd).toBeUndefined();
    expect(report.unread.map(({ what }) => what)).toEqual([
      "the list prices of GPUs",
      "the list prices of CPUs",
    ]);
  });

  it("tells once of all whose workers could not be read", () => {
    const workers = unread("no answer");
    const rows = [endpoint({ workers }), endpoint({ id: "e2", workers })];

    expect(audit({ endpoints: list(...rows) }).unread).toEqual([
      { what: "the workers of 2 serverless endpoints", because: "no answer" },
    ]);
  });
});

describe("a cluster", () => {
  const member = (id: string, costPerHrUsd: number | undefined) =>
    held({ id, clusterId: "c1", status: "running", costPerHrUsd });
  const clusters = list({ id: "c1", name: "big", podCount: 2, gpuTypeId: "A", gpusPerPod: 8 });

  it.each([
    ["is one row with all its members", [member("a", 3), member("b", 3)], 144],
    ["is unknown as soon as one member is", [member("a", 3), member("b", undefined)], undefined],
    [
      "bills no member that has ended",
      [member("a", 3), { ...member("b", 9), status: "stopped" as const }],
      72,
    ],
  ])("%s", (_sentence, members, perDayUsd) => {
    expect(onlyRow(audit({ clusters, pods: list(...members) }))).toMatchObject({
      what: "cluster",
      name: "big",
      perDayUsd,
      priceFrom: "account",
      endWith: "runpodboss terminate c1",
    });
  });

  it("costs what the catalogue says when its members cannot be read", () => {
    expect(onlyRow(audit({ clusters, pods: unread("403") }))).toMatchObject({
      perDayUsd: 384,
      priceFrom: "list",
    });
  });

  it("is known by its members, and by the poll, when clusters cannot be read", () => {
    const look = seen({
      atMs: nowMs,
      pods: [pod({ id: "c2", name: "two", costPerHrUsd: 1, cluster: { members: [] } })],
    });
    const report = audit({ clusters: unread("403"), pods: list(member("a", 3)) }, { look });

    expect(report.rows.map(({ id, perDayUsd }) => [id, perDayUsd])).toEqual([
      ["c1", 72],
      ["c2", 24],
    ]);
  });
});

describe("what was billed", () => {
  const billed = (usd: Readonly<Record<string, number>>, changes: object = {}) => ({
    billing: read({ hours: 3, isSoFar: false, usd, unusable: [], ...changes }),
  });

  it.each([
    ["public endpoints", "endpointAmount"],
    ["sandboxes", "sandboxAmount"],
    ["serverless", "serverlessFeeAmount"],
    ["network storage", "storageStandardAmount"],
    ["clusters", "clusterGpuAmount"],
    ["other", "quantumAmount"],
  ] as const)("for %s and is in no row is a row of its own", (what, category) => {
    const report = audit(billed({ [category]: 3 }));

    expect(onlyRow(report)).toMatchObject({ what, perDayUsd: 24, priceFrom: "billing" });
  });

  it("for what the rows explain is not counted again, and what is more is", () => {
    const endpoints = list(endpoint());
    const same = audit({ endpoints, ...billed({ serverlessGpuAmount: 12.1 }) });
    const more = audit({ endpoints, ...billed({ serverlessGpuAmount: 24 }) });

    expect(same.rows).toHaveLength(1);
    expect(more.rows.map(({ what, perDayUsd }) => [what, perDayUsd])).toEqual([
      ["serverless endpoint", 96],
      ["serverless", 96],
    ]);
  });

  it("for pods is theirs, of whom some may have ended since", () => {
    expect(audit(billed({ podGpuAmount: 30, podDiskAmount: 1 })).rows).toEqual([]);
  });

  it("and cannot be read is unknown, and not nothing", () => {
    const row = onlyRow(audit(billed({}, { unusable: ["endpointAmount"] })));

    expect(row).toMatchObject({ what: "public endpoints", perDayUsd: undefined });
  });

  it("in an hour that is not over is said so", () => {
    expect(
      onlyRow(audit(billed({ endpointAmount: 1 }, { isSoFar: true, hours: 1 }))).because,
    ).toContain("in this hour so far");
  });

  it.each([
    ["names no sandboxes", billed({ endpointAmount: 0 })],
    ["cannot be read", { billing: unread("403") }],
  ])("leaves it open whether sandboxes burn when it %s", (_sentence, changes) => {
    expect(audit(changes).unread.map(({ what }) => what)).toContain("sandboxes");
  });
});

describe("the whole", () => {
  it("stands in the order of cost, what is unknown last, with a total of what is known", () => {
    const rows = [
      volume(),
      volume({ id: "v2", sizeGb: undefined }),
      volume({ id: "v3", sizeGb: 900 }),
    ];
    const report = audit({ volumes: list(...rows) });

    expect(report.rows.map(({ id }) => id)).toEqual(["v3", "v1", "v2"]);
    expect(report.totalPerDayUsd).toBeCloseTo(2.8);
    expect(report.unknown).toBe(1);
  });

  it.each([
    ["what RunPod says burns, less what the rows explain", { burnPerHrUsd: 2 }, 24],
    ["less than nothing when they come to more", { burnPerHrUsd: 0.5 }, -12],
    ["unknown when the burn is", { burnPerHrUsd: undefined }, undefined],
    [
      "unknown when the burn is only what the pods add up to",
      { burnPerHrUsd: 1, isBurnAddedUp: true },
      undefined,
    ],
  ])("leaves unexplained %s", (_sentence, changes, unexplainedPerDayUsd) => {
    const look = seen({ atMs: nowMs, pods: [pod({ costPerHrUsd: 1 })], ...changes });

    expect(audit({}, { look })).toMatchObject({ unexplainedPerDayUsd });
  });

  it("says of every part that it could not be read, and counts none of it as nothing", () => {
    const no = unread("HTTP 403");
    const parts = { pods: no, volumes: no, endpoints: no, clusters: no, billing: no };
    const look = seen({ atMs: nowMs, pods: "unknown", burnPerHrUsd: 3 });
    const measured = { kind: "unmeasured", atMs: nowMs, because: "no" } as const;
    const report = audit({ ...parts, spendCapPerHrUsd: no }, { look, measured });

    expect(report.unread.map(({ what }) => what)).toEqual([
      "the poll",
      "the load of the pods",
      "pods and the disks of stopped ones",
      "network volumes",
      "serverless endpoints",
      "clusters",
      "what was billed (public endpoints too)",
      "sandboxes",
      "the spend cap",
    ]);
    expect(report).toMatchObject({
      rows: [],
      unexplainedPerDayUsd: 72,
      spendCapPerHrUsd: undefined,
    });
  });

  it("tells of rows that say not what they are of", () => {
    const volumes = read({ rows: [], unreadable: 2 });

    expect(audit({ volumes }).unread).toEqual([
      { what: "network volumes", because: "2 rows of RunPod's answer" },
    ]);
  });

  it("is JSON with null for what is unknown", () => {
    const report = audit({ volumes: list(volume({ sizeGb: undefined })) });

    expect(auditJson(report)).toMatchObject({
      total_per_day_usd: 0,
      rows_of_unknown_cost: 1,
      spend_cap_per_hr_usd: 80,
      rows: [{ what: "network volume", per_day_usd: null, price_from: null, is_unattached: true }],
    });
  });
});

describe("the short words for a notice", () => {
  it("name the dearest that is no pod, and say what could not be read", () => {
    const report = audit({
      endpoints: list(endpoint({ name: "evil; rm -rf", workers: none })),
      volumes: list(volume(), volume({ id: "v2" }), volume({ id: "v3", sizeGb: undefined })),
      clusters: unread("403"),
    });

    expect(auditWords(report)).toBe(
      'serverless endpoint "evil; rm -rf" (e1), about $96.00/day; network volume data (v1), about $0.70/day; network volume data (v2), about $0.70/day; and 1 more (runpodboss audit); not readable: clusters',
    );
  });

  it("say that nothing was found, where not all could be read", () => {
    expect(auditWords(audit({ clusters: unread("403") }))).toBe(
      "nothing found; not readable: clusters",
    );
  });

  it("are none where nothing was found, and short whatever was", () => {
    const long = volume({ name: "x".repeat(64), id: "y".repeat(128), sizeGb: undefined });

    expect(auditWords(audit())).toBeUndefined();
    expect(auditWords(audit({ volumes: list(long, long, long, long) }))?.length).toBeLessThan(500);
  });
});

describe("an audit that found nothing", () => {
  it.each([
    ["and could read everything costs $0", {}, 0],
    ["and could not read the pods costs what is unknown", { pods: unread("HTTP 403") }, null],
    ["needs no spend cap for that", { spendCapPerHrUsd: unread("HTTP 403") }, 0],
  ] as const)("%s", (_sentence, changes, total) => {
    expect(auditJson(audit(changes))).toMatchObject({ total_per_day_usd: total });
  });
});
