import { describe, expect, it } from "vitest";
import type { BlindCause, EndAction } from "#guard/model/account.ts";
import { loadOf } from "#guard/pods/rules/load.ts";
import { exchange } from "#requests/exchange.ts";
import type { Ending, Looking } from "#ports.ts";
import { createGraphqlAccount } from "#runpod/graphql/account.ts";
import { createRestAccount } from "#runpod/rest/account.ts";
import type { Api, CreateFault, Fault, PageFault } from "#simulator/faults.ts";
import type { Simulator } from "#simulator/server.ts";
import { apiKey } from "../simulator/ask.ts";
import { checkedSimulator } from "../simulator/checked.ts";

/** What an account promises, whichever of RunPod's interfaces it asks: each sentence holds on both. */
interface Limits {
  readonly timeLimitMs?: number;
  readonly maxBytes?: number;
  readonly key?: string;
  readonly nowMs?: () => number;
}

const faces: readonly (readonly [string, Api])[] = [
  ["GraphQL", "graphql"],
  ["REST", "rest"],
];

const forever = new AbortController().signal;
const hour = 3_600_000;

function accountAt(
  api: Api,
  { url, restUrl }: Simulator,
  { key = apiKey, ...limits }: Limits = {},
): Looking & Ending {
  const shared = { apiKey: key, nowMs: () => hour, request: exchange, ...limits };
  return api === "graphql"
    ? createGraphqlAccount({ ...shared, url })
    : createRestAccount({ ...shared, url: restUrl });
}

describe.each(faces)("a look by %s", (_name, api) => {
  it("sees the balance, the burn and every pod", async () => {
    const simulator = await checkedSimulator({
      balanceUsd: 4.2345,
      pods: [
        { id: "a", name: "trainer", costPerHrUsd: 1.49, networkVolumeId: "vol1" },
        { id: "b", name: "\u001b[2Jb", costPerHrUsd: 0.4, status: "EXITED", locked: true },
        { id: "c", costPerHrUsd: 0.5, gpuCount: 0 },
      ],
    });

    const look = await accountAt(api, simulator).look(forever);

    const known = { hasNetworkVolume: false, isLocked: false };
    expect(look).toMatchObject({
      kind: "seen",
      atMs: hour,
      balanceUsd: 4.2345,
      burnPerHrUsd: 1.99,
      pods: [
        {
          ...known,
          id: "a",
          name: "trainer",
          rawName: "trainer",
          status: "running",
          word: "RUNNING",
          costPerHrUsd: 1.49,
          hasNetworkVolume: true,
        },
        {
          ...known,
          id: "b",
          name: "[2Jb",
          rawName: "\u001b[2Jb",
          status: "stopped",
          word: "EXITED",
          isLocked: true,
        },
        { ...known, id: "c", status: "running", costPerHrUsd: 0.5 },
      ],
      unreadablePods: 0,
    });
    expect(look).not.toHaveProperty("refusal");
  });

  it("of an account without pods sees that there are none, and that none burns", async () => {
    const simulator = await checkedSimulator();

    const look = await accountAt(api, simulator).look(forever);

    expect(look).toMatchObject({ kind: "seen", burnPerHrUsd: 0, pods: [], unreadablePods: 0 });
  });

  it.each([
    ["CREATED", "pending"],
    ["RUNNING", "running"],
    ["EXITED", "stopped"],
    ["DEAD", "stopped"],
    ["TERMINATED", "gone"],
  ] as const)("has one word for %s", async (status, ours) => {
    const simulator = await checkedSimulator({ pods: [{ costPerHrUsd: 1, status }] });

    const look = await accountAt(api, simulator).look(forever);

    expect(look).toMatchObject({ kind: "seen", pods: [{ status: ours }] });
  });

  it("of a pod that is shown as running and free does not know the price", async () => {
    const simulator = await checkedSimulator({ pods: [{ costPerHrUsd: 0 }] });

    const look = await accountAt(api, simulator).look(forever);

    expect(look).toMatchObject({ burnPerHrUsd: undefined, pods: [{ costPerHrUsd: undefined }] });
  });

  it("with another key is refused, and says so", async () => {
    const simulator = await checkedSimulator();

    const look = await accountAt(api, simulator, { key: "rpa_another_key" }).look(forever);

    expect(look).toMatchObject({ kind: "blind", cause: "key-refused" });
    expect(JSON.stringify(look)).not.toContain("rpa_another_key");
  });

  it("is blind once RunPod retires the interface, and says that", async () => {
    const simulator = await checkedSimulator();
    const account = accountAt(api, simulator);
    const before = await account.look(forever);
    simulator.retire(api);

    const after = await account.look(forever);

    expect([before.kind, after.kind]).toEqual(["seen", "blind"]);
    expect(after).toMatchObject({ cause: "bad-answer", refusal: "retired" });
  });

  it("sees again as soon as RunPod answers", async () => {
    const simulator = await checkedSimulator({ pods: [{ costPerHrUsd: 1 }] });
    const account = accountAt(api, simulator);
    await account.look(forever);
    simulator.failNext("http-500", 1, "looking");

    const kinds: string[] = [];
    for (let n = 0; n < 3; n += 1) kinds.push((await account.look(forever)).kind);

    expect(kinds).toEqual(["blind", "seen", "seen"]);
  });

  it("that is interrupted ends, and is blind", async () => {
    const simulator = await checkedSimulator();
    simulator.failAll("silence");
    const interruption = new AbortController();

    const looking = accountAt(api, simulator).look(interruption.signal);
    interruption.abort();

    expect(await looking).toMatchObject({ kind: "blind", because: "poll interrupted" });
  });

  it("shows no secret, whatever RunPod tells", async () => {
    const simulator = await checkedSimulator({ pods: [{ costPerHrUsd: 1 }] });
    const account = accountAt(api, simulator);

    const told = JSON.stringify([await account.look(forever), await account.measure(forever)]);

    expect(told).not.toMatch(/simulated-env-secret|rpa_test/);
  });
});

