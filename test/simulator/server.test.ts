import { expect, it } from "vitest";
import { startSimulator } from "#simulator/server.ts";
import { apiKey, ask, post, simulatorWith } from "./ask.ts";

const pod = { id: "a", name: "trainer", costPerHrUsd: 1.5 };
const stop = `mutation { podStop(input: { podId: "a" }) { id desiredStatus } }`;
const terminate = `mutation { podTerminate(input: { podId: "a" }) }`;
const resume = `mutation { podResume(input: { podId: "a" }) { desiredStatus } }`;
const deploy = `mutation ($input: PodFindAndDeployOnDemandInput) {
  podFindAndDeployOnDemand(input: $input) { name costPerHr gpuCount desiredStatus env }
}`;

it("the account and its pods answer in RunPod's words", async () => {
  const telemetry = { cpuPercent: 12.4, memoryPercent: 30, gpuPercents: [80, null, 40] };
  const simulator = await simulatorWith({
    otherBurnPerHrUsd: 0.5,
    pods: [{ ...pod, telemetry, networkVolumeId: "volume", startedAtMs: -60_000 }],
  });

  const { body } = await ask(
    simulator,
    `{ myself {
      clientBalance currentSpendPerHr minBalance clientLifetimeSpend creditAlertThreshold
      spendLimit underBalance
      spendDetails { localStoragePerHour networkStoragePerHour gpuComputePerHour }
      pods {
        id name imageName machineId desiredStatus costPerHr adjustedCostPerHr memoryInGb vcpuCount
        gpuCount createdAt lastStartedAt lastStatusChange podType volumeInGb containerDiskInGb
        networkVolumeId locked uptimeSeconds
        runtime {
          uptimeInSeconds container { cpuPercent memoryPercent }
          gpus { id gpuUtilPercent memoryUtilPercent }
        }
        machine { gpuDisplayName gpuTypeId location dataCenterId }
        latestTelemetry {
          time cpuUtilization memoryUtilization averageGpuMetrics { percentUtilization }
        }
      }
    } }`,
  );

  expect(body).toEqual({
    data: {
      myself: {
        clientBalance: 10,
        currentSpendPerHr: 2,
        minBalance: 0,
        clientLifetimeSpend: 0,
        creditAlertThreshold: null,
        spendLimit: 80,
        underBalance: false,
        spendDetails: { localStoragePerHour: 0, networkStoragePerHour: 0, gpuComputePerHour: 1.5 },
        pods: [
          {
            id: "a",
            name: "trainer",
            imageName: "runpod/pytorch:latest",
            machineId: "machine-of-a",
            desiredStatus: "RUNNING",
            costPerHr: 1.5,
            adjustedCostPerHr: 1.5,
            memoryInGb: 62,
            vcpuCount: 16,
            gpuCount: 1,
            createdAt: "1970-01-01T00:00:00.000Z",
            lastStartedAt: "1969-12-31T23:59:00.000Z",
            lastStatusChange: "RUNNING since 1970-01-01T00:00:00.000Z",
            podType: "RESERVED",
            volumeInGb: 20,
            containerDiskInGb: 20,
            networkVolumeId: "volume",
            locked: false,
            uptimeSeconds: 60,
            runtime: {
              uptimeInSeconds: 60,
              container: { cpuPercent: 12, memoryPercent: 30 },
              gpus: [
                { id: "GPU-0", gpuUtilPercent: 80, memoryUtilPercent: 80 },
                { id: "GPU-1", gpuUtilPercent: null, memoryUtilPercent: null },
                { id: "GPU-2", gpuUtilPercent: 40, memoryUtilPercent: 40 },
              ],
            },
            machine: {
              gpuDisplayName: "RTX 4090",
              gpuTypeId: "NVIDIA GeForce RTX 4090",
              location: "SE",
              dataCenterId: "EU-SE-1",
            },
            latestTelemetry: {
              time: "1970-01-01T00:00:00.000Z",
              cpuUtilization: 12.4,
              memoryUtilization: 30,
              averageGpuMetrics: { percentUtilization: 60 },
            },
          },
        ],
      },
    },
  });
});

