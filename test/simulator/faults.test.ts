import { expect, it } from "vitest";
import type { Fault, Only } from "#simulator/faults.ts";
import type { Simulator } from "#simulator/server.ts";
import { apiKey, ask, post, simulatorWith } from "./ask.ts";

const look = `{ myself { clientBalance pods { id name } } }`;
const stop = `mutation { podStop(input: { podId: "a" }) { desiredStatus } }`;
const terminate = `mutation { podTerminate(input: { podId: "a" }) }`;
const measure = `{ myself { pods {
  id lastStartedAt
  runtime { uptimeInSeconds gpus { gpuUtilPercent } }
  latestTelemetry { time averageGpuMetrics { percentUtilization } }
} } }`;
const page = expect.stringContaining("<html>") as unknown;

/** Two pods, and every request that the fault concerns goes wrong. */
async function brokenWith(fault: Fault): Promise<Simulator> {
  const simulator = await simulatorWith({
    pods: ["a", "b"].map((id) => ({ id, costPerHrUsd: 1 })),
  });
  simulator.failAll(fault);
  return simulator;
}

const b = { id: "b", name: "b" };
const pods = [{ id: "a", name: "a" }, b];
const graphqlError = (message: string) => ({ errors: [{ message }] });

it.each<[Fault, number, unknown]>([
  ["http-401", 401, graphqlError("Unauthorized")],
  ["http-500", 500, graphqlError("Something went wrong")],
  ["array", 200, []],
  ["data-null", 200, { data: null }],
  ["unauthorized-200", 200, { ...graphqlError("Unauthorized"), data: null }],
  [
    "internal-error-200",
    200,
    {
      errors: [{ message: "Something went wrong", extensions: { code: "INTERNAL_SERVER_ERROR" } }],
      data: null,
    },
  ],
  ["not-found-200", 200, { data: { pod: null } }],
  ["unknown-field", 400, graphqlError('Cannot query field "costPerHr" on type "Pod".')],
  ["myself-null", 200, { data: { myself: null } }],
  ["balance-null", 200, { data: { myself: { clientBalance: null, pods } } }],
  ["balance-text", 200, { data: { myself: { clientBalance: "12.5", pods } } }],
  ["balance-infinite", 200, { data: { myself: { clientBalance: Infinity, pods } } }],
  ["pods-null", 200, { data: { myself: { clientBalance: 10, pods: null } } }],
  ["broken-pod-row", 200, { data: { myself: { clientBalance: 10, pods: [{ id: 5 }, b, null] } } }],
])("%s answers %d with JSON", async (fault, status, body) => {
  const simulator = await brokenWith(fault);

  const answer = await ask(simulator, look);

  expect(answer.status).toBe(status);
  expect(answer.body).toMatchObject(body as object);
});

it.each<[Fault, number, string, unknown]>([
  ["http-403", 403, "text/plain", "error code: 1010"],
  ["http-429", 429, "text/html", page],
  ["http-502-html", 502, "text/html", page],
  ["html-200", 200, "text/html", page],
])("%s answers %d with %s", async (fault, status, type, text) => {
  const simulator = await brokenWith(fault);

  const response = await post(simulator, look);

  expect(response.status).toBe(status);
  expect(response.headers.get("content-type")).toBe(type);
  expect(response.headers.has("retry-after")).toBe(fault === "http-429");
  expect(await response.text()).toEqual(text);
});

it.each<[Fault, string]>([
  ["balance-nan", '"clientBalance":NaN,'],
  ["balance-infinite", '"clientBalance":1e999,'],
])("%s stands literally in the answer", async (fault, literal) => {
  const simulator = await brokenWith(fault);

  const response = await post(simulator, look);

  expect(await response.text()).toContain(literal);
});

it("drop hangs up without an answer", async () => {
  const simulator = await brokenWith("drop");

  await expect(post(simulator, look)).rejects.toThrow("fetch failed");
});

it("short promises the whole and sends half", async () => {
  const simulator = await brokenWith("short");

  const response = await post(simulator, look);

  expect(response.status).toBe(200);
  await expect(response.text()).rejects.toThrow("terminated");
});

it("silence answers nothing until the simulator closes", async () => {
  const simulator = await brokenWith("silence");
  const answer = post(simulator, look).then(
    () => "answered",
    () => "cut",
  );

  const first = await Promise.race([answer, after(50, "nothing")]);
  await simulator.close();

  expect(first).toBe("nothing");
  expect(await answer).toBe("cut");
});

it("slow-drip sends a byte now and then until the simulator closes", async () => {
  const simulator = await brokenWith("slow-drip");
  const response = await post(simulator, look);
  const reader = response.body?.getReader();

  const first = await reader?.read();
  const second = await reader?.read();
  await simulator.close();

  expect([first?.value?.length, second?.value?.length]).toEqual([1, 1]);
  await expect(reader?.read()).rejects.toThrow("terminated");
});

it("huge is a true answer of over 32 MiB", async () => {
  const simulator = await brokenWith("huge");

  const response = await post(simulator, look);
  const text = await response.text();

  expect(text.length).toBeGreaterThan(32 * 1024 * 1024);
  expect(text).toMatch(/,"data":\{"myself":\{"clientBalance":10,.*\}\}\}$/);
});

it("huge survives a client that hangs up half-way", async () => {
  const simulator = await brokenWith("huge");
  const response = await post(simulator, look);
  await response.body?.cancel();
  simulator.clearFaults();

  const { status } = await ask(simulator, look);

  expect(status).toBe(200);
});