describe.each(faces)(
  "whatever befalls all of a look by %s, it is blind and says why",
  (_name, api) => {
    type Sees =
      | "pods-null"
      | "broken-pod-row"
      | "pod-ids-renamed"
      | "unknown-field"
      | "telemetry-null"
      | "telemetry-null-gpus"
      | "telemetry-stale"
      | "uptime-zero"
      | "stop-errors-but-happens"
      | "stop-lies"
      | CreateFault
      | PageFault;
    const causes: Record<Exclude<Fault, Sees>, [BlindCause | undefined, string?]> = {
      "http-401": ["key-refused"],
      "http-402": ["bad-answer"],
      "http-403": ["bad-answer"],
      "http-404": ["bad-answer", "route"],
      "http-405": ["bad-answer", "route"],
      "http-409": ["bad-answer"],
      "http-410": ["bad-answer", "retired"],
      "http-413": ["bad-answer"],
      "http-422": ["bad-answer", "schema"],
      "http-429": ["server-error", "rate"],
      "http-500": ["server-error"],
      "http-502-html": ["server-error"],
      "html-200": ["bad-answer"],
      "http-101": ["bad-answer"],
      drop: ["unreachable"],
      short: ["unreachable"],
      silence: ["unreachable"],
      "slow-drip": ["unreachable"],
      huge: ["bad-answer"],
      array: ["bad-answer"],
      "data-null": ["bad-answer"],
      "unauthorized-200": ["key-refused"],
      // REST names a status inside, GraphQL none.
      "internal-error-200": [undefined],
      "retired-200": ["bad-answer", "retired"],
      "not-found-200": ["bad-answer"],
      "myself-null": ["bad-answer"],
      "balance-null": ["bad-answer"],
      "balance-nan": ["bad-answer"],
      "balance-text": ["bad-answer"],
      "balance-infinite": ["bad-answer"],
    };

    it.each(Object.entries(causes))("%s", async (fault, [cause, refusal]) => {
      const simulator = await checkedSimulator({ pods: [{ costPerHrUsd: 1 }] });
      simulator.failAll(fault as Fault);
      const waits = fault === "silence" || fault === "slow-drip";
      const limits = { timeLimitMs: waits ? 300 : 10_000, maxBytes: 2 ** 16 };

      const look = await accountAt(api, simulator, limits).look(forever);

      const either = expect.stringMatching(/^(bad-answer|server-error)$/) as string;
      expect(look).toEqual({
        kind: "blind",
        atMs: hour,
        cause: cause ?? either,
        because: expect.stringMatching(/^\S.{3,}/) as string,
        ...(fault === "http-429" && { retryAfterMs: 1_000 }),
        ...(refusal !== undefined && { refusal }),
      });
      expect(JSON.stringify(look)).not.toMatch(/simulated-env-secret|rpa_test/);
    });
  },
);

