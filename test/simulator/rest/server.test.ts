import { describe, expect, it } from "vitest";
import type { NewPod } from "#simulator/pod.ts";
import { podView } from "#simulator/rest/pod-view.ts";
import type { Simulator } from "#simulator/server.ts";
import { apiKey, ask, rest, simulatorWith } from "../ask.ts";
import { checkedSimulator } from "../checked.ts";
import { schemaFaults, schemaSource } from "../rest-schema.ts";

const hourMs = 3_600_000;
const a: NewPod = { id: "a", name: "trainer", costPerHrUsd: 1.5 };
const twoMembers = { id: "c", name: "big", pods: [{ costPerHrUsd: 2 }, { costPerHrUsd: 2 }] };

type Row = Readonly<Record<string, unknown>>;

async function rowsOf(simulator: Simulator, query = ""): Promise<readonly Row[]> {
  const { body } = await rest(simulator, "GET", `/pods${query}`);
  return (body as { readonly pods: readonly Row[] }).pods;
}

async function idsOf(simulator: Simulator, query = ""): Promise<readonly unknown[]> {
  return (await rowsOf(simulator, query)).map(({ id }) => id);
}

async function detailOf(answer: ReturnType<typeof rest>): Promise<readonly [number, unknown]> {
  const { status, body } = await answer;
  return [status, (body as Row)["detail"]];
}

