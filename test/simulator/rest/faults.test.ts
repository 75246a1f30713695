import { expect, it } from "vitest";
import type { Api, Fault, Only } from "#simulator/faults.ts";
import type { Simulator } from "#simulator/server.ts";
import { apiKey, ask, rest, simulatorWith } from "../ask.ts";

const look = "{ myself { clientBalance pods { id } } }";

/** Two pods, and every request that the fault concerns goes wrong. */
async function brokenWith(fault: Fault, only: Only = "all"): Promise<Simulator> {
  const simulator = await simulatorWith({
    pods: ["a", "b"].map((id) => ({ id, costPerHrUsd: 1, startedAtMs: -7_200_000 })),
  });
  simulator.failAll(fault, only, "rest");
  return simulator;
}

function get(simulator: Simulator, path: string) {
  return rest(simulator, "GET", path);
}

it.each<[Fault, string, number, unknown]>([
  ["http-401", "/pods", 401, { title: "Unauthorized", status: 401 }],
  ["http-402", "/pods", 402, { status: 402 }],
  ["http-404", "/pods", 404, { detail: "no such route" }],
  ["http-405", "/pods", 405, { status: 405 }],
  ["http-409", "/pods", 409, { status: 409 }],
  ["http-410", "/pods", 410, { detail: "this API has been retired" }],
  ["http-413", "/pods", 413, { status: 413 }],
  ["http-422", "/billing/balance", 422, { status: 422 }],
  ["unknown-field", "/pods", 422, { status: 422 }],
  ["http-500", "/pods", 500, { detail: "something went wrong" }],
  ["array", "/pods", 200, []],
  ["data-null", "/pods", 200, {}],
  ["not-found-200", "/pods", 200, null],
  ["unauthorized-200", "/pods", 200, { status: 401 }],
  ["internal-error-200", "/pods", 200, { status: 500 }],
  ["retired-200", "/pods", 200, { status: 410 }],
  ["myself-null", "/billing/balance", 200, null],
  ["balance-null", "/billing/balance", 200, { balanceAmount: null, billingMode: "PREPAID" }],
  ["balance-text", "/billing/balance", 200, { balanceAmount: "12.5" }],
  ["balance-infinite", "/billing/balance", 200, { balanceAmount: Infinity }],
  ["pods-null", "/pods", 200, { pods: null, pagination: { hasNextPage: false } }],
  ["broken-pod-row", "/pods", 200, { pods: [{ id: 5 }, { id: "b" }, null] }],
  ["pod-ids-renamed", "/pods", 200, { pods: [{ uid: "a" }, { uid: "b" }] }],
  ["telemetry-null", "/pods", 200, { pods: [{ runtime: null }, { runtime: null }] }],
  ["telemetry-null-gpus", "/pods", 200, { pods: [{ runtime: { uptime: 7200, gpus: null } }, {}] }],
  ["telemetry-stale", "/pods", 200, { pods: [{ runtime: { uptime: 7200 } }, {}] }],
  ["uptime-zero", "/pods", 200, { pods: [{ startedAt: null, runtime: { uptime: 0 } }, {}] }],
])("%s to GET %s answers %d", async (fault, path, status, body) => {
  const simulator = await brokenWith(fault);

  const answer = await get(simulator, path);

  expect(answer).toMatchObject({ status, body });
});

it.each<[Fault, number, string, string]>([
  ["http-403", 403, "text/plain", "error code: 1010"],
  ["http-429", 429, "text/html", "<html>"],
  ["http-502-html", 502, "text/html", "<html>"],
  ["html-200", 200, "text/html", "<html>"],
  ["balance-nan", 200, "application/json", '"balanceAmount":NaN'],
])("%s answers %d with %s", async (fault, status, type, text) => {
  const simulator = await brokenWith(fault);

  const response = await fetch(`${simulator.restUrl}/billing/balance`, {
    headers: { authorization: `Bearer ${apiKey}` },
  });

  expect([response.status, response.headers.get("content-type")]).toEqual([status, type]);
  expect(await response.text()).toContain(text);
});

it.each<[Fault, string]>([
  ["drop", "fetch failed"],
  ["short", "terminated"],
])("%s cuts a stop off, body or none", async (fault, words) => {
  const simulator = await brokenWith(fault);

  await expect(rest(simulator, "DELETE", "/pods/a")).rejects.toThrow(words);
});

it("huge is over 32 MiB, and the truth is at its end", async () => {
  const simulator = await brokenWith("huge");

  const { body } = await get(simulator, "/billing/balance");

  expect(body).toMatchObject({ balanceAmount: 10 });
});