describe.each(faces)("a fault of the pods leaves %s the balance", (_name, api) => {
  const pods = ["a", "b"].map((id) => ({ id, costPerHrUsd: 1 }));

  it("no list of pods: they are unknown", async () => {
    const simulator = await checkedSimulator({ pods });
    simulator.failAll("pods-null");

    const look = await accountAt(api, simulator).look(forever);

    expect(look).toMatchObject({ kind: "seen", balanceUsd: 10, pods: "unknown" });
  });

  it("a field that RunPod no longer knows: they are unknown, and that is said", async () => {
    const simulator = await checkedSimulator({ pods });
    simulator.failAll("unknown-field");

    const look = await accountAt(api, simulator).look(forever);

    expect(look).toMatchObject({
      kind: "seen",
      balanceUsd: 10,
      burnPerHrUsd: undefined,
      pods: "unknown",
      podsBecause: expect.stringContaining("HTTP 4") as string,
      refusal: "schema",
    });
  });

  it("rows that cannot be read are counted, and the burn is not added up without them", async () => {
    const simulator = await checkedSimulator({ pods });
    simulator.failAll("broken-pod-row");

    const look = await accountAt(api, simulator).look(forever);

    expect(look).toMatchObject({ balanceUsd: 10, pods: [{ id: "b" }], unreadablePods: 2 });
  });

  it("a list in which no pod has an id is none", async () => {
    const simulator = await checkedSimulator({ pods });
    simulator.failAll("pod-ids-renamed");

    const look = await accountAt(api, simulator).look(forever);

    expect(look).toMatchObject({ balanceUsd: 10, pods: [], unreadablePods: 2 });
  });
});

