import { describe, expect, it } from "vitest";
import type { Api, Fault } from "#simulator/faults.ts";
import type { Simulator } from "#simulator/server.ts";
import { ask, rest, simulatorWith } from "./ask.ts";
import { checkedSimulator } from "./checked.ts";

const gpu = "NVIDIA GeForce RTX 4090";
const order = { name: "new", image: "busybox", gpu: { id: gpu } };
const document = `mutation ($input: PodFindAndDeployOnDemandInput) {
  podFindAndDeployOnDemand(input: $input) { id costPerHr desiredStatus machine { podHostId } }
}`;
const noneLeft =
  "There are no longer any instances available with the requested specifications. Please refresh and try again.";

interface Answered {
  /** Undefined where it was refused. */
  readonly pod: Readonly<Record<string, unknown>> | undefined;
  readonly words: string | undefined;
}

const apis: readonly Api[] = ["graphql", "rest"];

/** A pod with so many GPUs, asked for through this interface. */
async function ordered(
  simulator: Simulator,
  api: Api,
  count = 1,
  cloud = "SECURE",
): Promise<Answered> {
  if (api === "rest") {
    const body = { ...order, cloud, gpu: { id: gpu, count } };
    const answer = await rest(simulator, "POST", "/pods", { body });
    const found = answer.body as Readonly<Record<string, unknown>>;
    const isMade = answer.status === 201;
    return { pod: isMade ? found : undefined, words: isMade ? undefined : String(found["detail"]) };
  }
  const input = {
    name: "new",
    imageName: "busybox",
    gpuTypeId: gpu,
    gpuCount: count,
    cloudType: cloud,
  };
  const { body } = (await ask(simulator, document, { input })) as {
    readonly body: {
      readonly data?: {
        readonly podFindAndDeployOnDemand: Readonly<Record<string, unknown>> | null;
      };
      readonly errors?: readonly { readonly message: string }[];
    };
  };
  return {
    pod: body.data?.podFindAndDeployOnDemand ?? undefined,
    words: body.errors?.[0]?.message,
  };
}

