import { describe, expect, it } from "vitest";
import type { Api } from "#guard/model/account.ts";
import type { PodOrder } from "#guard/model/launch.ts";
import { apiKey } from "../../simulator/ask.ts";
import { checkedSimulator } from "../../simulator/checked.ts";
import { creatingAt, faces, forever, orderFor, rtx4090 } from "./orders.ts";

/** What makes pods promises this, whichever of RunPod's interfaces it asks. */

const a100 = "NVIDIA A100 80GB PCIe";
const stamp = "abcdefg2@laptop";

describe.each(faces)("what %s offers", (_name, api) => {
  it("says what a type costs for one GPU in each cloud, and how many are left of so many", async () => {
    const simulator = await checkedSimulator();
    simulator.account.setStock(rtx4090, "SECURE", 1);
    simulator.account.setStock(rtx4090, "COMMUNITY", "low");
    simulator.account.setPrice(rtx4090, "SECURE", 0.75);

    const offers = await creatingAt(api, simulator).offers(2, forever);

    expect(offers).toMatchObject({ kind: "read" });
    const [offer] = offers.kind === "read" ? offers.value : [];
    expect(offer).toEqual({
      id: rtx4090,
      name: "RTX 4090",
      memoryGb: 24,
      // GraphQL has no word for it: null may be anything.
      secure: { perHrUsd: 0.75, stock: api === "rest" ? "none" : "unknown", mostGpus: 8 },
      community: { perHrUsd: 0.34, stock: "low", mostGpus: 8 },
    });
  });

  it("asks no more than it has to, and changes nothing", async () => {
    const simulator = await checkedSimulator();

    await creatingAt(api, simulator).offers(1, forever);

    expect(simulator.asked.map(({ does }) => does)).toEqual(
      api === "rest" ? ["prices", "prices"] : ["prices"],
    );
    expect(simulator.account.pods()).toEqual([]);
  });
});

describe.each(faces)("a pod that is made by %s", (_name, api) => {
  it("is what was ordered", async () => {
    const simulator = await checkedSimulator({ balanceUsd: 50 });
    simulator.account.addNetworkVolume({ id: "vol1" });
    const order = orderFor({
      name: "trainer-rbabcdefg2",
      gpuId: a100,
      gpuCount: 2,
      cloud: "community",
      image: "runpod/pytorch:2",
      containerDiskGb: 50,
      networkVolumeId: "vol1",
      ports: ["8888/http", "22/tcp"],
      env: { RUNPODBOSS: stamp, HF_TOKEN: "hf_much_secret" },
      dataCenterIds: ["US-KS-2", "EU-SE-1"],
    });

    const answer = await creatingAt(api, simulator).create(order, forever);

    const [pod] = simulator.account.pods();
    expect(answer).toEqual({ kind: "created", podId: pod?.id, costPerHrUsd: 2.38 });
    expect(pod).toMatchObject({
      name: "trainer-rbabcdefg2",
      gpuTypeId: a100,
      gpuCount: 2,
      cloud: "COMMUNITY",
      imageName: "runpod/pytorch:2",
      containerDiskInGb: 50,
      volumeInGb: 0,
      networkVolumeId: "vol1",
      ports: ["8888/http", "22/tcp"],
      env: [`RUNPODBOSS=${stamp}`, "HF_TOKEN=hf_much_secret"],
      dataCenterId: "US-KS-2",
    });
  });

  it.each<[string, Partial<PodOrder>, object]>([
    ["a disk of its own", { volumeGb: 40 }, { volumeInGb: 40, networkVolumeId: null }],
    ["no disk that outlives a stop", {}, { volumeInGb: 0, networkVolumeId: null }],
    ["a template", { image: undefined, templateId: "tpl1" }, { volumeInGb: 0 }],
  ])("may have %s", async (_what, changes, expected) => {
    const simulator = await checkedSimulator();

    const answer = await creatingAt(api, simulator).create(orderFor(changes), forever);

    expect(answer).toMatchObject({ kind: "created" });
    expect(simulator.account.pods()).toMatchObject([expected]);
  });

  it("is asked for once, by a request that is no poll", async () => {
    const simulator = await checkedSimulator();

    await creatingAt(api, simulator).create(orderFor(), forever);

    expect(simulator.asked).toMatchObject([{ api, does: "create", hasAuthorization: true }]);
  });

  it("can be reached by ssh once it has a machine", async () => {
    let nowMs = 0;
    const simulator = await checkedSimulator({ bootMs: 60_000, nowMs: () => nowMs });
    const creating = creatingAt(api, simulator);
    const answer = await creating.create(orderFor(), forever);
    const podId = answer.kind === "created" ? answer.podId : "";

    const early = await creating.sshOf(podId, forever);
    nowMs = 60_000;

    expect(early).toBeUndefined();
    expect(await creating.sshOf(podId, forever)).toBe(`${podId}-64411eb2@ssh.runpod.io`);
    expect(await creating.sshOf("nobody", forever)).toBeUndefined();
  });
});

it("what a pod is started with stands in no text of a query, and is not asked back", async () => {
  const simulator = await checkedSimulator();

  await creatingAt("graphql", simulator).create(
    orderFor({ env: { HF_TOKEN: "hf_much_secret" } }),
    forever,
  );

  const [{ query, variables } = { query: "", variables: {} }] = simulator.queries;
  expect(query).not.toMatch(/hf_much_secret|HF_TOKEN|\benv\b/);
  expect(variables).toMatchObject({
    input: { env: [{ key: "HF_TOKEN", value: "hf_much_secret" }] },
  });
  expect(JSON.stringify(simulator.queries)).not.toContain(apiKey);
});

it.each<[Api, number, boolean]>([
  ["graphql", 0.68, false],
  ["graphql", 0.7, true],
])(
  "%s is told the most that is to be paid: with $%s made: %s",
  async (api, mostPerHrUsd, isMade) => {
    const simulator = await checkedSimulator();

    const answer = await creatingAt(api, simulator).create(orderFor({ mostPerHrUsd }), forever);

    expect(answer).toMatchObject(
      isMade ? { kind: "created" } : { kind: "failed", isRefusal: true, isReadOnlyKey: false },
    );
    expect(simulator.account.pods()).toHaveLength(isMade ? 1 : 0);
  },
);