describe.each(faces)("a measurement by %s", (_name, api) => {
  const pod = { id: "a", costPerHrUsd: 1, startedAtMs: 600_000 };

  it("reads the loads, the start and the hardware", async () => {
    const telemetry = { cpuPercent: 7, memoryPercent: 5, gpuPercents: [90, 0] };
    const simulator = await checkedSimulator({
      nowMs: () => hour,
      pods: [{ ...pod, gpuCount: 2, telemetry }],
    });

    const measured = await accountAt(api, simulator).measure(forever);

    expect(measured).toMatchObject({
      kind: "measured",
      atMs: hour,
      samples: [
        {
          podId: "a",
          bootedAtMs: 600_000,
          lastStartedAtMs: 600_000,
          cpuPercent: 7,
          gpuPercents: [90, 0],
          gpuMemoryPercents: [90, 0],
          gpuType: expect.stringContaining("RTX 4090") as string,
          region: "EU-SE-1",
        },
      ],
    });
  });

  it.each<[string, Fault | undefined, "idle" | "unknown"]>([
    ["finds an idle pod idle, the second time at the latest", undefined, "idle"],
    ["never finds a pod idle of which nothing is told", "telemetry-null", "unknown"],
    ["never finds a pod idle whose GPUs are not told of", "telemetry-null-gpus", "unknown"],
  ])("%s", async (_sentence, fault, expected) => {
    let atMs = hour;
    const nowMs = (): number => atMs;
    const telemetry = { cpuPercent: 0, memoryPercent: 0, gpuPercents: [0] };
    const simulator = await checkedSimulator({ nowMs, pods: [{ ...pod, telemetry }] });
    const account = accountAt(api, simulator, { nowMs });
    if (fault !== undefined) simulator.failAll(fault);

    await account.measure(forever);
    atMs += 30_000;
    const measured = await account.measure(forever);

    expect(measured.kind).toBe("measured");
    const samples = "samples" in measured ? measured.samples : [];
    const limits = { cpuPercent: 5, gpuPercent: 5, gpuMemoryPercent: 5 };
    expect(samples.map((each) => loadOf(each, limits, atMs))).toEqual([expected]);
  });

  it("of a pod without a GPU knows that it has none", async () => {
    const simulator = await checkedSimulator({ pods: [{ ...pod, gpuCount: 0 }] });

    const measured = await accountAt(api, simulator).measure(forever);

    expect(measured).toMatchObject({ samples: [{ gpuPercents: [], cpuPercent: 40 }] });
  });

  it.each<[string, Fault, object]>([
    [
      "nothing told is nothing known",
      "telemetry-null",
      { cpuPercent: undefined, gpuPercents: undefined },
    ],
    ["GPUs that are not told of are not idle", "telemetry-null-gpus", { gpuPercents: undefined }],
    ["an uptime of 0 is no start", "uptime-zero", { bootedAtMs: undefined }],
  ])("%s", async (_sentence, fault, expected) => {
    const simulator = await checkedSimulator({ nowMs: () => hour, pods: [pod] });
    simulator.failAll(fault);

    const measured = await accountAt(api, simulator).measure(forever);

    expect(measured).toMatchObject({ kind: "measured", samples: [{ podId: "a", ...expected }] });
  });

  it.each<Fault>([
    "http-401",
    "http-404",
    "http-410",
    "http-429",
    "http-500",
    "html-200",
    "http-101",
    "drop",
    "short",
    "huge",
    "array",
    "data-null",
    "unknown-field",
    "pods-null",
    "pod-ids-renamed",
  ])("that fails is none, and says why: %s", async (fault) => {
    const simulator = await checkedSimulator({ pods: [pod] });
    simulator.failAll(fault);

    const measured = await accountAt(api, simulator, { maxBytes: 2 ** 16 }).measure(forever);

    expect(measured).toEqual({
      kind: "unmeasured",
      atMs: hour,
      because: expect.stringMatching(/\S{2,}/) as string,
    });
  });
});