describe.each(apis)("a pod that is ordered by %s", (api) => {
  it("costs what its GPUs cost in its cloud, and burns it from then on", async () => {
    let nowMs = 0;
    const simulator = await checkedSimulator({ nowMs: () => nowMs });

    const { pod } = await ordered(simulator, api, 2, "COMMUNITY");
    nowMs = 3_600_000;

    expect(pod?.[api === "rest" ? "cost" : "costPerHr"]).toBe(0.68);
    expect(simulator.account.balanceUsd()).toBeCloseTo(10 - 0.68);
  });

  it("takes its time to run, and costs all the while", async () => {
    let nowMs = 0;
    const simulator = await checkedSimulator({ nowMs: () => nowMs, bootMs: 1_800_000 });

    const { pod } = await ordered(simulator, api);
    const id = String(pod?.["id"]);
    const word = pod?.[api === "rest" ? "status" : "desiredStatus"];
    const early = simulator.account.pod(id)?.status;
    nowMs = 3_600_000;

    expect([word, early]).toEqual([api === "rest" ? "PROVISIONING" : "CREATED", "CREATED"]);
    expect(simulator.account.pod(id)).toMatchObject({ status: "RUNNING", startedAtMs: 1_800_000 });
    expect(simulator.account.balanceUsd()).toBeCloseTo(10 - 0.69);
  });

  it("may never come to run, and can be ended all the same", async () => {
    let nowMs = 0;
    const simulator = await checkedSimulator({ nowMs: () => nowMs });
    simulator.account.setBoot("never");

    const { pod } = await ordered(simulator, api);
    const id = String(pod?.["id"]);
    nowMs = 3_600_000;
    const late = simulator.account.pod(id)?.status;
    simulator.account.stopPod(id);

    expect(late).toBe("CREATED");
    expect(simulator.account.pod(id)?.status).toBe("EXITED");
    expect(simulator.account.burnPerHrUsd()).toBe(0);
  });

  it("takes of what is left, until there is none", async () => {
    const simulator = await checkedSimulator();
    simulator.account.setStock(gpu, "SECURE", 3);

    const first = await ordered(simulator, api, 2);
    const second = await ordered(simulator, api, 2);
    const third = await ordered(simulator, api, 1);
    const elsewhere = await ordered(simulator, api, 2, "COMMUNITY");

    expect([first.words, second.words, third.words, elsewhere.words]).toEqual([
      undefined,
      noneLeft,
      undefined,
      undefined,
    ]);
    expect(simulator.account.pods()).toHaveLength(3);
  });

  it("costs another price than the catalogue says, where it is told to", async () => {
    const simulator = await checkedSimulator();
    simulator.account.setPrice(gpu, "SECURE", 0.5);
    const first = await ordered(simulator, api);
    simulator.account.setPriceAtCreate(gpu, "SECURE", 0.6);
    const second = await ordered(simulator, api);
    simulator.account.setPriceAtCreate(gpu, "SECURE", undefined);
    const third = await ordered(simulator, api);

    const key = api === "rest" ? "cost" : "costPerHr";
    expect([first, second, third].map(({ pod }) => pod?.[key])).toEqual([0.5, 0.6, 0.5]);
    const [shown] = simulator.account.gpuOffers();
    expect(shown?.securePriceUsd).toBe(0.5);
  });

  it("wants the money for its first hour, where the account is prepaid", async () => {
    const simulator = await checkedSimulator({ balanceUsd: 0.68 });

    const prepaid = await ordered(simulator, api);
    simulator.account.setBillingMode("POSTPAID");
    const postpaid = await ordered(simulator, api);

    expect(prepaid.words).toBe("The balance is too low to start a pod");
    expect(postpaid.pod).toBeDefined();
  });

  it.each<[Fault, number]>([
    ["create-errors-but-happens", 1],
    ["create-drops-but-happens", 1],
    ["create-drops", 0],
    ["create-lies", 0],
  ])("%s leaves %d pods", async (fault, count) => {
    const simulator = await checkedSimulator();
    simulator.failNext(fault, 1, "creates");

    const answered = await ordered(simulator, api).catch(() => undefined);

    expect(simulator.account.pods()).toHaveLength(count);
    expect(answered?.pod !== undefined).toBe(fault === "create-lies");
    expect((await ordered(simulator, api)).pod).toBeDefined();
  });

  it("create-hangs-but-happens makes it and says nothing", async () => {
    const simulator = await checkedSimulator();
    simulator.failNext("create-hangs-but-happens");

    const answer = ordered(simulator, api).catch(() => "cut off");
    await expect.poll(() => simulator.account.pods()).toHaveLength(1);
    await simulator.close();

    expect(await answer).toBe("cut off");
  });

  it("a fault of creates waits for one", async () => {
    const simulator = await checkedSimulator();
    simulator.failNext("http-500", 1, "creates");

    const looked = await rest(simulator, "GET", "/pods");

    expect(looked.status).toBe(200);
    expect((await ordered(simulator, api)).pod).toBeUndefined();
  });
});