const lookAtOne = `{ pod(input: { podId: "a" }) {
  desiredStatus
  runtime { uptimeInSeconds container { cpuPercent } gpus { id } }
  latestTelemetry { time cpuUtilization averageGpuMetrics { percentUtilization } }
} }`;

it.each([
  [
    "a stopped pod has no runtime and keeps its last telemetry",
    {
      status: "EXITED" as const,
      telemetry: { cpuPercent: 1, memoryPercent: 2, gpuPercents: [3], takenAtMs: 1000 },
    },
    {
      desiredStatus: "EXITED",
      runtime: null,
      latestTelemetry: {
        time: "1970-01-01T00:00:01.000Z",
        cpuUtilization: 1,
        averageGpuMetrics: { percentUtilization: 3 },
      },
    },
  ],
  [
    "a pod that reports nothing yet has neither",
    { telemetry: null },
    { desiredStatus: "RUNNING", runtime: null, latestTelemetry: null },
  ],
  [
    "unknown parts of the telemetry are null",
    { telemetry: { cpuPercent: null, memoryPercent: null, gpuPercents: null } },
    {
      desiredStatus: "RUNNING",
      runtime: { uptimeInSeconds: 0, container: { cpuPercent: null }, gpus: null },
      latestTelemetry: {
        time: "1970-01-01T00:00:00.000Z",
        cpuUtilization: null,
        averageGpuMetrics: null,
      },
    },
  ],
])("%s", async (_sentence, given, expected) => {
  const simulator = await simulatorWith({ pods: [{ ...pod, ...given }] });

  const { body } = await ask(simulator, lookAtOne);

  expect(body).toEqual({ data: { pod: expected } });
});

it.each([
  ["is fresh", {}, [90_000, 400_000]],
  ["stands still", { takenAtMs: 60_000 }, [60_000, 60_000]],
  ["ages until it is measured anew", { everyMs: 300_000 }, [0, 300_000]],
])("the time of the telemetry %s, and the rest goes on", async (_sentence, given, times) => {
  let nowMs = 90_000;
  const telemetry = { cpuPercent: 50, memoryPercent: 2, gpuPercents: [3], ...given };
  const simulator = await simulatorWith({ pods: [{ ...pod, telemetry }], nowMs: () => nowMs });

  const first = await ask(simulator, lookAtOne);
  nowMs = 400_000;
  const second = await ask(simulator, lookAtOne);

  const timed = (ms: number | undefined) => ({
    data: {
      pod: {
        runtime: { container: { cpuPercent: 50 } },
        latestTelemetry: { time: new Date(ms ?? NaN).toISOString() },
      },
    },
  });
  expect([first.body, second.body]).toMatchObject(times.map(timed));
});

it("the memory of a GPU is its own matter, and as busy as the GPU where nothing is said", async () => {
  const telemetry = {
    cpuPercent: 1,
    memoryPercent: 2,
    gpuPercents: [3, 4],
    gpuMemoryPercents: [80],
  };
  const simulator = await simulatorWith({ pods: [{ ...pod, telemetry }] });

  const { body } = await ask(
    simulator,
    `{ pod(input: { podId: "a" }) { runtime { gpus { memoryUtilPercent } } } }`,
  );

  const gpus = [{ memoryUtilPercent: 80 }, { memoryUtilPercent: 4 }];
  expect(body).toEqual({ data: { pod: { runtime: { gpus } } } });
});