describe(`the REST face (${schemaSource})`, () => {
  it("shows the same account as the GraphQL face", async () => {
    let ms = 0;
    const simulator = await checkedSimulator({ pods: [a], nowMs: () => ms });
    ms = hourMs;
    await rest(simulator, "POST", "/pods/a/action", { body: { action: "stop" } });
    ms = 2 * hourMs;

    const balance = await rest(simulator, "GET", "/billing/balance");
    const graphql = await ask(simulator, "{ myself { clientBalance pods { id desiredStatus } } }");

    expect(balance.body).toEqual({ balanceAmount: 8.5, billingMode: "PREPAID" });
    expect(await rowsOf(simulator)).toMatchObject([{ id: "a", status: "EXITED", cost: 0 }]);
    expect(graphql.body).toEqual({
      data: { myself: { clientBalance: 8.5, pods: [{ id: "a", desiredStatus: "EXITED" }] } },
    });
  });

  it("a running pod has its load, its start and its cost", async () => {
    const telemetry = { cpuPercent: 12.4, memoryPercent: null, gpuPercents: [80.2, null] };
    const simulator = await checkedSimulator({
      pods: [{ ...a, telemetry, startedAtMs: -60_000, networkVolumeId: "v" }],
    });

    const { body } = await rest(simulator, "GET", "/pods/a");

    expect(body).toMatchObject({
      name: "trainer",
      status: "RUNNING",
      actions: ["stop", "restart", "terminate"],
      cost: 1.5,
      gpu: { count: 1 },
      mounts: { network: [{ volumeId: "v" }] },
      runtime: { uptime: 60, cpu: { util: 12 }, gpus: [{ util: 80, memoryUtil: 80 }, {}] },
      startedAt: "1969-12-31T23:59:00.000Z",
    });
    expect((body as { runtime: object }).runtime).not.toHaveProperty("memory");
  });

  it.each<[string, Partial<NewPod>, object]>([
    ["one that is allocated", { status: "CREATED" }, { status: "PROVISIONING", startedAt: null }],
    ["one that starts anew", { status: "RESTARTING" }, { status: "STARTING", runtime: null }],
    [
      "one that pulls its image",
      { rest: { status: "STARTING" } },
      { status: "STARTING", cost: 1.5, runtime: null, actions: ["stop", "terminate"] },
    ],
    ["one that broke and is over", { status: "DEAD" }, { status: "ERROR", cost: 0 }],
    ["one that broke and burns", { rest: { status: "ERROR" } }, { status: "ERROR", cost: 1.5 }],
    ["one without a price", { rest: { costPerHrUsd: 0 } }, { status: "RUNNING", cost: 0 }],
    ["one that says nothing of itself", { telemetry: null }, { runtime: null }],
    ["one without a GPU", { gpuCount: 0 }, { cpu: { vcpuCount: 16 } }],
    ["one without a disk", { volumeInGb: 0 }, { mounts: {} }],
    ["a locked one", { locked: true }, { locked: true, actions: ["stop", "restart", "terminate"] }],
  ])("a pod is shown in RunPod's words: %s", async (_which, order, shown) => {
    const simulator = await checkedSimulator({ pods: [{ ...a, ...order }] });

    expect(await rowsOf(simulator)).toMatchObject([shown]);
    const pod = simulator.account.pod("a");
    expect(pod && schemaFaults("Pod", podView(pod, 0))).toEqual([]);
  });

  it("the list comes in pages, each leading to the next", async () => {
    const pods = ["a", "b", "c", "d", "e"].map((id) => ({ id, costPerHrUsd: 0 }));
    const simulator = await checkedSimulator({ pods });
    simulator.setPageSize(2);

    const pages: unknown[] = [];
    for (let cursor: string | null = ""; cursor !== null;) {
      const query: string = cursor === "" ? "" : `?cursor=${cursor}`;
      const { body } = await rest(simulator, "GET", `/pods${query}`);
      const { pods: rows, pagination } = body as {
        readonly pods: readonly Row[];
        readonly pagination: { readonly nextCursor: string | null };
      };
      pages.push(rows.map(({ id }) => id).join(""));
      cursor = pagination.nextCursor;
      if (pages.length === 1) simulator.account.terminatePod("b");
    }

    expect(pages).toEqual(["ab", "cd", "e"]);
    expect(await idsOf(simulator, "?limit=1")).toEqual(["a"]);
  });

  it("a cursor that nobody gave is refused", async () => {
    const simulator = await checkedSimulator();

    expect(await detailOf(rest(simulator, "GET", "/pods?cursor=x"))).toEqual([
      400,
      "invalid cursor",
    ]);
  });

  it.each<[string, unknown, number, unknown]>([
    ["the wrong state", { action: "start" }, 409, "pod is RUNNING, which does not allow start"],
    ["no action", {}, 422, "action is required"],
    ["an action that is none", { action: "pause" }, 422, "pause is not an action"],
    ["a field that is none", { action: "stop", force: 1 }, 422, "unknown field: force"],
    ["no JSON", "{", 400, "the body must be JSON"],
    ["too much", `{"action":"${"x".repeat(102_400)}"}`, 413, "the body is over 102400 bytes"],
  ])("an action is refused for %s", async (_why, body, status, detail) => {
    const simulator = await simulatorWith({ pods: [a] });

    const answer = await detailOf(rest(simulator, "POST", "/pods/a/action", { body }));

    expect(answer).toEqual([status, detail]);
    expect(simulator.account.pod("a")?.status).toBe("RUNNING");
  });

  it("a locked pod is not stopped", async () => {
    const simulator = await checkedSimulator({ pods: [{ ...a, locked: true }] });

    const answer = rest(simulator, "POST", "/pods/a/action", { body: { action: "stop" } });

    expect(await detailOf(answer)).toEqual([409, "pod is locked"]);
  });

  it("nothing starts without money, unless a bill comes later", async () => {
    const pods = [{ ...a, networkVolumeId: "v", status: "EXITED" as const }];
    const simulator = await checkedSimulator({ balanceUsd: 0, pods });
    const start = () => rest(simulator, "POST", "/pods/a/action", { body: { action: "start" } });

    const refused = await start();
    simulator.account.setBillingMode("POSTPAID");
    const started = await start();

    expect([refused.status, started.status]).toEqual([402, 200]);
    expect(started.body).toMatchObject({ status: "RUNNING", cost: 1.5 });
  });

  it.each<[string, string, unknown]>([
    ["DELETE", "/pods/a", undefined],
    ["POST", "/pods/a/action", { action: "terminate" }],
  ])("%s %s ends a pod with no words, and only once", async (method, path, body) => {
    const simulator = await checkedSimulator({ pods: [a] });

    const first = await rest(simulator, method, path, { body });
    const second = await rest(simulator, method, path, { body });

    expect([first.status, first.body, second.status]).toEqual([204, undefined, 404]);
    expect(simulator.account.ended()).toMatchObject([{ podId: "a", how: "terminated" }]);
  });

  it("a stop may have no words either", async () => {
    const simulator = await simulatorWith({ pods: [a] });
    simulator.setStopsWithoutBody(true);

    const answer = await rest(simulator, "POST", "/pods/a/action", { body: { action: "stop" } });

    expect([answer.status, answer.body]).toEqual([204, undefined]);
    expect(simulator.account.pod("a")?.status).toBe("EXITED");
  });

  it("members of a cluster burn, are hidden unless asked for, and end only together", async () => {
    const simulator = await checkedSimulator({ pods: [a], clusters: [twoMembers] });
    const [member = ""] = simulator.account.membersOf("c").map(({ id }) => id);

    expect(simulator.account.burnPerHrUsd()).toBe(5.5);
    expect(await idsOf(simulator)).toEqual(["a"]);
    expect(await idsOf(simulator, "?includeClusterPods=true")).toHaveLength(3);
    expect(await rowsOf(simulator, "?includeClusterPods=true")).toMatchObject([
      {},
      { cluster: { id: "c", rank: 0 } },
      { cluster: { id: "c", rank: 1 } },
    ]);
    expect((await rest(simulator, "DELETE", `/pods/${member}`)).status).toBe(409);
    expect((await rest(simulator, "GET", "/clusters/c")).body).toMatchObject({
      name: "big",
      compute: { podCount: 2 },
      pods: { total: 2, byStatus: { RUNNING: 2 } },
    });
    expect((await rest(simulator, "GET", "/clusters/c/pods")).body).toMatchObject({
      pods: [{ cost: 2 }, { cost: 2 }],
    });

    expect((await rest(simulator, "DELETE", "/clusters/c")).status).toBe(204);
    expect((await rest(simulator, "DELETE", "/clusters/c")).status).toBe(404);
    expect((await rest(simulator, "GET", "/clusters")).body).toEqual({ clusters: [] });
    expect(simulator.account.burnPerHrUsd()).toBe(1.5);
  });

  it("GraphQL hides the members unless told to show them, and stops none", async () => {
    const simulator = await simulatorWith({ clusters: [twoMembers] });
    const [member = ""] = simulator.account.membersOf("c").map(({ id }) => id);
    const pods = "{ myself { pods { id } } }";

    const hidden = await ask(simulator, pods);
    simulator.setClusterPodsOnGraphql(true);
    const shown = await ask(simulator, pods);
    const stop = await ask(simulator, `mutation { podStop(input: { podId: "${member}" }) { id } }`);

    expect(hidden.body).toEqual({ data: { myself: { pods: [] } } });
    expect(shown.body).toMatchObject({ data: { myself: { pods: [{}, {}] } } });
    expect(stop.body).toMatchObject({ errors: [{ message: expect.stringContaining("cluster") }] });
  });

  it("a wrong key is refused, and the document needs none", async () => {
    const simulator = await checkedSimulator();

    const refused = await rest(simulator, "GET", "/pods", { key: `not-${apiKey}` });
    const document = await rest(simulator, "GET", "/openapi.json", { key: "" });

    expect([refused.status, document.status]).toEqual([401, 200]);
  });

  it("the document tells where the balance is, by reference, unless told not to", async () => {
    const simulator = await checkedSimulator();
    const paths = async () => {
      const { body } = await rest(simulator, "GET", "/openapi.json");
      return Object.keys((body as { readonly paths: object }).paths);
    };
    simulator.setBalancePath("/v2/account/balance");

    const { body } = await rest(simulator, "GET", "/openapi.json");

    const schema = { $ref: "#/components/schemas/GetAccountBalance" };
    expect(body).toMatchObject({
      paths: {
        "/v2/account/balance": {
          get: { responses: { "200": { content: { "application/json": { schema } } } } },
        },
      },
      components: {
        schemas: { GetAccountBalance: { required: ["balanceAmount", "billingMode"] } },
      },
    });
    expect((await rest(simulator, "GET", "/account/balance")).status).toBe(200);
    simulator.setDocument("without-balance");
    expect(await paths()).not.toContain("/v2/account/balance");
    simulator.setDocument({ body: { paths: { "/x": {} } } });
    expect(await paths()).toEqual(["/x"]);
  });

  it.each([
    ["GET", "/billing/balance", "billing:read"],
    ["GET", "/account/limits", "account:read"],
    ["GET", "/pods", "pods:read"],
    ["POST", "/pods", "pods:write"],
    ["DELETE", "/pods/a", "pods:write"],
    ["GET", "/clusters", "clusters:read"],
    ["DELETE", "/clusters/c", "clusters:write"],
    ["GET", "/serverless", "serverless:read"],
    ["GET", "/network-volumes", "network-volumes:read"],
    ["GET", "/catalog/gpus", "catalog:read"],
  ])("%s %s without its scope is refused, and the scope is named", async (method, path, scope) => {
    const simulator = await checkedSimulator({ scopes: ["other"], pods: [a] });

    const order = { name: "a", image: "some/image", gpu: { id: "NVIDIA GeForce RTX 4090" } };
    const body = method === "POST" ? order : undefined;

    const refused = await detailOf(rest(simulator, method, path, { body }));
    simulator.setScopes(["other", scope]);
    const { status } = await rest(simulator, method, path, { body });

    expect(refused).toEqual([403, `the API key lacks the scope ${scope}`]);
    expect(status).not.toBe(403);
  });

  it("a key that may only read ends nothing", async () => {
    const simulator = await checkedSimulator({ readOnly: true, pods: [a] });

    expect((await rest(simulator, "DELETE", "/pods/a")).status).toBe(403);
    expect((await rest(simulator, "GET", "/pods")).status).toBe(200);
  });

  it.each([
    ["GET", "/nothing", 404],
    ["PATCH", "/pods/a", 405],
    ["GET", "/pods/nobody", 404],
  ])("%s %s answers %d", async (method, path, status) => {
    const simulator = await simulatorWith({ pods: [a] });

    const answer = await rest(simulator, method, path);

    expect(answer.status).toBe(status);
    expect(answer.headers.get("content-type")).toBe("application/problem+json");
  });

  it("rate windows count by the account's clock, and the longest that is used up is waited for", async () => {
    let ms = 0;
    const simulator = await checkedSimulator({ nowMs: () => ms });
    simulator.setRate([
      { name: "minute", quota: 2, windowSeconds: 60 },
      { name: "hour", quota: 3, windowSeconds: 3600 },
    ]);
    const statusAt = async (seconds: number) => {
      ms = seconds * 1000;
      const { status, headers } = await rest(simulator, "GET", "/pods");
      return [status, headers.get("ratelimit"), headers.get("retry-after")];
    };

    expect(await statusAt(0)).toEqual([200, '"minute";r=1;t=60, "hour";r=2;t=3600', null]);
    expect(await statusAt(10)).toEqual([200, '"minute";r=0;t=50, "hour";r=1;t=3590', null]);
    expect(await statusAt(20)).toEqual([429, '"minute";r=0;t=40, "hour";r=1;t=3580', "40"]);
    expect(await statusAt(60)).toEqual([200, '"minute";r=1;t=60, "hour";r=0;t=3540', null]);
    expect(await statusAt(61)).toEqual([429, '"minute";r=1;t=59, "hour";r=0;t=3539', "3539"]);
    expect(await statusAt(3600)).toEqual([200, '"minute";r=1;t=60, "hour";r=2;t=3600', null]);
    expect((await rest(simulator, "GET", "/pods")).headers.get("ratelimit-policy")).toBe(
      '"minute";q=2;w=60, "hour";q=3;w=3600',
    );
  });

  it("what is no pod drains the balance, is listed, and has its price in the catalogue", async () => {
    let ms = 0;
    const simulator = await checkedSimulator({
      nowMs: () => ms,
      pods: [{ ...a, status: "EXITED", stoppedCostPerHrUsd: 0.5 }],
    });
    simulator.account.addNetworkVolume({ id: "v", sizeGb: 500, burnPerHrUsd: 1 });
    simulator.account.addEndpoint({
      id: "e",
      workersMin: 1,
      workers: ["IDLE", "RUNNING"],
      burnPerHrUsd: 2,
    });
    simulator.account.setBilling({ podDiskAmount: 0.5, serverlessGpuAmount: 2 });
    ms = hourMs;

    const get = async (path: string) => (await rest(simulator, "GET", path)).body;

    expect(await get("/billing/balance")).toMatchObject({ balanceAmount: 6.5 });
    expect(await get("/network-volumes")).toMatchObject({
      networkVolumes: [{ id: "v", size: 500 }],
    });
    expect(await get("/serverless")).toMatchObject({
      endpoints: [{ id: "e", workers: { min: 1, max: 3, idleTimeout: 5 } }],
    });
    expect(await get("/serverless/e/workers")).toMatchObject({
      workers: [{ status: "IDLE" }, { status: "RUNNING" }],
      summary: { running: 1, idle: 1, total: 2 },
    });
    expect(await get("/billing?bucketSize=hour&lastN=1")).toMatchObject({
      records: [{ totalAmount: 2.5, podDiskAmount: 0.5, serverlessGpuAmount: 2 }],
    });
    expect(await get("/catalog/gpus")).toMatchObject({
      gpus: [{ price: { secure: 0.69 } }, {}, {}, {}],
    });
    expect(await get("/catalog/cpus")).toMatchObject({ cpus: [{ id: "cpu3c" }] });
    expect(await get("/account/limits")).toEqual({ spendRate: 80 });
  });

  it("an account that gets a bill is not stopped at $0", async () => {
    let ms = 0;
    const simulator = await checkedSimulator({
      billingMode: "POSTPAID",
      pods: [a],
      nowMs: () => ms,
    });
    ms = 10 * hourMs;

    const { body } = await rest(simulator, "GET", "/billing/balance");

    expect(body).toEqual({ balanceAmount: -5, billingMode: "POSTPAID" });
    expect(await rowsOf(simulator)).toMatchObject([{ status: "RUNNING" }]);
  });

  it("a request is recorded by what it does, the same on both faces", async () => {
    const simulator = await simulatorWith({ pods: [a] });
    await rest(simulator, "GET", "/openapi.json");
    await rest(simulator, "GET", "/billing/balance");
    await rest(simulator, "GET", "/pods?limit=1");
    await rest(simulator, "GET", "/pods");
    await rest(simulator, "POST", "/pods/a/action", { body: { action: "stop" } });
    await ask(simulator, "{ myself { clientBalance pods { id } } }");
    await ask(simulator, "{ myself { clientBalance } }");
    await ask(simulator, "{ myself { pods { runtime { uptimeInSeconds } } } }");
    await ask(simulator, `mutation ($podId: String!) { podTerminate(input: { podId: $podId }) }`, {
      podId: "a",
    });

    expect(simulator.asked.map(({ api, does, podId }) => [api, does, podId])).toEqual([
      ["rest", "openapi", undefined],
      ["rest", "look", undefined],
      ["rest", "pods", undefined],
      ["rest", "measure", undefined],
      ["rest", "stop", "a"],
      ["graphql", "look", undefined],
      ["graphql", "balance", undefined],
      ["graphql", "measure", undefined],
      ["graphql", "terminate", "a"],
    ]);
    expect(simulator.asked[1]).toMatchObject({
      method: "GET",
      path: "/v2/billing/balance",
      userAgent: "tester/1",
      hasAuthorization: true,
    });
    expect(simulator.queries).toHaveLength(4);
  });

  it("a list after a balance that was refused is of no look", async () => {
    const simulator = await simulatorWith();
    simulator.failNext("http-500");
    await rest(simulator, "GET", "/billing/balance");
    await rest(simulator, "GET", "/pods");
    simulator.setScopes(["pods:read"]);
    await rest(simulator, "GET", "/billing/balance");
    await rest(simulator, "GET", "/pods");

    const purposes = simulator.asked.map(({ does }) => does);

    expect(purposes).toEqual(["look", "measure", "look", "measure"]);
  });

  it("one face may show another balance, an older one, or fewer pods", async () => {
    let ms = 0;
    const simulator = await simulatorWith({
      pods: [a, { id: "b", costPerHrUsd: 0 }],
      nowMs: () => ms,
    });
    const balance = async () =>
      ((await rest(simulator, "GET", "/billing/balance")).body as Row)["balanceAmount"];

    simulator.show("rest", { balanceOffUsd: 3, hiddenPodIds: ["a"] });
    expect(await balance()).toBe(13);
    expect(await idsOf(simulator)).toEqual(["b"]);
    expect((await rest(simulator, "DELETE", "/pods/a")).status).toBe(404);
    const { body } = await ask(simulator, "{ myself { clientBalance pods { id } } }");
    expect(body).toEqual({
      data: { myself: { clientBalance: 10, pods: [{ id: "a" }, { id: "b" }] } },
    });

    simulator.show("rest", { balanceEveryMs: hourMs });
    const fresh = await balance();
    ms = hourMs - 1;
    const old = await balance();
    ms = hourMs;
    expect([fresh, old, await balance()]).toEqual([10, 10, 8.5]);
  });
});
