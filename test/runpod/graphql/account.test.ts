import { execFile } from "node:child_process";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import { buildSync } from "esbuild";
import fc from "fast-check";
import { describe, expect, it, onTestFinished } from "vitest";
import type { BlindCause, EndAction, Look, Measured } from "#guard/model/account.ts";
import { createGraphqlAccount, type GraphqlAccountOptions } from "#runpod/graphql/account.ts";
import { exchange } from "#requests/exchange.ts";
import type { CreateFault, Fault, PageFault } from "#simulator/faults.ts";
import type { SimulatorOptions } from "#simulator/server.ts";
import { version } from "../../../package.json";
import { apiKey, simulatorWith } from "../../simulator/ask.ts";
import { tempFolder } from "../../temp-folder.ts";

/** On a busy machine. */
const forever = new AbortController().signal;
const root = join(import.meta.dirname, "../../..");

type OfTelemetry = "telemetry-null" | "telemetry-null-gpus" | "telemetry-stale" | "uptime-zero";

function lookAt(url: string, options: Partial<GraphqlAccountOptions> = {}): Promise<Look> {
  return createGraphqlAccount({ request: exchange, url, apiKey, nowMs: () => 42, ...options }).look(
    forever,
  );
}

function measureAt(
  url: string,
  { signal = forever, ...options }: Partial<GraphqlAccountOptions> & { signal?: AbortSignal } = {},
): Promise<Measured> {
  const account = createGraphqlAccount({
    request: exchange,
    url,
    apiKey,
    nowMs: () => 3_600_000,
    ...options,
  });
  return account.measure(signal);
}