it.each([
  ["a pod that is not there", `{ pod(input: { podId: "b" }) { id } }`, { pod: null }],
  ["a pod that is not named", `{ pod { id } }`, { pod: null }],
  [
    "one GPU type and its lowest price",
    `{ gpuTypes(input: { id: "NVIDIA H100 80GB HBM3" }) {
      displayName memoryInGb securePrice communityPrice
      lowestPrice(input: { gpuCount: 2, secureCloud: false }) { uninterruptablePrice stockStatus }
    } }`,
    {
      gpuTypes: [
        {
          displayName: "H100 SXM",
          memoryInGb: 80,
          securePrice: 2.99,
          communityPrice: 2.69,
          lowestPrice: { uninterruptablePrice: 5.38, stockStatus: "High" },
        },
      ],
    },
  ],
  [
    "every GPU type",
    `{ gpuTypes { displayName } }`,
    {
      gpuTypes: [
        { displayName: "RTX 4090" },
        { displayName: "A100 PCIe" },
        { displayName: "A100 SXM" },
        { displayName: "H100 SXM" },
      ],
    },
  ],
])("a query for %s", async (_what, query, data) => {
  const simulator = await simulatorWith();

  const { body } = await ask(simulator, query);

  expect(body).toEqual({ data });
});

it("podStop stops", async () => {
  const simulator = await simulatorWith({ pods: [pod] });

  const { body } = await ask(simulator, stop);

  expect(body).toEqual({ data: { podStop: { id: "a", desiredStatus: "EXITED" } } });
  expect(simulator.account.pod("a")?.status).toBe("EXITED");
});

it("podTerminate ends, and its success is null", async () => {
  const simulator = await simulatorWith({ pods: [pod] });

  const { body } = await ask(simulator, terminate);

  expect(body).toEqual({ data: { podTerminate: null } });
  expect(simulator.account.pods()).toEqual([]);
});

it("podResume resumes", async () => {
  const simulator = await simulatorWith({ pods: [{ ...pod, status: "EXITED" }] });

  const { body } = await ask(simulator, resume);

  expect(body).toEqual({ data: { podResume: { desiredStatus: "RUNNING" } } });
  expect(simulator.account.burnPerHrUsd()).toBe(1.5);
});

it("podFindAndDeployOnDemand deploys at the type's rate, and never acts on stopAfter", async () => {
  let nowMs = 0;
  const simulator = await simulatorWith({ nowMs: () => nowMs });
  const input = {
    gpuTypeId: "NVIDIA A100 80GB PCIe",
    gpuCount: 2,
    cloudType: "COMMUNITY",
    name: "new",
    env: [{ key: "A", value: "1" }],
    stopAfter: "1970-01-01T00:00:01Z",
  };

  const { body } = await ask(simulator, deploy, { input });
  nowMs = 3_600_000;

  const deployed = {
    name: "new",
    costPerHr: 2.38,
    gpuCount: 2,
    desiredStatus: "RUNNING",
    env: ["A=1"],
  };
  expect(body).toEqual({ data: { podFindAndDeployOnDemand: deployed } });
  expect(simulator.account.balanceUsd()).toBeCloseTo(10 - 2.38);
});

it.each([
  ["a stop of a locked pod", { pods: [{ ...pod, locked: true }] }, stop, "Pod a is locked"],
  ["a stop of no pod", {}, stop, "Pod a not found"],
  ["an end of no pod", {}, terminate, "Pod a not found"],
  ["a resume of no pod", {}, resume, "Pod a not found"],
  ["a stop with a key that may only read", { pods: [pod], readOnly: true }, stop, "Unauthorized"],
  ["an end with such a key", { pods: [pod], readOnly: true }, terminate, "Unauthorized"],
  ["a resume with such a key", { pods: [pod], readOnly: true }, resume, "Unauthorized"],
  ["a deployment with such a key", { readOnly: true }, deploy, "Unauthorized"],
  ["a deployment of no GPU type", {}, deploy, "There are no instances of that"],
])("%s answers 200 with an error and does nothing", async (_what, options, query, message) => {
  const simulator = await simulatorWith(options);
  const before = simulator.account.pods();

  const { status, body } = await ask(simulator, query);

  expect(status).toBe(200);
  expect(body).toMatchObject({ errors: [{ message }] });
  expect(simulator.account.pods()).toEqual(before);
});