describe("REST takes an order as its specification has it", () => {
  it.each<[string, number, string, unknown]>([
    ["no JSON", 400, "the body must be a JSON object", "{"],
    ["no name", 422, "$: name is required", { ...order, name: undefined }],
    ["an empty name", 422, "$.name: must not be empty", { ...order, name: "" }],
    [
      "an unknown field",
      422,
      "$: additional properties 'bogus' not allowed",
      { ...order, bogus: 1 },
    ],
    [
      "an unknown field of its GPU",
      422,
      "$.gpu: additional properties 'name' not allowed",
      { ...order, gpu: { id: gpu, name: "x" } },
    ],
    ["a GPU that is a text", 422, "$.gpu: must be an object", { ...order, gpu }],
    [
      "half a GPU",
      422,
      "$.gpu.count: must be a whole number, at least 1",
      { ...order, gpu: { id: gpu, count: 0.5 } },
    ],
    ["ports in one text", 422, "$.ports: must be a list of strings", { ...order, ports: "22/tcp" }],
    [
      "a number in its environment",
      422,
      "$.env: must be an object of strings",
      { ...order, env: { A: 1 } },
    ],
    ["another cloud", 422, "$.cloud: must be one of SECURE, COMMUNITY", { ...order, cloud: "ALL" }],
    [
      "a volume below 10 GB",
      422,
      "$.mounts.persistent.size: must be a whole number, at least 10",
      { ...order, mounts: { persistent: { size: 9, path: "/workspace" } } },
    ],
    [
      "a volume without a path",
      422,
      "$.mounts.network[0]: path is required",
      { ...order, mounts: { network: [{ volumeId: "v" }] } },
    ],
    [
      "neither GPU nor CPU",
      400,
      "exactly one of gpu and cpu is required",
      { ...order, gpu: undefined },
    ],
    [
      "both",
      400,
      "exactly one of gpu and cpu is required",
      { ...order, cpu: { id: "cpu3c", vcpuCount: 2 } },
    ],
    ["no image", 400, "image is required unless templateId is set", { ...order, image: undefined }],
    [
      "two kinds of mounts",
      400,
      "mounts.persistent and mounts.network exclude each other",
      {
        ...order,
        mounts: {
          persistent: { size: 10, path: "/a" },
          network: [{ volumeId: "v", path: "/b" }],
        },
      },
    ],
    ["a GPU that there is not", 400, noneLeft, { ...order, gpu: { id: "NVIDIA Nothing" } }],
  ])("%s: %d", async (_what, status, words, body) => {
    // What is wrong with these is what the specification says of them: only the answers are looked at.
    const simulator = await simulatorWith();

    const answer = await rest(simulator, "POST", "/pods", { body });

    expect(answer.status).toBe(status);
    expect(JSON.stringify(answer.body)).toContain(words);
    expect(simulator.account.pods()).toEqual([]);
  });

  it("makes the pod, and shows it with its way in once it has a machine", async () => {
    let nowMs = 0;
    const simulator = await checkedSimulator({ bootMs: 1, nowMs: () => nowMs });
    const body = {
      ...order,
      cloud: "COMMUNITY",
      disk: 30,
      ports: ["8888/http"],
      env: { A: "1=2" },
      mounts: { persistent: { size: 10, path: "/workspace" } },
      dataCenterIds: ["US-KS-2"],
      startSsh: true,
    };

    const made = await rest(simulator, "POST", "/pods", { body });
    nowMs = 1;
    const { id } = made.body as { readonly id: string };
    const shown = await rest(simulator, "GET", `/pods/${id}`);

    const { startSsh: _unread, dataCenterIds: _preferred, ...told } = body;
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({
      status: "PROVISIONING",
      ssh: { proxy: null },
      dataCenterId: null,
    });
    expect(shown.body).toMatchObject({
      ...told,
      gpu: { id: gpu, count: 1 },
      status: "RUNNING",
      dataCenterId: "US-KS-2",
      ssh: { proxy: { command: `ssh ${id}-64411eb2@ssh.runpod.io` } },
    });
  });
});

describe("what is left is shown", () => {
  it.each<[number | "none" | "low" | "medium" | "high", number, string]>([
    [0, 1, "none"],
    [1, 1, "low"],
    [3, 1, "medium"],
    [3, 4, "none"],
    [9, 1, "high"],
    ["low", 8, "low"],
    ["none", 1, "none"],
  ])("%s for %d each: %s", async (stock, count, level) => {
    const simulator = await checkedSimulator();
    simulator.account.setStock(gpu, "COMMUNITY", stock);

    const { body } = await rest(
      simulator,
      "GET",
      `/catalog/gpus?include=AVAILABILITY&product=POD&cloud=COMMUNITY&count=${count}`,
    );
    const graphql = await ask(
      simulator,
      `{ gpuTypes { lowestPrice(input: { gpuCount: ${count}, secureCloud: false }) { stockStatus } } }`,
    );

    expect(body).toMatchObject({ gpus: [{ availability: level.toUpperCase() }, {}, {}, {}] });
    const word = level === "none" ? null : level.charAt(0).toUpperCase() + level.slice(1);
    expect(graphql.body).toMatchObject({
      data: { gpuTypes: [{ lowestPrice: { stockStatus: word } }, {}, {}, {}] },
    });
  });

  it("only where it is asked for, and for a product", async () => {
    const simulator = await checkedSimulator();

    const plain = await rest(simulator, "GET", "/catalog/gpus");
    const half = await rest(simulator, "GET", "/catalog/gpus?include=AVAILABILITY");

    expect(JSON.stringify(plain.body)).not.toContain("availability");
    expect(half.status).toBe(400);
  });
});