describe.each(faces)("an end by %s", (_name, api) => {
  it.each<[EndAction, string]>([
    ["stop", "stopped"],
    ["terminate", "terminated"],
  ])("%s happens, to this pod and to no other", async (action, how) => {
    const pods = ["a", "b"].map((id) => ({ id, costPerHrUsd: 1 }));
    const simulator = await checkedSimulator({ pods });

    const answer = await accountAt(api, simulator).end({ id: "a" }, action, forever);

    expect(answer).toEqual({ kind: "accepted" });
    expect(simulator.account.ended()).toMatchObject([{ podId: "a", how }]);
  });

  it("is accepted also where nothing stands in the answer", async () => {
    const simulator = await checkedSimulator({ pods: [{ id: "a", costPerHrUsd: 1 }] });
    simulator.setStopsWithoutBody(true);

    const answer = await accountAt(api, simulator).end({ id: "a" }, "stop", forever);

    expect(answer).toEqual({ kind: "accepted" });
    expect(simulator.account.ended()).toHaveLength(1);
  });

  it.each<[string, EndAction]>([
    ["of a pod that is not there has failed, which proves nothing", "stop"],
    ["for good, of such a pod, has failed as well", "terminate"],
  ])("%s", async (_sentence, action) => {
    const simulator = await checkedSimulator();

    const answer = await accountAt(api, simulator).end({ id: "zz" }, action, forever);

    expect(answer).toMatchObject({ kind: "failed", isReadOnlyKey: false });
    expect(answer).toHaveProperty("because", expect.stringMatching(/no such pod|not found/i));
  });

  it("of a locked pod has failed, in words", async () => {
    const simulator = await checkedSimulator({
      pods: [{ id: "a", costPerHrUsd: 1, locked: true }],
    });

    const answer = await accountAt(api, simulator).end({ id: "a" }, "stop", forever);

    expect(answer).toMatchObject({ kind: "failed", isReadOnlyKey: false });
    expect(answer).toHaveProperty("because", expect.stringContaining("locked"));
    expect(simulator.account.ended()).toEqual([]);
  });

  it("with a key that may only read has failed, and is known for that", async () => {
    const simulator = await checkedSimulator({
      pods: [{ id: "a", costPerHrUsd: 1 }],
      readOnly: true,
    });

    const answer = await accountAt(api, simulator).end({ id: "a" }, "stop", forever);

    expect(answer).toMatchObject({ kind: "failed", isReadOnlyKey: true });
    expect(simulator.account.ended()).toEqual([]);
  });

  it("that answers with an error may have happened all the same", async () => {
    const simulator = await checkedSimulator({ pods: [{ id: "a", costPerHrUsd: 1 }] });
    simulator.failAll("stop-errors-but-happens");

    const answer = await accountAt(api, simulator).end({ id: "a" }, "stop", forever);

    expect(answer).toMatchObject({ kind: "failed", isReadOnlyKey: false });
    expect(simulator.account.ended()).toHaveLength(1);
  });

  it("that is answered as done may not have happened: only a poll shows", async () => {
    const simulator = await checkedSimulator({ pods: [{ id: "a", costPerHrUsd: 1 }] });
    simulator.failAll("stop-lies");
    const account = accountAt(api, simulator);

    const answer = await account.end({ id: "a" }, "stop", forever);
    const look = await account.look(forever);

    expect(answer).toEqual({ kind: "accepted" });
    expect(look).toMatchObject({ pods: [{ id: "a", status: "running" }] });
  });

  it.each<Fault>([
    "http-402",
    "http-403",
    "http-404",
    "http-405",
    "http-409",
    "http-410",
    "http-413",
    "http-422",
    "http-429",
    "http-500",
    "http-502-html",
    "html-200",
    "http-101",
    "drop",
    "short",
    "huge",
    "array",
    "internal-error-200",
  ])("that is not answered well has failed, in words: %s", async (fault) => {
    const simulator = await checkedSimulator({ pods: [{ id: "a", costPerHrUsd: 1 }] });
    simulator.failAll(fault);

    const answer = await accountAt(api, simulator, { maxBytes: 2 ** 16 }).end(
      { id: "a" },
      "stop",
      forever,
    );

    expect(answer).toEqual({
      kind: "failed",
      because: expect.stringMatching(/^\S.{3,}/) as string,
      isReadOnlyKey: false,
    });
    expect(JSON.stringify(answer)).not.toMatch(/simulated-env-secret|rpa_test/);
  });

  it.each<Fault>(["http-401", "unauthorized-200"])("with a refused key: %s", async (fault) => {
    const simulator = await checkedSimulator({ pods: [{ id: "a", costPerHrUsd: 1 }] });
    simulator.failAll(fault);

    const answer = await accountAt(api, simulator).end({ id: "a" }, "stop", forever);

    expect(answer).toMatchObject({ kind: "failed", isReadOnlyKey: true });
  });

  it.each([
    "../clusters/cluster1",
    "a/../b",
    "b?x=",
    "b#",
    "%62",
    "..",
    ".",
    "b/action",
    "ü",
    "\ud800",
  ])("reaches what has that very id, and nothing else: %j", async (id) => {
    const simulator = await checkedSimulator({
      pods: [{ id: "b", costPerHrUsd: 1 }],
      clusters: [{ pods: [{ costPerHrUsd: 1 }] }],
    });

    const account = accountAt(api, simulator);
    const answers = [
      await account.end({ id }, "stop", forever),
      await account.end({ id }, "terminate", forever),
    ];

    expect(answers.map(({ kind }) => kind)).toEqual(["failed", "failed"]);
    expect(simulator.account.ended()).toEqual([]);
  });

  it("is asked for once, whatever comes of it", async () => {
    const simulator = await checkedSimulator({ pods: [{ id: "a", costPerHrUsd: 1 }] });
    simulator.failAll("http-500");

    await accountAt(api, simulator).end({ id: "a" }, "terminate", forever);

    expect(simulator.asked).toHaveLength(1);
  });
});