/** A server that gives every request this status and body as JSON; closed with the test. */
async function serving(answer: () => { readonly status?: number; readonly body: string }) {
  const server = createServer((request, response) => {
    request.resume();
    const { status = 200, body } = answer();
    response.writeHead(status, { "content-type": "application/json" }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

describe("one look at the simulated account", () => {
  it("sees the balance, the burn and every pod", async () => {
    const simulator = await simulatorWith({
      balanceUsd: 4.2345,
      otherBurnPerHrUsd: 0.5,
      pods: [
        { id: "a", name: "trainer", costPerHrUsd: 1.49, networkVolumeId: "vol1" },
        { id: "b", name: "\u001b[2Jb", costPerHrUsd: 0.4, status: "EXITED", locked: true },
      ],
    });

    const look = await lookAt(simulator.url);

    expect(look).toEqual({
      kind: "seen",
      atMs: 42,
      balanceUsd: 4.2345,
      burnPerHrUsd: 1.99,
      pods: [
        {
          id: "a",
          name: "trainer",
          rawName: "trainer",
          status: "running",
          word: "RUNNING",
          costPerHrUsd: 1.49,
          hasNetworkVolume: true,
          isLocked: false,
        },
        {
          id: "b",
          name: "[2Jb",
          rawName: "\u001b[2Jb",
          status: "stopped",
          word: "EXITED",
          costPerHrUsd: 0.4,
          hasNetworkVolume: false,
          isLocked: true,
        },
      ],
      unreadablePods: 0,
    } satisfies Look);
  });

  it("is one request, with the key, under our own name", async () => {
    const simulator = await simulatorWith();

    await lookAt(simulator.url);

    expect(simulator.requests).toBe(1);
    expect(simulator.queries[0]).toMatchObject({
      userAgent: `runpodboss/${version}`,
      hasAuthorization: true,
    });
  });

  it("with another key is refused", async () => {
    const simulator = await simulatorWith();

    const look = await lookAt(simulator.url, { apiKey: "rpa_wrong" });

    expect(look).toEqual({
      kind: "blind",
      atMs: 42,
      cause: "key-refused",
      because: "HTTP 401: Unauthorized",
    } satisfies Look);
  });

  it("one account looks again and again", async () => {
    const simulator = await simulatorWith();
    const account = createGraphqlAccount({
      request: exchange,
      url: simulator.url,
      apiKey,
      nowMs: () => 0,
    });
    simulator.failNext("http-500");

    const kinds: string[] = [];
    for (let n = 0; n < 3; n += 1) kinds.push((await account.look(forever)).kind);

    expect(kinds).toEqual(["blind", "seen", "seen"]);
  });
});

describe("every fault is a blind look that says what came", () => {
  const page = '"<!DOCTYPE html><html><body><h1>Please wait</h1></body></html>"';
  type Blinding = Exclude<
    Fault,
    | "pods-null"
    | "broken-pod-row"
    | "pod-ids-renamed"
    | "stop-errors-but-happens"
    | "stop-lies"
    | CreateFault
    | "unknown-field"
    | OfTelemetry
    | PageFault
  >;
  const faults: Record<Blinding, [BlindCause, string]> = {
    "http-401": ["key-refused", "HTTP 401: Unauthorized"],
    "http-402": ["bad-answer", "HTTP 402: Your balance is too low"],
    "http-403": ["bad-answer", 'HTTP 403 with text/plain: "error code: 1010"'],
    "http-404": ["bad-answer", "HTTP 404: Not found"],
    "http-405": ["bad-answer", "HTTP 405: Only POST"],
    "http-409": ["bad-answer", "HTTP 409: The state does not allow it"],
    "http-410": ["bad-answer", "HTTP 410: The GraphQL API has been retired"],
    "http-413": ["bad-answer", "HTTP 413: The request is too large"],
    "http-422": ["bad-answer", "HTTP 422: The request cannot be processed"],
    "http-429": ["server-error", `HTTP 429 with text/html: ${page}`],
    "http-500": ["server-error", "HTTP 500: Something went wrong"],
    "http-502-html": ["server-error", `HTTP 502 with text/html: ${page}`],
    "html-200": ["bad-answer", `HTTP 200 with text/html: ${page}`],
    "http-101": ["bad-answer", "HTTP 101: a change of protocol that nobody asked for"],
    drop: ["unreachable", "socket hang up"],
    short: ["unreachable", "aborted"],
    silence: ["unreachable", "no complete answer within 0.3 s"],
    "slow-drip": ["unreachable", "no complete answer within 0.3 s"],
    huge: ["bad-answer", "the answer is over 0.0625 MiB"],
    array: ["bad-answer", 'HTTP 200 with application/json: "[]"'],
    "data-null": ["bad-answer", "the answer has no data"],
    "unauthorized-200": ["key-refused", "RunPod answered: Unauthorized"],
    "internal-error-200": ["bad-answer", "RunPod answered: Something went wrong"],
    "retired-200": ["bad-answer", "RunPod answered: The GraphQL API has been retired"],
    "not-found-200": ["bad-answer", "the answer has no account"],
    "myself-null": ["bad-answer", "the answer has no account"],
    "balance-null": ["bad-answer", "the answer has no balance"],
    "balance-nan": ["bad-answer", "the answer is not complete JSON"],
    "balance-text": ["bad-answer", 'the balance is not a number ("12.5")'],
    "balance-infinite": ["bad-answer", "the balance is not a number (Infinity)"],
  };

  const refusals: Partial<Record<Fault, string>> = {
    "http-404": "route",
    "http-405": "route",
    "http-410": "retired",
    "http-422": "schema",
    "http-429": "rate",
    "retired-200": "retired",
  };

  it.each(Object.entries(faults))("%s", async (fault, [cause, words]) => {
    const simulator = await simulatorWith({ pods: [{ costPerHrUsd: 1 }] });
    simulator.failAll(fault as Fault);
    const waits = fault === "silence" || fault === "slow-drip";

    const look = await lookAt(simulator.url, {
      timeLimitMs: waits ? 300 : 10_000,
      maxBytes: 2 ** 16,
    });

    expect(look).toEqual({
      kind: "blind",
      atMs: 42,
      cause,
      because: expect.stringContaining(words) as string,
      ...(fault === "http-429" && { retryAfterMs: 1_000 }),
      ...(refusals[fault as Fault] !== undefined && { refusal: refusals[fault as Fault] }),
    });
    expect(JSON.stringify(look)).not.toContain(apiKey);
  });

  it("an answer over 16 MiB is too long by itself", async () => {
    const simulator = await simulatorWith();
    simulator.failAll("huge");

    const look = await lookAt(simulator.url);

    expect(look).toMatchObject({ cause: "bad-answer", because: "the answer is over 16 MiB" });
  });

  it("a server that is gone is unreachable", async () => {
    const simulator = await simulatorWith();
    await simulator.close();

    const look = await lookAt(simulator.url);

    expect(look).toMatchObject({
      kind: "blind",
      cause: "unreachable",
      because: expect.stringContaining("ECONNREFUSED") as string,
    });
  });
});

describe("a fault of the pods leaves the balance seen", () => {
  it("no list of pods", async () => {
    const simulator = await simulatorWith({ pods: [{ costPerHrUsd: 1 }] });
    simulator.failAll("pods-null");

    const look = await lookAt(simulator.url);

    expect(look).toMatchObject({ kind: "seen", balanceUsd: 10, pods: "unknown", burnPerHrUsd: 1 });
  });

  it("broken rows", async () => {
    const simulator = await simulatorWith({
      pods: ["a", "b"].map((id) => ({ id, costPerHrUsd: 1 })),
    });
    simulator.failAll("broken-pod-row");

    const look = await lookAt(simulator.url);

    expect(look).toMatchObject({
      kind: "seen",
      balanceUsd: 10,
      pods: [{ id: "b" }],
      unreadablePods: 2,
    });
  });

  it("errors beside a balance", async () => {
    const url = await serving(() => ({
      body: '{"errors":[{"message":"pods failed"}],"data":{"myself":{"clientBalance":3}}}',
    }));

    const look = await lookAt(url);

    expect(look).toMatchObject({ kind: "seen", balanceUsd: 3, pods: "unknown" });
  });

  it.each(["null", "{}", '"none"'])(
    "errors that are no list beside a balance: %s",
    async (errors) => {
      const body = `{"errors":${errors},"data":{"myself":{"clientBalance":3}}}`;
      const url = await serving(() => ({ body }));

      const look = await lookAt(url);

      expect(look).toMatchObject({ kind: "seen", balanceUsd: 3 });
    },
  );
});

describe("a field that RunPod no longer knows", () => {
  const words = 'HTTP 400: Cannot query field "costPerHr" on type "Pod".';

  it("leaves the balance seen, and the pods unknown, with the reason", async () => {
    const simulator = await simulatorWith({ pods: [{ costPerHrUsd: 1 }] });
    simulator.failAll("unknown-field");

    const look = await lookAt(simulator.url);

    expect(look).toEqual({
      kind: "seen",
      atMs: 42,
      balanceUsd: 10,
      burnPerHrUsd: undefined,
      pods: "unknown",
      podsBecause: words,
      unreadablePods: 0,
      refusal: "schema",
    } satisfies Look);
    expect(simulator.requests).toBe(2);
  });

  it("is told by the code of the refusal as well, whatever its words", async () => {
    const bodies = [
      '{"errors":[null,{"message":"No.","extensions":{"code":"GRAPHQL_VALIDATION_FAILED"}}]}',
      '{"data":{"myself":{"clientBalance":3}}}',
    ];
    const url = await serving(() => ({
      status: bodies.length === 2 ? 400 : 200,
      body: bodies.shift() ?? "",
    }));

    const look = await lookAt(url);

    expect(look).toMatchObject({ kind: "seen", balanceUsd: 3, pods: "unknown", refusal: "schema" });
  });

  it("is asked for again at the next look: it may be back", async () => {
    const simulator = await simulatorWith({ pods: [{ costPerHrUsd: 1 }] });
    simulator.failNext("unknown-field");
    const account = createGraphqlAccount({
      request: exchange,
      url: simulator.url,
      apiKey,
      nowMs: () => 42,
    });

    const looks = [await account.look(forever), await account.look(forever)];

    expect(looks).toMatchObject([
      { kind: "seen", pods: "unknown", podsBecause: words },
      { kind: "seen", pods: [{ costPerHrUsd: 1 }] },
    ]);
    expect(looks[1]).not.toHaveProperty("podsBecause");
  });

  it.each([
    ["with an error beside an account that is null", 200, '"data":{"myself":null},'],
    ["with status 200 and no data", 200, ""],
    ["with status 400", 400, ""],
  ])("is understood %s", async (_sentence, status, data) => {
    const bodies = [
      `{${data}"errors":[{"message":"Cannot query field \\"locked\\" on type \\"Pod\\"."}]}`,
      '{"data":{"myself":{"clientBalance":3}}}',
    ];
    const url = await serving(() => ({
      status: bodies.length === 2 ? status : 200,
      body: bodies.shift() ?? "",
    }));

    const look = await lookAt(url);

    expect(look).toMatchObject({
      kind: "seen",
      balanceUsd: 3,
      pods: "unknown",
      podsBecause: expect.stringContaining("locked") as string,
    });
  });

  it("and then no balance either is blind, for the first reason", async () => {
    const simulator = await simulatorWith({ pods: [{ costPerHrUsd: 1 }] });
    simulator.failNext("unknown-field");
    simulator.failNext("http-500");

    const look = await lookAt(simulator.url);

    const refusal = "schema";
    expect(look).toEqual({ kind: "blind", atMs: 42, cause: "bad-answer", because: words, refusal });
  });

  it.each<Fault>(["http-500", "silence", "http-401", "myself-null"])(
    "is not suspected for another fault, which is asked about once: %s",
    async (fault) => {
      const simulator = await simulatorWith();
      simulator.failAll(fault);

      await lookAt(simulator.url, { timeLimitMs: 100 });

      expect(simulator.requests).toBe(1);
    },
  );
});

describe("one measurement of the simulated account", () => {
  const pods = [
    {
      id: "a",
      costPerHrUsd: 1,
      gpuCount: 2,
      startedAtMs: 0,
      telemetry: {
        cpuPercent: 12.4,
        memoryPercent: 30,
        gpuPercents: [80, 3],
        gpuMemoryPercents: [91, 20],
        takenAtMs: 90_000,
      },
    },
    { id: "b", costPerHrUsd: 1, status: "EXITED", gpuCount: 0, telemetry: null },
  ] as const;
  /** The simulated account's clock, an hour after its pods were started. */
  const hourLater = { nowMs: () => 3_600_000 };
  const a = {
    podId: "a",
    bootedAtMs: 0,
    lastStartedAtMs: 0,
    takenAtMs: 90_000,
    cpuPercent: 12,
    gpuPercents: [80, 3],
    gpuMemoryPercents: [91, 20],
    gpuType: "RTX 4090",
    region: "EU-SE-1",
  };

  it("has what every pod does", async () => {
    const simulator = await simulatorWith({ pods, ...hourLater });

    const measured = await measureAt(simulator.url);

    expect(measured).toEqual({
      kind: "measured",
      atMs: 3_600_000,
      samples: [
        a,
        {
          podId: "b",
          bootedAtMs: undefined,
          lastStartedAtMs: 3_600_000,
          takenAtMs: undefined,
          cpuPercent: undefined,
          gpuPercents: [],
          gpuType: "RTX 4090",
          region: "EU-SE-1",
        },
      ],
    } satisfies Measured);
  });

  it("is one request, of its own, with the key, under our own name", async () => {
    const simulator = await simulatorWith({ pods });

    await measureAt(simulator.url);

    expect(simulator.requests).toBe(1);
    expect(simulator.queries[0]).toMatchObject({
      query: expect.not.stringContaining("clientBalance") as string,
      userAgent: `runpodboss/${version}`,
      hasAuthorization: true,
    });
  });

  it.each<[OfTelemetry, object]>([
    [
      "telemetry-null",
      {
        bootedAtMs: undefined,
        takenAtMs: undefined,
        cpuPercent: undefined,
        gpuPercents: undefined,
        gpuMemoryPercents: undefined,
      },
    ],
    ["telemetry-null-gpus", { gpuPercents: undefined, gpuMemoryPercents: undefined }],
    ["telemetry-stale", { takenAtMs: 90_000 - 3_600_000 }],
    ["uptime-zero", { bootedAtMs: undefined, lastStartedAtMs: undefined }],
  ])("is of unknowns where RunPod tells nothing: %s", async (fault, unknown) => {
    const simulator = await simulatorWith({ pods, ...hourLater });
    simulator.failAll(fault);

    const measured = await measureAt(simulator.url);

    expect(measured).toMatchObject({ kind: "measured", samples: [{ ...a, ...unknown }, {}] });
  });

  it("leaves out a row that is broken", async () => {
    const simulator = await simulatorWith({ pods });
    simulator.failAll("broken-pod-row");

    const measured = await measureAt(simulator.url);

    expect(measured).toMatchObject({ kind: "measured", samples: [{ podId: "b" }] });
  });

  it.each<[Fault, string]>([
    ["http-401", "HTTP 401: Unauthorized"],
    ["http-403", 'HTTP 403 with text/plain: "error code: 1010"'],
    ["http-500", "HTTP 500: Something went wrong"],
    ["http-502-html", "HTTP 502 with text/html"],
    ["drop", "socket hang up"],
    ["short", "aborted"],
    ["silence", "no complete answer within 0.3 s"],
    ["slow-drip", "no complete answer within 0.3 s"],
    ["huge", "the answer is over 0.0625 MiB"],
    ["array", 'HTTP 200 with application/json: "[]"'],
    ["unauthorized-200", "RunPod answered: Unauthorized"],
    ["unknown-field", 'HTTP 400: Cannot query field "costPerHr" on type "Pod".'],
    ["myself-null", "the answer has no account"],
    ["pods-null", "the answer has no pods"],
  ])("in vain says what came, once: %s", async (fault, words) => {
    const simulator = await simulatorWith({ pods });
    simulator.failAll(fault);
    const waits = fault === "silence" || fault === "slow-drip";

    const measured = await measureAt(simulator.url, {
      timeLimitMs: waits ? 300 : 10_000,
      maxBytes: 2 ** 16,
    });

    expect(measured).toEqual({
      kind: "unmeasured",
      atMs: 3_600_000,
      because: expect.stringContaining(words) as string,
    });
    expect(simulator.requests).toBe(1);
    expect(JSON.stringify(measured)).not.toContain(apiKey);
  });

  it("in vain leaves the look seen", async () => {
    const simulator = await simulatorWith({ pods });
    simulator.failAll("http-500", "measuring");

    const [look, measured] = await Promise.all([lookAt(simulator.url), measureAt(simulator.url)]);

    expect(look).toMatchObject({ kind: "seen", balanceUsd: 10, pods: [{ id: "a" }, { id: "b" }] });
    expect(measured.kind).toBe("unmeasured");
  });

  it("in vain says so in words that move no terminal and do not hold the key", async () => {
    const url = await serving(() => ({
      body: `{"errors":[{"message":"a\\n\\u001b[2Jb ${apiKey}"}],"data":null}`,
    }));

    const measured = await measureAt(url);

    expect(measured).toMatchObject({
      kind: "unmeasured",
      because: "RunPod answered: a [2Jb [redacted]",
    });
  });

  it("has what came beside errors", async () => {
    const url = await serving(() => ({
      body: '{"errors":[{"message":"b failed"}],"data":{"myself":{"pods":[{"id":"a"},null]}}}',
    }));

    const measured = await measureAt(url);

    expect(measured).toMatchObject({ kind: "measured", samples: [{ podId: "a" }] });
  });

  it("that is interrupted before it is asked asks nothing", async () => {
    const simulator = await simulatorWith();

    const measured = await measureAt(simulator.url, { signal: AbortSignal.abort() });

    expect(measured).toMatchObject({ kind: "unmeasured" });
    expect(simulator.requests).toBe(0);
  });
});

describe("the end of a pod", () => {
  async function endOf(
    action: EndAction,
    {
      fault,
      podId = "a",
      ...options
    }: Partial<SimulatorOptions> & {
      readonly fault?: Fault;
      readonly podId?: string;
      readonly timeLimitMs?: number;
    } = {},
  ) {
    const { timeLimitMs = 10_000, ...given } = options;
    const simulator = await simulatorWith({
      pods: ["a", "b"].map((id) => ({ id, costPerHrUsd: 1 })),
      ...given,
    });
    if (fault !== undefined) simulator.failAll(fault);
    const { url } = simulator;
    const account = createGraphqlAccount({
      request: exchange,
      url,
      apiKey,
      nowMs: () => 42,
      timeLimitMs,
    });
    const answer = await account.end({ id: podId }, action, forever);
    return { answer, simulator, status: simulator.account.pod("a")?.status };
  }

  it.each<[EndAction, string | undefined]>([
    ["stop", "EXITED"],
    ["terminate", undefined],
  ])("%s: asked once, accepted, and of no other pod", async (action, status) => {
    const ended = await endOf(action);

    expect(ended.answer).toEqual({ kind: "accepted" });
    expect(ended.status).toBe(status);
    expect(ended.simulator.account.pod("b")?.status).toBe("RUNNING");
    expect(ended.simulator.requests).toBe(1);
    expect(ended.simulator.queries[0]?.variables).toEqual({ podId: "a" });
  });

  it.each<[string, Parameters<typeof endOf>[1], string, boolean]>([
    ["a pod that is not there", { podId: "gone" }, "Pod gone not found", false],
    [
      "a locked pod",
      { pods: [{ id: "a", costPerHrUsd: 1, locked: true }] },
      "Pod a is locked",
      false,
    ],
    ["a key that may only read", { readOnly: true }, "Unauthorized", true],
    ["the same, as HTTP", { fault: "http-401" }, "HTTP 401: Unauthorized", true],
    ["an internal error", { fault: "internal-error-200" }, "Something went wrong", false],
    ["the same, as HTTP", { fault: "http-500" }, "HTTP 500: Something went wrong", false],
    ["a page", { fault: "html-200" }, "HTTP 200 with text/html", false],
    ["no answer", { fault: "silence", timeLimitMs: 200 }, "no complete answer within 0.2 s", false],
    ["a line that broke", { fault: "drop" }, "socket hang up", false],
  ])("failed in words: %s", async (_sentence, given, words, isReadOnlyKey) => {
    const { answer } = await endOf("stop", given);

    expect(answer).toEqual({
      kind: "failed",
      because: expect.stringContaining(words) as string,
      isReadOnlyKey,
    });
    expect(JSON.stringify(answer)).not.toContain(apiKey);
  });

  it.each<[Fault, object, string]>([
    ["stop-errors-but-happens", { kind: "failed", because: "Something went wrong" }, "EXITED"],
    ["stop-lies", { kind: "accepted" }, "RUNNING"],
  ])("what is answered is not what happened: %s", async (fault, expected, status) => {
    const ended = await endOf("stop", { fault });

    expect(ended.answer).toMatchObject(expected);
    expect(ended.status).toBe(status);
  });

  it("failed in words that move no terminal", async () => {
    const url = await serving(() => ({ body: '{"errors":[{"message":"a\\n\\u001b[2Jb"}]}' }));
    const account = createGraphqlAccount({ request: exchange, url, apiKey, nowMs: () => 42 });

    const answer = await account.end({ id: "a" }, "stop", forever);

    expect(answer).toEqual({ kind: "failed", because: "a [2Jb", isReadOnlyKey: false });
  });

  it("an id is a value and never a part of the question", async () => {
    const podId = '"}) { id } } mutation { podTerminate(input: { podId: "a';

    const { answer, status, simulator } = await endOf("stop", { podId });

    expect(answer).toMatchObject({ kind: "failed" });
    expect(status).toBe("RUNNING");
    expect(simulator.queries[0]?.query).not.toContain("podTerminate");
  });

  it("that is interrupted before it is asked asks nothing", async () => {
    const simulator = await simulatorWith();
    const account = createGraphqlAccount({
      request: exchange,
      url: simulator.url,
      apiKey,
      nowMs: () => 42,
    });

    const answer = await account.end({ id: "a" }, "stop", AbortSignal.abort());

    expect(answer).toMatchObject({ kind: "failed", isReadOnlyKey: false });
    expect(simulator.requests).toBe(0);
  });
});

describe("words of an answer that nobody foresaw", () => {
  it.each<[number, string, BlindCause, string]>([
    [401, "<html>", "key-refused", 'HTTP 401 with application/json: "<html>"'],
    [401, "{}", "key-refused", "HTTP 401: no reason given"],
    [403, '{"errors":[{"message":"Unauthorised"}]}', "key-refused", "HTTP 403: Unauthorised"],
    [500, "{}", "server-error", "HTTP 500: no reason given"],
    [500, "{oops", "server-error", "HTTP 500: no reason given"],
    [500, '{"errors":"text"}', "server-error", "HTTP 500: no reason given"],
    [500, '{"errors":[]}', "server-error", "HTTP 500: no reason given"],
    [500, '{"errors":["a",{"message":"b"}]}', "server-error", "HTTP 500: a; b"],
    [
      400,
      '{"errors":[{"message":"a"},{"message":{"toString":1}}]}',
      "bad-answer",
      'a; {"toString":1}',
    ],
    [
      400,
      '{"errors":[{"message":{"toString":1}}]}',
      "bad-answer",
      "the answer is not a GraphQL answer",
    ],
    [200, '{"errors":[{"message":{"toString":1}}]}', "bad-answer", 'answered: {"toString":1}'],
    [200, '{"errors":[null]}', "bad-answer", "RunPod answered: null"],
    [200, '{"errors":[{"message":"a\\nb\\u001b[2J"}]}', "bad-answer", "RunPod answered: a b [2J"],
    [200, "{", "bad-answer", "the answer is not complete JSON"],
    [200, '{"data":{"myself":{"clientBalance":1', "bad-answer", "the answer is not complete JSON"],
    [200, '{"data":5}', "bad-answer", "the answer is not a GraphQL answer"],
    [200, '{"data":[]}', "bad-answer", "the answer is not a GraphQL answer"],
    [200, '{"errors":5}', "bad-answer", "the answer has no data"],
  ])("%d %s", async (status, body, cause, words) => {
    const url = await serving(() => ({ status, body }));

    const look = await lookAt(url);

    expect(look).toEqual({
      kind: "blind",
      atMs: 42,
      cause,
      because: expect.stringContaining(words) as string,
    });
  });

  it("are never longer than a line or two", async () => {
    const url = await serving(() => ({
      status: 400,
      body: JSON.stringify({
        errors: Array.from({ length: 500 }, () => ({ message: "x".repeat(500) })),
      }),
    }));

    const look = await lookAt(url);

    expect(look.kind === "blind" ? look.because.length : 0).toBeLessThan(250);
  });

  it.each([
    ["an error's words", `{"errors":[{"message":"no ${apiKey}"}]}`],
    [
      "an error's words where they are cut",
      `{"errors":[{"message":"${"x".repeat(195)}${apiKey}"}]}`,
    ],
    ["JSON cut short", `{"data": ${apiKey}`],
    ["the balance", `{"data":{"myself":{"clientBalance":"${"x".repeat(35)}${apiKey}"}}}`],
  ])("never repeat the key from %s", async (_sentence, body) => {
    const url = await serving(() => ({ body }));

    const look = await lookAt(url);

    expect(look.kind).toBe("blind");
    expect(JSON.stringify(look)).not.toContain("rpa_");
  });

  it("a pod's name that repeats the key does not show it", async () => {
    const simulator = await simulatorWith({ pods: [{ name: `my ${apiKey}`, costPerHrUsd: 1 }] });

    const look = await lookAt(simulator.url);

    expect(look).toMatchObject({ kind: "seen", pods: [{ name: "my [redacted]" }] });
  });
});

describe("interruption", () => {
  it("ends a look that waits", async () => {
    const simulator = await simulatorWith();
    simulator.failAll("silence");
    const interruption = new AbortController();
    const account = createGraphqlAccount({
      request: exchange,
      url: simulator.url,
      apiKey,
      nowMs: () => 42,
    });

    const look = account.look(interruption.signal);
    interruption.abort();

    expect(await look).toMatchObject({ kind: "blind", because: "poll interrupted" });
  });

  it("before the look asks nothing", async () => {
    const simulator = await simulatorWith();
    const account = createGraphqlAccount({
      request: exchange,
      url: simulator.url,
      apiKey,
      nowMs: () => 42,
    });

    const look = await account.look(AbortSignal.abort());

    expect(look).toMatchObject({ kind: "blind", because: "poll interrupted" });
    expect(simulator.requests).toBe(0);
  });
});

it("a process that has looked, well or in vain, has nothing left to wait for", async () => {
  const simulator = await simulatorWith();
  for (const fault of ["silence", "slow-drip", "drop", "short", "http-401"] as const) {
    simulator.failNext(fault);
  }
  const program = programOf(`
    import { exchange } from "./src/requests/exchange.ts";
    import { createGraphqlAccount } from "./src/runpod/graphql/account.ts";
    const [url, apiKey] = process.argv.slice(2);
    const { signal } = new AbortController();
    for (const timeLimitMs of [100, 100, 60_000, 60_000, 60_000, 60_000]) {
      const account = createGraphqlAccount({ request: exchange, url, apiKey, nowMs: () => 0, timeLimitMs });
      console.log((await account.look(signal)).kind);
    }
  `);

  // A timer that was left would hold it for a minute.
  const run = promisify(execFile)(process.execPath, [program, simulator.url, apiKey], {
    timeout: 60_000,
  });

  expect((await run).stdout).toBe("blind\n".repeat(5) + "seen\n");
});

function programOf(source: string): string {
  const outfile = join(tempFolder(), "program.mjs");
  buildSync({
    stdin: { contents: source, resolveDir: root },
    bundle: true,
    format: "esm",
    platform: "node",
    outfile,
  });
  return outfile;
}

it("whatever JSON is answered, the look is seen or blind and never throws", async () => {
  let body = "";
  let status = 200;
  const url = await serving(() => ({ status, body }));
  const account = createGraphqlAccount({ request: exchange, url, apiKey, nowMs: () => 42 });
  const odd = fc.dictionary(
    fc.constantFrom("toString", "valueOf", "toJSON", "message", "length", "__proto__"),
    fc.jsonValue({ maxDepth: 1 }),
  );
  const any = fc.oneof(fc.jsonValue({ maxDepth: 2 }), odd);
  const row = fc.record({ id: any, name: any, desiredStatus: any, costPerHr: any });
  const myself = fc.record(
    {
      clientBalance: fc.oneof(fc.double(), any),
      currentSpendPerHr: any,
      pods: fc.oneof(any, fc.array(row)),
    },
    { requiredKeys: [] },
  );
  const envelope = fc.record(
    {
      data: fc.oneof(any, fc.record({ myself: fc.oneof(any, myself) })),
      errors: fc.oneof(any, fc.array(fc.oneof(any, fc.record({ message: any })))),
      extensions: any,
    },
    { requiredKeys: [] },
  );
  const answers = fc.oneof({ weight: 1, arbitrary: any }, { weight: 6, arbitrary: envelope });

  await fc.assert(
    fc.asyncProperty(answers, fc.constantFrom(200, 200, 400, 500), async (answer, code) => {
      body = JSON.stringify(answer);
      status = code;

      const look = await account.look(forever);

      const isFit =
        look.kind === "seen"
          ? Number.isFinite(look.balanceUsd) && code === 200
          : look.because.length > 0 && look.cause !== "unreachable";
      expect(isFit, JSON.stringify(look)).toBe(true);
    }),
    { numRuns: 300 },
  );
});

describe("a guard on a small machine", () => {
  /** What a guard with 128 MiB of heap makes of this answer, asked as it may be at worst. */
  async function seenWithSmallHeap(body: string, status = 200): Promise<string> {
    const url = await serving(() => ({ status, body }));
    const program = programOf(`
      import { exchange } from "#requests/exchange.ts";
      import { createGraphqlAccount } from "#runpod/graphql/account.ts";
      const [url, apiKey] = process.argv.slice(2);
      const account = createGraphqlAccount({ request: exchange, url, apiKey, nowMs: () => 42 });
      const { signal } = new AbortController();
      const [look, , , measured] = await Promise.all([
        account.look(signal), account.look(signal), account.look(signal), account.measure(signal),
      ]);
      console.log(look.kind, look.because ?? look.podsBecause ?? look.pods.length);
      console.log(measured.kind, measured.because ?? measured.samples.length);
    `);
    const args = ["--max-old-space-size=128", program, url, apiKey];
    return (await promisify(execFile)(process.execPath, args, { timeout: 60_000 })).stdout;
  }

  const million = "the answer holds more than 1000000 values";
  const deep = "the answer is nested more than 32 levels deep";
  const rows = "its answer has 300001 rows of pods, and at most 20000 are read";
  const pods = (row: string, count: number): string =>
    `{"data":{"myself":{"clientBalance":3,"pods":[${`${row},`.repeat(count)}null]}}}`;

  it.each<[string, string, number, readonly [string, string]]>([
    [
      "a list of 5 million errors",
      `{"errors":[${"{},".repeat(5_000_000)}{}]}`,
      200,
      [`blind ${million}`, `unmeasured ${million}`],
    ],
    [
      "16 million lists in each other",
      `{"data":${"[".repeat(16 * 2 ** 20 - 100)}`,
      200,
      [`blind ${deep}`, `unmeasured ${deep}`],
    ],
    [
      "the same with a server's error",
      `{"errors":${"[".repeat(16 * 2 ** 20 - 100)}`,
      500,
      [`blind ${deep}`, `unmeasured ${deep}`],
    ],
    ["5 million pods", pods("{}", 5_000_000), 200, [`blind ${million}`, `unmeasured ${million}`]],
    [
      "300,000 pods",
      pods('{"id":"p1","desiredStatus":"RUNNING"}', 300_000),
      200,
      [`seen ${rows}`, `unmeasured ${rows}`],
    ],
  ])("survives %s, and is blind", async (_sentence, body, status, expected) => {
    expect((await seenWithSmallHeap(body, status)).trim().split("\n")).toEqual(expected);
  });

  it("reads an account of 10,000 pods with eight GPUs each", async () => {
    const gpus = Array.from({ length: 8 }, () => ({ gpuUtilPercent: 55, memoryUtilPercent: 55 }));
    const list = Array.from({ length: 10_000 }, (_, n) => ({
      id: `pod${n}abcdefgh`,
      name: `a-training-run-with-a-long-name-${n}`,
      desiredStatus: "RUNNING",
      costPerHr: 23.92,
      networkVolumeId: "abcdefghij",
      locked: false,
      gpuCount: 8,
      lastStartedAt: "2026-01-01T10:00:00.000Z",
      runtime: { uptimeInSeconds: 123_456, container: { cpuPercent: 55 }, gpus },
      latestTelemetry: {
        time: "2026-01-01T12:00:00.000Z",
        cpuUtilization: 12.5,
        averageGpuMetrics: { percentUtilization: 33 },
      },
      machine: {
        gpuDisplayName: "NVIDIA H100 80GB HBM3",
        gpuTypeId: "NVIDIA H100 80GB HBM3",
        dataCenterId: "US-KS-2",
        location: "United States",
      },
    }));
    const body = JSON.stringify({ data: { myself: { clientBalance: 3, pods: list } } });

    const output = await seenWithSmallHeap(body);

    expect(output.trim().split("\n")).toEqual(["seen 10000", "measured 10000"]);
  });
});

it("of thousands of errors only the first are told", async () => {
  const errors = Array.from({ length: 5_000 }, (_, n) => ({ message: `e${n}` }));
  const url = await serving(() => ({ status: 500, body: JSON.stringify({ errors }) }));

  const look = await lookAt(url);

  expect(look).toMatchObject({ because: "HTTP 500: e0; e1; e2; e3; e4; e5; e6; e7; e8; e9" });
});

describe("a list of pods that is missing beside errors", () => {
  it.each([
    ["The field pods has been retired. Use REST v2.", "schema"],
    ["GraphQL has been retired. Use REST v2.", "retired"],
  ])("has their words, and may be the beginning of an end: %s", async (message, refusal) => {
    const data = { myself: { clientBalance: 50, pods: null } };
    const url = await serving(() => ({ body: JSON.stringify({ data, errors: [{ message }] }) }));

    expect(await lookAt(url)).toMatchObject({
      kind: "seen",
      balanceUsd: 50,
      pods: "unknown",
      podsBecause: `RunPod answered: ${message}`,
      refusal,
    });
  });

  it("is only missing where there are none", async () => {
    const data = { myself: { clientBalance: 50, pods: null } };
    const url = await serving(() => ({ body: JSON.stringify({ data }) }));

    expect(await lookAt(url)).not.toHaveProperty("refusal");
  });
});

it("a page that says GraphQL has ended is its end, whatever its status", async () => {
  const body = "<p>The GraphQL API has been sunset</p>";
  const url = await serving(() => ({ status: 503, body }));

  expect(await lookAt(url)).toMatchObject({ kind: "blind", refusal: "retired" });
});