it.each<[Fault, string, unknown, string | undefined]>([
  ["stop-errors-but-happens", stop, graphqlError("Something went wrong"), "EXITED"],
  ["stop-errors-but-happens", terminate, graphqlError("Something went wrong"), undefined],
  ["stop-lies", stop, { data: { podStop: { desiredStatus: "EXITED" } } }, "RUNNING"],
  ["stop-lies", terminate, { data: { podTerminate: null } }, "RUNNING"],
  ["internal-error-200", stop, graphqlError("Something went wrong"), "RUNNING"],
  ["unauthorized-200", stop, graphqlError("Unauthorized"), "RUNNING"],
])("%s to %s", async (fault, mutation, body, statusAfter) => {
  const simulator = await brokenWith(fault);

  const answer = await ask(simulator, mutation);

  expect(answer.status).toBe(200);
  expect(answer.body).toMatchObject(body as object);
  expect(simulator.account.pod("a")?.status).toBe(statusAfter);
});

it.each<[Fault, object]>([
  ["telemetry-null", { runtime: null, latestTelemetry: null }],
  [
    "telemetry-null-gpus",
    {
      runtime: { uptimeInSeconds: 60, gpus: null },
      latestTelemetry: { time: "1970-01-01T00:00:00.000Z", averageGpuMetrics: null },
    },
  ],
  [
    "telemetry-stale",
    {
      latestTelemetry: {
        time: "1969-12-31T23:00:00.000Z",
        averageGpuMetrics: { percentUtilization: 90 },
      },
    },
  ],
  [
    "uptime-zero",
    { lastStartedAt: null, runtime: { uptimeInSeconds: 0, gpus: [{ gpuUtilPercent: 90 }] } },
  ],
])(
  "%s waits for the telemetry, and spoils that of every pod and no more",
  async (fault, spoilt) => {
    const simulator = await simulatorWith({
      pods: ["a", "b"].map((id) => ({ id, costPerHrUsd: 1, startedAtMs: -60_000 })),
    });
    const whole = {
      lastStartedAt: "1969-12-31T23:59:00.000Z",
      runtime: { uptimeInSeconds: 60, gpus: [{ gpuUtilPercent: 90 }] },
      latestTelemetry: {
        time: "1970-01-01T00:00:00.000Z",
        averageGpuMetrics: { percentUtilization: 90 },
      },
    };
    const answerOf = (parts: object) => ({
      data: { myself: { pods: ["a", "b"].map((id) => ({ id, ...whole, ...parts })) } },
    });

    const before = await ask(simulator, measure);
    simulator.failNext(fault);
    await ask(simulator, look);
    const broken = await ask(simulator, measure);

    expect(before).toEqual({ status: 200, body: answerOf({}) });
    expect(broken).toEqual({ status: 200, body: answerOf(spoilt) });
  },
);

it("failNext breaks the coming requests in order, and no more", async () => {
  const simulator = await simulatorWith();
  simulator.failNext("http-500", 2);
  simulator.failNext("http-401");

  const statuses = await statusesOf(simulator, [look, look, look, look]);

  expect(statuses).toEqual([500, 500, 401, 200]);
});

it("failNext goes before failAll, which goes on until cleared", async () => {
  const simulator = await simulatorWith();
  simulator.failAll("http-500");
  simulator.failNext("http-401");

  const before = await statusesOf(simulator, [look, look, look]);
  simulator.clearFaults();
  const after = await statusesOf(simulator, [look]);

  expect(before).toEqual([401, 500, 500]);
  expect(after).toEqual([200]);
});

it.each<[Only, number[]]>([
  ["all", [500, 500, 500, 500]],
  ["mutations", [200, 200, 500, 200]],
  ["looking", [500, 200, 200, 200]],
  ["measuring", [200, 500, 200, 200]],
])("a fault may be for some requests only: %s", async (only, expected) => {
  const simulator = await simulatorWith();
  simulator.failAll("http-500", only);

  const statuses = await statusesOf(simulator, [look, measure, stop, `{ gpuTypes { id } }`]);

  expect(statuses).toEqual(expected);
});

it("who asks for the balance and the loads at once is looking", async () => {
  const simulator = await simulatorWith();
  const both = `{ myself { clientBalance pods { runtime { uptimeInSeconds } } } }`;
  simulator.failNext("http-500", 1, "measuring");
  simulator.failNext("http-401", 1, "looking");

  const statuses = await statusesOf(simulator, [both, both]);

  expect(statuses).toEqual([401, 200]);
});

it("a fault for the next request waits for one of its kind, and is used up by it", async () => {
  const simulator = await simulatorWith();
  simulator.failNext("http-500", 1, "mutations");

  const statuses = await statusesOf(simulator, [look, stop, stop]);

  expect(statuses).toEqual([200, 500, 200]);
});

it.each<[Fault, string]>([
  ["unknown-field", `{ myself { clientBalance } }`],
  ["pods-null", `{ myself { clientBalance } }`],
  ["balance-null", `{ myself { pods { id } } }`],
  ["myself-null", `{ gpuTypes { id } }`],
  ["stop-lies", look],
])("%s waits for a request that it concerns", async (fault, other) => {
  const simulator = await simulatorWith();
  simulator.failNext(fault);
  const untouched = await ask(await simulatorWith(), other);

  const passed = await ask(simulator, other);

  expect(passed).toEqual(untouched);
});

it("a wrong key is refused behind a fault too", async () => {
  const simulator = await simulatorWith();
  simulator.failNext("pods-null");

  const response = await post(simulator, look, {}, { authorization: `Bearer not-${apiKey}` });

  expect(response.status).toBe(401);
});

async function statusesOf(simulator: Simulator, queries: string[]): Promise<number[]> {
  const statuses: number[] = [];
  for (const query of queries) statuses.push((await ask(simulator, query)).status);
  return statuses;
}

function after<T>(ms: number, value: T): Promise<T> {
  return new Promise((resolve) => setTimeout(() => resolve(value), ms));
}