it.each<[Fault, "stop" | "terminate", number, string | undefined]>([
  ["stop-errors-but-happens", "stop", 500, "EXITED"],
  ["stop-errors-but-happens", "terminate", 500, undefined],
  ["stop-lies", "stop", 200, "RUNNING"],
  ["stop-lies", "terminate", 204, "RUNNING"],
  ["http-409", "stop", 409, "RUNNING"],
])("%s to a %s answers %d", async (fault, action, status, after) => {
  const simulator = await brokenWith(fault);
  const [seen, gone] = [await get(simulator, "/pods/b"), "/pods/a"];

  const answer =
    action === "stop"
      ? await rest(simulator, "POST", `${gone}/action`, { body: { action } })
      : await rest(simulator, "DELETE", gone);

  expect(answer.status).toBe(status);
  expect(simulator.account.pod("a")?.status).toBe(after);
  expect(seen.status).toBe(fault === "http-409" ? 409 : 200);
});

it("a cluster's end may be told and not done", async () => {
  const simulator = await simulatorWith({ clusters: [{ id: "c", pods: [{ costPerHrUsd: 1 }] }] });
  simulator.failAll("stop-lies");

  expect((await rest(simulator, "DELETE", "/clusters/c")).status).toBe(204);
  expect(simulator.account.membersOf("c")).toHaveLength(1);
});

interface PageRead {
  readonly pods: readonly { readonly id: string }[];
  readonly pagination?: { readonly nextCursor: string | null; readonly hasNextPage: boolean };
}

it.each<[Fault, readonly unknown[]]>([
  ["page-repeats", ["a", "a"]],
  ["page-loops", ["a", "a", "a", "a", "a"]],
  ["page-fails", ["a", 500]],
  ["pagination-missing", ["a"]],
])("%s, for who follows the cursors", async (fault, read) => {
  const simulator = await brokenWith(fault);
  simulator.setPageSize(1);

  const seen: unknown[] = [];
  let query = "";
  while (seen.length < 5) {
    const { status, body } = await get(simulator, `/pods${query}`);
    const { pods, pagination } = body as PageRead;
    seen.push(status === 200 ? pods[0]?.id : status);
    const cursor = status === 200 ? pagination?.nextCursor : undefined;
    if (typeof cursor !== "string") break;
    query = `?cursor=${cursor}`;
  }

  expect(seen).toEqual(read);
});

it.each<[Only, readonly number[]]>([
  ["all", [500, 500, 500, 500, 500, 500]],
  ["looking", [200, 500, 200, 200, 200, 200]],
  ["pods", [200, 200, 500, 200, 500, 200]],
  ["measuring", [200, 200, 200, 200, 500, 200]],
  ["clusters", [200, 200, 200, 500, 200, 200]],
  ["document", [500, 200, 200, 200, 200, 200]],
  ["mutations", [200, 200, 200, 200, 200, 500]],
])("a fault may be for some requests only: %s", async (only, expected) => {
  const simulator = await brokenWith("http-500", only);

  const paths = ["/openapi.json", "/billing/balance", "/pods", "/clusters", "/pods"];
  const statuses: number[] = [];
  for (const path of paths) statuses.push((await get(simulator, path)).status);
  const stop = await rest(simulator, "POST", "/pods/a/action", { body: { action: "stop" } });

  expect([...statuses, stop.status]).toEqual(expected);
});

it.each<[Api | "both", readonly [graphql: number, rest: number]]>([
  ["graphql", [500, 200]],
  ["rest", [200, 500]],
  ["both", [500, 500]],
])("a fault may be for one face only: %s", async (on, expected) => {
  const simulator = await simulatorWith();
  simulator.failAll("http-500", "all", on);

  const statuses = [
    (await ask(simulator, look)).status,
    (await get(simulator, "/billing/balance")).status,
  ];

  expect(statuses).toEqual(expected);
});

it("a page's fault passes GraphQL by and waits for REST", async () => {
  const simulator = await brokenWith("array", "clusters");
  simulator.failNext("pagination-missing");

  const graphql = await ask(simulator, look);
  const { body } = await get(simulator, "/pods");

  expect(graphql.status).toBe(200);
  expect(body).not.toHaveProperty("pagination");
});

it.each<Api>(["graphql", "rest"])(
  "%s retires at a set moment, for good, and the other face goes on",
  async (api) => {
    let ms = 0;
    const simulator = await simulatorWith({ nowMs: () => ms });
    simulator.retire(api, 1000);
    const statuses = async () => ({
      graphql: (await ask(simulator, look)).status,
      rest: (await get(simulator, "/billing/balance")).status,
    });

    ms = 999;
    expect(await statuses()).toEqual({ graphql: 200, rest: 200 });
    ms = 1000;
    expect(await statuses()).toEqual({ graphql: 200, rest: 200, [api]: 410 });
    expect((await get(simulator, "/openapi.json")).status).toBe(api === "rest" ? 410 : 200);
  },
);