it("a deployment without the money for its first hour is refused", async () => {
  const simulator = await simulatorWith({ balanceUsd: 0.68 });

  const { body } = await ask(simulator, deploy, {
    input: { gpuTypeId: "NVIDIA GeForce RTX 4090" },
  });

  expect(body).toMatchObject({ errors: [{ message: "The balance is too low to start a pod" }] });
});

it("a key that may only read still reads", async () => {
  const simulator = await simulatorWith({ readOnly: true });

  const { body } = await ask(simulator, `{ myself { clientBalance } }`);

  expect(body).toEqual({ data: { myself: { clientBalance: 10 } } });
});

it.each([
  ["no key", {}],
  ["another key", { authorization: "Bearer rpa_other" }],
  ["the key without Bearer", { authorization: apiKey }],
])("%s is answered 401 with JSON", async (_what, headers) => {
  const simulator = await simulatorWith();

  const response = await post(simulator, `{ myself { clientBalance } }`, {}, headers);

  expect(response.status).toBe(401);
  expect(await response.json()).toEqual({ errors: [{ message: "Unauthorized" }] });
});

it.each([
  ["an unknown field", `{ myself { clientBalance colour } }`, `Cannot query field "colour"`],
  ["an unknown field of a pod", `{ myself { pods { id colour } } }`, `Cannot query field "colour"`],
  ["a missing input", `mutation { podStop { id } }`, `argument "input" of type "PodStopInput!"`],
  ["no GraphQL", `{ myself`, "Syntax Error"],
  ["a missing variable", `query ($x: PodFilter!) { pod(input: $x) { id } }`, "Variable"],
])("%s fails the whole query with 400", async (_what, query, words) => {
  const simulator = await simulatorWith({ pods: [pod] });

  const { status, body } = await ask(simulator, query);

  expect(status).toBe(400);
  expect(body).not.toHaveProperty("data");
  expect(JSON.stringify(body)).toContain(JSON.stringify(words).slice(1, -1));
});

it.each([
  ["another path", "/", { method: "POST" }, 404],
  ["another method", "/graphql", { method: "GET" }, 405],
  ["no JSON", "/graphql", { method: "POST", body: "{" }, 400],
  ["no query", "/graphql", { method: "POST", body: "[]" }, 400],
])("%s is answered as such", async (_what, path, init, status) => {
  const simulator = await simulatorWith();

  const response = await fetch(new URL(path, simulator.url), {
    ...init,
    headers: { authorization: `Bearer ${apiKey}` },
  });

  expect(response.status).toBe(status);
});

it("a request over 1 MiB is cut off", async () => {
  const simulator = await simulatorWith();

  const sent = post(simulator, "x".repeat(1024 * 1024));

  await expect(sent).rejects.toThrow("fetch failed");
});

it("requests are recorded: what was asked, by whom, and with a key or not", async () => {
  const simulator = await simulatorWith();
  const query = `query ($input: PodFilter) { pod(input: $input) { id } }`;

  await ask(simulator, query, { input: { podId: "a" } });
  await post(simulator, "{", {}, {});

  expect(simulator.requests).toBe(2);
  expect(simulator.queries).toMatchObject([
    {
      query,
      variables: { input: { podId: "a" } },
      userAgent: "tester/1",
      hasAuthorization: true,
    },
    { query: "{", variables: {}, hasAuthorization: false },
  ]);
});

it("it listens on loopback only", async () => {
  const simulator = await simulatorWith();

  expect(simulator.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/graphql$/);
});

it("a port that is taken is an error", async () => {
  const simulator = await simulatorWith();

  const second = startSimulator({
    apiKey,
    balanceUsd: 1,
    port: Number(new URL(simulator.url).port),
  });

  await expect(second).rejects.toThrow("EADDRINUSE");
});

it("its own clock runs at the speed that was asked for", async () => {
  const simulator = await startSimulator({ apiKey, balanceUsd: 1, speed: 3_600_000 });
  const startedAtMs = simulator.account.nowMs();

  await new Promise((resolve) => setTimeout(resolve, 20));

  expect(simulator.account.nowMs() - startedAtMs).toBeGreaterThan(10 * 3_600_000);
  await simulator.close();
});
