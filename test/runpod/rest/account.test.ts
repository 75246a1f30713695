import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type HttpRequest, TransportError } from "#requests/answer.ts";
import { exchange } from "#requests/exchange.ts";
import { createRestAccount, type RestAccountOptions } from "#runpod/rest/account.ts";
import type { Fault } from "#simulator/faults.ts";
import type { Simulator, SimulatorOptions } from "#simulator/server.ts";
import { version } from "../../../package.json";
import { apiKey } from "../../simulator/ask.ts";
import { checkedSimulator } from "../../simulator/checked.ts";

const forever = new AbortController().signal;
const minute = 60_000;

/** The account and the moves of its clock; every request and answer is checked against RunPod's schema. */
async function restWith(
  options: Partial<SimulatorOptions> = {},
  more: Partial<RestAccountOptions> = {},
) {
  let atMs = 3_600_000;
  const nowMs = () => atMs;
  const simulator = await checkedSimulator({ nowMs, ...options });
  const account = createRestAccount({
    url: simulator.restUrl,
    apiKey,
    nowMs,
    request: exchange,
    ...more,
  });
  const pass = (ms: number): void => {
    atMs += ms;
  };
  return { simulator, account, pass, look: () => account.look(forever) };
}

function asked({ asked: requests }: Simulator): readonly string[] {
  return requests.map(({ method, path }) => `${method} ${path.replace("/v2", "")}`);
}

describe("where the balance is", () => {
  const [pods, document] = ["GET /pods", "GET /openapi.json"];

  it("is read in RunPod's own document, which gets no key, and remembered", async () => {
    const { simulator, look } = await restWith();
    simulator.setBalancePath("/v2/account/balance");

    await look();
    await look();

    expect(asked(simulator)).toEqual([
      document,
      "GET /account/balance",
      pods,
      "GET /account/balance",
      pods,
    ]);
    expect(simulator.asked.map(({ hasAuthorization }) => hasAuthorization)).toEqual([
      false,
      true,
      true,
      true,
      true,
    ]);
    expect(simulator.asked[0]?.userAgent).toBe(`runpodboss/${version}`);
  });

  it("is taken from the config where RunPod does not say", async () => {
    const { simulator, look } = await restWith({}, { balancePath: "/account/balance" });
    simulator.setBalancePath("/v2/account/balance");
    simulator.setDocument("without-balance");

    expect(await look()).toMatchObject({ kind: "seen", balanceUsd: 10 });
    expect(asked(simulator)).toEqual([document, "GET /account/balance", pods]);
  });

  it("is else where it is likely, also behind a path of the config that leads nowhere", async () => {
    const { simulator, look } = await restWith({}, { balancePath: "/account/balance" });
    simulator.setDocument("without-balance");

    expect(await look()).toMatchObject({ kind: "seen" });
    expect(asked(simulator)).toEqual([
      document,
      "GET /account/balance",
      "GET /billing/balance",
      pods,
    ]);
  });

  it.each<[string, unknown]>([
    ["on another host", "//evil.example/balance"],
    ["further up", "/v2/../balance"],
    ["behind an id", "/v2/billing/{id}"],
    ["nowhere", 7],
  ])("is never looked for %s", async (_sentence, path) => {
    const { simulator, look } = await restWith();
    const schema = { properties: { balanceAmount: {} } };
    const get = { responses: { "200": { content: { "application/json": { schema } } } } };
    simulator.setDocument({ body: { paths: { [String(path)]: { get } } } });

    expect(await look()).toMatchObject({ kind: "seen" });
    expect(asked(simulator)).toEqual([document, "GET /billing/balance", pods]);
  });

  it.each<[string, unknown]>([
    ["a list", []],
    ["nothing", {}],
    ["paths without end", { paths: { "/b": { $ref: "#/paths/~1b" } } }],
  ])("is no worse off for a document that is %s", async (_sentence, body) => {
    const { simulator, look } = await restWith();
    simulator.setDocument({ body });

    expect(await look()).toMatchObject({ kind: "seen", balanceUsd: 10 });
  });

  it("is told nowhere: blind, with every path that was tried and why", async () => {
    const { simulator, look } = await restWith();
    simulator.setBalancePath("/v2/account/balance");
    simulator.setDocument("without-balance");

    expect(await look()).toMatchObject({
      kind: "blind",
      cause: "bad-answer",
      refusal: "route",
      because: "no balance at /billing/balance (openapi.json names no path for it)",
    });
  });

  it("is looked for anew once it has moved, and the document read again, not at once", async () => {
    const { simulator, look, pass } = await restWith();
    await look();
    simulator.setBalancePath("/v2/account/balance");

    const kinds: string[] = [];
    for (const waitMs of [1, minute, 10 * minute]) {
      pass(waitMs);
      kinds.push((await look()).kind);
    }

    expect(kinds).toEqual(["blind", "blind", "seen"]);
    expect(asked(simulator).filter((each) => each === document)).toHaveLength(2);
  });

  it("is asked for where it was, and the document never again, while it is there", async () => {
    const { simulator, look, pass } = await restWith();

    for (let day = 0; day < 4; day += 1) {
      await look();
      pass(86_400_000);
    }

    expect(asked(simulator).filter((each) => each === document)).toHaveLength(1);
  });

  it("is found without a document that hangs: its own time limit is short", async () => {
    const slow: HttpRequest = (url, wanted, limits) => {
      if (!url.pathname.endsWith("openapi.json")) return exchange(url, wanted, limits);
      expect(limits).toEqual({ timeLimitMs: 5_000, maxBytes: 4 * 2 ** 20 });
      return Promise.reject(new TransportError("no complete answer within 5 s"));
    };
    const { look } = await restWith({}, { request: slow });

    expect(await look()).toMatchObject({ kind: "seen", balanceUsd: 10 });
  });

  it("may be forbidden: the scope that is missing is named", async () => {
    const { look } = await restWith({ scopes: ["pods:read"] });

    expect(await look()).toMatchObject({
      kind: "blind",
      cause: "key-refused",
      because: expect.stringContaining("billing:read") as string,
    });
  });

  it("is read elsewhere where the key may not read what the document names first", async () => {
    const { simulator, look } = await restWith(
      {},
      {
        request: (url, wanted, limits) =>
          url.pathname === "/v2/account/balance"
            ? answering({ status: 403, text: '{"title":"Forbidden","status":403,"detail":"no"}' })(
                url,
                wanted,
                limits,
              )
            : exchange(url, wanted, limits),
      },
    );
    const schema = { properties: { balanceAmount: {} } };
    const get = { responses: { "200": { content: { "application/json": { schema } } } } };
    simulator.setDocument({ body: { paths: { "/v2/account/balance": { get } } } });

    expect(await look()).toMatchObject({ kind: "seen", balanceUsd: 10 });
  });

  it("names the scope also where RunPod's words do not", async () => {
    const body = JSON.stringify({ title: "Forbidden", status: 403, detail: "access denied" });
    const { account } = await restWith({}, { request: answering({ status: 403, text: body }) });

    expect(await account.look(forever)).toMatchObject({
      kind: "blind",
      cause: "key-refused",
      because: "HTTP 403: access denied (the API key needs billing:read)",
    });
  });

  it.each(["PREPAID", "POSTPAID"] as const)(
    "says how the account pays: %s",
    async (billingMode) => {
      const { look } = await restWith({ billingMode });

      expect(await look()).toMatchObject({ kind: "seen", billingMode });
    },
  );
});

/** The same answer to every request. */
function answering(answer: { readonly status?: number; readonly text: string }): HttpRequest {
  const { status = 200, text } = answer;
  const type = "application/json";
  return () => Promise.resolve({ status, type, text, retryAfterMs: undefined, headers: {} });
}

describe("the pods", () => {
  const many = Array.from({ length: 7 }, (_, n) => ({ id: `p${n}`, costPerHrUsd: 1 }));

  it("come from all pages, in one look", async () => {
    const { simulator, look } = await restWith({ pods: many });
    simulator.setPageSize(3);

    const seen = await look();

    expect(seen).toMatchObject({ burnPerHrUsd: 7, isBurnAddedUp: true, unreadablePods: 0 });
    expect(seen).toHaveProperty("pods.length", 7);
    expect(asked(simulator).filter((each) => each === "GET /pods")).toHaveLength(3);
  });

  it.each<[Fault, RegExp]>([
    ["page-repeats", /shows pods of an earlier page again/],
    ["page-loops", /of an earlier page again|round in a circle/],
    ["page-fails", /^page 2 of the pods: HTTP 500/],
  ])("are unknown where one fails: %s", async (fault, because) => {
    const { simulator, look } = await restWith({ pods: many });
    simulator.setPageSize(3);
    simulator.failAll(fault);

    const seen = await look();

    expect(seen).toMatchObject({
      kind: "seen",
      balanceUsd: 10,
      burnPerHrUsd: undefined,
      pods: "unknown",
      podsBecause: expect.stringMatching(because) as string,
    });
    expect(seen).not.toHaveProperty("isBurnAddedUp");
  });

  it("are unknown once RunPod no longer speaks of the pages that it had", async () => {
    const { simulator, look } = await restWith({ pods: many });
    simulator.setPageSize(3);
    await look();
    simulator.failAll("pagination-missing");

    expect(await look()).toMatchObject({ kind: "seen", pods: "unknown" });
  });

  it("may be forbidden: the balance is seen, and what the key lacks is said", async () => {
    const { look } = await restWith({ scopes: ["billing:read"], pods: many });

    expect(await look()).toMatchObject({
      kind: "seen",
      pods: "unknown",
      podsBecause: expect.stringContaining("pods:read") as string,
    });
  });

  it("have to come within one time limit, however many pages there are", async () => {
    let pages = 0;
    const { account } = await restWith(
      { pods: many },
      {
        timeLimitMs: 400,
        request(url, wanted, limits) {
          if (url.pathname !== "/v2/pods") return exchange(url, wanted, limits);
          pages += 1;
          const pagination = { hasNextPage: true, nextCursor: String(pages) };
          const text = JSON.stringify({ pods: [], pagination });
          return new Promise((resolve, reject) => {
            wanted.signal?.addEventListener("abort", () =>
              reject(new TransportError("poll interrupted")),
            );
            if (pages < 3)
              resolve({ status: 200, type: "", text, retryAfterMs: undefined, headers: {} });
          });
        },
      },
    );

    expect(await account.look(forever)).toMatchObject({
      kind: "seen",
      pods: "unknown",
      podsBecause: "page 3 of the pods: no complete answer within 0.4 s",
    });
  });

  it.each<[Fault, string]>([
    ["http-410", "retired"],
    ["http-404", "route"],
    ["http-429", "rate"],
    ["http-422", "schema"],
  ])("that are refused say so beside the balance: %s", async (fault, refusal) => {
    const { simulator, look } = await restWith({ pods: many });
    simulator.setPageSize(3);
    await look();
    const account = createRestAccount({
      url: simulator.restUrl,
      apiKey,
      nowMs: () => 0,
      request: (url, wanted, limits) => {
        if (url.pathname === "/v2/pods") simulator.failNext(fault);
        return exchange(url, wanted, limits);
      },
    });

    expect(await account.look(forever)).toMatchObject({ kind: "seen", pods: "unknown", refusal });
  });
});

describe("clusters", () => {
  const clusters = [
    {
      id: "c1",
      name: "big",
      pods: [
        { id: "m0", costPerHrUsd: 2 },
        { id: "m1", costPerHrUsd: 3 },
      ],
    },
  ];

  it("are one row each, with the name and the cost of the whole, and burn", async () => {
    const { look } = await restWith({ pods: [{ id: "a", costPerHrUsd: 1 }], clusters });

    expect(await look()).toMatchObject({
      burnPerHrUsd: 6,
      pods: [
        { id: "a" },
        {
          id: "c1",
          name: "big",
          costPerHrUsd: 5,
          cluster: { members: [{ id: "m0" }, { id: "m1" }] },
        },
      ],
    });
  });

  it("on two pages are still one row", async () => {
    const { simulator, look } = await restWith({ clusters });
    simulator.setPageSize(1);

    expect(await look()).toMatchObject({ pods: [{ id: "c1", costPerHrUsd: 5 }] });
  });

  it("are asked for their names only where there are any, and not each time", async () => {
    const { simulator, look, pass } = await restWith({ clusters });

    for (let n = 0; n < 3; n += 1) await look();
    const often = asked(simulator).filter((each) => each === "GET /clusters").length;
    pass(minute);
    await look();

    expect(often).toBe(1);
    expect(asked(simulator).filter((each) => each === "GET /clusters")).toHaveLength(2);
  });

  it("whose names may not be read may have any name, and the scope for that is named", async () => {
    const { simulator, look } = await restWith({
      clusters,
      scopes: ["billing:read", "pods:read"],
    });

    for (let n = 0; n < 2; n += 1) {
      expect(await look()).toMatchObject({
        pods: [
          {
            id: "c1",
            name: "",
            rawName: undefined,
            nameBecause: expect.stringMatching(
              /^HTTP 403: .*clusters?:read|a scope to read clusters/,
            ),
            costPerHrUsd: 5,
          },
        ],
      });
    }
    expect(asked(simulator).filter((each) => each === "GET /clusters")).toHaveLength(1);
  });

  it("keep their names while a later read fails, for an hour; another name is seen within two minutes", async () => {
    let name: string | undefined = "big";
    const { look, pass } = await restWith(
      { clusters },
      {
        request: async (url, message, limits) => {
          const answer = await exchange(url, message, limits);
          if (!url.pathname.endsWith("/clusters")) return answer;
          if (name === undefined) throw new TransportError("the line broke");
          return { ...answer, text: answer.text.replace('"big"', JSON.stringify(name)) };
        },
      },
    );
    const shownAfter = async (ms: number) => {
      pass(ms);
      const seen = await look();
      return seen.kind === "seen" && seen.pods !== "unknown" ? seen.pods[0]?.rawName : undefined;
    };

    const shown = [await shownAfter(0)];
    name = "keep-big";
    shown.push(await shownAfter(minute));
    name = undefined;
    shown.push(await shownAfter(minute), await shownAfter(58 * minute), await shownAfter(minute));

    expect(shown).toEqual(["big", "keep-big", "keep-big", "keep-big", undefined]);
  });

  it("that were not there before are asked for at once", async () => {
    const { simulator, look } = await restWith({ clusters });
    await look();
    const pods = ["m8", "m9"].map((id) => ({ id, costPerHrUsd: 1 }));
    simulator.account.addCluster({ id: "c2", name: "new", pods });

    expect(await look()).toMatchObject({ pods: [{ name: "big" }, { name: "new" }] });
  });

  it("end as a whole", async () => {
    const { simulator, account } = await restWith({ clusters });

    const answer = await account.end({ id: "c1", cluster: { members: [] } }, "terminate", forever);

    expect(answer).toEqual({ kind: "accepted" });
    expect(simulator.account.ended().map(({ podId }) => podId)).toEqual(["m0", "m1"]);
  });

  it.each<[string, string, object, "stop" | "terminate", RegExp]>([
    ["cannot be stopped", "c1", { cluster: { members: [] } }, "stop", /only terminated/],
    ["do not give up one member", "m0", {}, "stop", /member of cluster c1/],
    ["nor for good", "m0", {}, "terminate", /member of cluster c1/],
  ])("%s, and nothing is asked for", async (_sentence, id, more, action, because) => {
    const { simulator, account, look } = await restWith({ clusters });
    await look();
    const before = simulator.requests;

    const answer = await account.end({ id, ...more }, action, forever);

    expect(answer).toMatchObject({ kind: "failed", isReadOnlyKey: false });
    expect(answer).toHaveProperty("because", expect.stringMatching(because));
    expect(simulator.requests).toBe(before);
  });

  it("whose members nobody has seen yet are refused by RunPod, in its words", async () => {
    const { account } = await restWith({ clusters });

    const answer = await account.end({ id: "m0" }, "terminate", forever);

    expect(answer).toHaveProperty("because", expect.stringContaining("belongs to cluster c1"));
  });

  it("give their loads with the list: measured right after a look, nothing is asked again", async () => {
    const { simulator, account, look, pass } = await restWith({ clusters });
    await look();
    const before = simulator.requests;
    pass(2_000);
    const kept = await account.measure(forever);
    const sent = simulator.requests - before;
    pass(1_000);
    const anew = await account.measure(forever);

    expect(kept).toMatchObject({ kind: "measured", atMs: 3_600_000, samples: [{ podId: "c1" }] });
    expect(sent).toBe(0);
    expect(anew).toMatchObject({ kind: "measured", atMs: 3_603_000, samples: [{ podId: "c1" }] });
    expect(simulator.requests - before).toBe(1);
  });

  it("are measured as a whole", async () => {
    const { account } = await restWith({ clusters });

    expect(await account.measure(forever)).toMatchObject({
      samples: [{ podId: "c1", gpuPercents: [90, 90], cpuPercent: 40 }],
    });
  });
});

describe("rate windows", () => {
  const windows = [
    { name: "minute", quota: 8, windowSeconds: 60 },
    { name: "hour", quota: 3_000, windowSeconds: 3_600 },
  ];

  it("set the pace of polls: never over half of any", async () => {
    const { simulator, look } = await restWith();
    simulator.setRate(windows);

    // A poll takes two requests, and half of the minute has four.
    expect(await look()).toMatchObject({ kind: "seen", paceMs: 30_000 });
  });

  it("say nothing of the pace where RunPod does not tell of them", async () => {
    const { look } = await restWith();

    expect(await look()).not.toHaveProperty("paceMs");
  });

  it("that a good answer says are used up: nothing is sent, until they begin anew", async () => {
    const { simulator, account, look, pass } = await restWith();
    simulator.setRate(windows);
    for (let n = 0; n < 4; n += 1) await look();
    const before = simulator.requests;
    pass(20_000);

    const spent = await look();
    const measured = await account.measure(forever);
    const sent = simulator.requests - before;
    pass(40_000);

    expect(spent).toEqual({
      kind: "blind",
      atMs: 3_620_000,
      cause: "server-error",
      because: "RunPod allows no request for another 40 s (rate window: minute)",
      retryAfterMs: 40_000,
      isWindowSpent: true,
      refusal: "rate",
    });
    expect(measured).toMatchObject({ kind: "unmeasured" });
    expect(sent).toBe(0);
    expect(await look()).toMatchObject({ kind: "seen" });
  });

  it("that are used up do not keep an end from being tried", async () => {
    const { simulator, account, look } = await restWith({ pods: [{ id: "a", costPerHrUsd: 1 }] });
    simulator.setRate([{ name: "minute", quota: 2, windowSeconds: 60 }]);
    await look();

    const answer = await account.end({ id: "a" }, "stop", forever);

    expect(answer).toHaveProperty("because", expect.stringContaining("HTTP 429"));
    expect(answer).toHaveProperty("windowOpensInMs", 60_000);
  });

  it("of which several refuse: the longest counts", async () => {
    const { simulator, look } = await restWith();
    simulator.setRate([
      { name: "minute", quota: 1, windowSeconds: 60 },
      { name: "hour", quota: 1, windowSeconds: 3_600 },
    ]);

    expect(await look()).toMatchObject({ kind: "seen", pods: "unknown", refusal: "rate" });
    expect(await look()).toMatchObject({ kind: "blind", retryAfterMs: 3_600_000, refusal: "rate" });
  });

  it("more than half used leave no room for what can be left out", async () => {
    const { simulator, account, look } = await restWith();
    simulator.setRate(windows);

    const rooms: boolean[] = [];
    for (let n = 0; n < 3; n += 1) {
      await look();
      rooms.push(account.mayAskBeside());
    }

    expect(rooms).toEqual([true, true, false]);
  });
});

describe("an end", () => {
  const pods = [{ id: "a", costPerHrUsd: 1 }];

  it("that the state forbids says what it allows", async () => {
    const { account, simulator, look } = await restWith({ pods });
    simulator.account.stopPod("a");
    await look();

    expect(await account.end({ id: "a" }, "stop", forever)).toEqual({
      kind: "failed",
      because:
        "HTTP 409: pod is EXITED, which does not allow stop (when last seen, its state allowed start, terminate)",
      isReadOnlyKey: false,
    });
  });

  it.each<[string, readonly string[], "stop" | "terminate"]>([
    ["a stop", ["pods:read"], "stop"],
    ["an end for good", ["pods:read"], "terminate"],
  ])("%s that the key may not do names the scope", async (_sentence, scopes, action) => {
    const { account } = await restWith({ pods, scopes });

    const answer = await account.end({ id: "a" }, action, forever);

    expect(answer).toMatchObject({ kind: "failed", isReadOnlyKey: true });
    expect(answer).toHaveProperty("because", expect.stringContaining("pods:write"));
  });

  it("that is refused without a word of scopes says what the key needs", async () => {
    const text = JSON.stringify({ title: "Forbidden", status: 403, detail: "access denied" });
    const { account } = await restWith({}, { request: answering({ status: 403, text }) });

    expect(await account.end({ id: "a" }, "terminate", forever)).toEqual({
      kind: "failed",
      because: "HTTP 403: access denied (the API key needs a scope to terminate pods)",
      isReadOnlyKey: true,
    });
  });

  it.each<[number, string]>([
    [402, "the balance is too low for it"],
    [404, "RunPod knows no such pod"],
  ])("answered with %i says what that means", async (status, words) => {
    const text = JSON.stringify({ title: "No", status, detail: "no" });
    const { account } = await restWith({}, { request: answering({ status, text }) });

    expect(await account.end({ id: "a" }, "stop", forever)).toEqual({
      kind: "failed",
      because: `HTTP ${status}: no (${words})`,
      isReadOnlyKey: false,
    });
  });

  it("shows what failed the check of the request", async () => {
    const text = JSON.stringify({
      title: "No",
      status: 422,
      detail: "no",
      errors: ["$: bogus", 7],
    });
    const { account } = await restWith({}, { request: answering({ status: 422, text }) });

    const answer = await account.end({ id: "a" }, "stop", forever);

    expect(answer).toHaveProperty("because", "HTTP 422: no; $: bogus");
  });
});

describe("what is shown of an answer holds nothing of a pod's settings", () => {
  it.each([
    ["a list in place of an object", '[{"env":{"TOKEN":"secret-of-the-pod"}}]'],
    ["an object that breaks off", '{"pods":[{"env":{"TOKEN":"secret-of-the-pod"'],
    ["an object with a fault in it", '{"TOKEN":"secret-of-the-pod" oops}'],
  ])("%s", async (_sentence, text) => {
    const { account } = await restWith({}, { request: answering({ text }) });

    const told = [
      await account.look(forever),
      await account.measure(forever),
      await account.end({ id: "a" }, "stop", forever),
    ];

    expect(told.map(({ kind }) => kind)).toEqual(["blind", "unmeasured", "failed"]);
    expect(JSON.stringify(told)).not.toContain("secret-of-the-pod");
  });
});

describe("the account's cap", () => {
  it("is where RunPod's document says, and is no burn", async () => {
    const { account } = await restWith();

    expect(await account.limits(forever)).toEqual({ kind: "limits", spendCapPerHrUsd: 80 });
  });

  it("may be forbidden: the scope is named", async () => {
    const { account } = await restWith({ scopes: ["billing:read"] });

    expect(await account.limits(forever)).toMatchObject({
      kind: "unknown",
      because: expect.stringContaining("account:read") as string,
    });
  });

  it("is unknown where RunPod does not say where it is", async () => {
    const { simulator, account } = await restWith();
    simulator.setDocument({ body: {} });

    expect(await account.limits(forever)).toEqual({
      kind: "unknown",
      because: "openapi.json names no path for it",
    });
  });
});

const words = fc.constantFrom(
  "balanceAmount",
  "pods",
  "pagination",
  "status",
  "title",
  "id",
  "cluster",
);

it("whatever RunPod answers, a look is seen or blind, a measurement is one or none, and nothing throws", async () => {
  const text = fc.oneof(
    fc.string(),
    fc.object({ key: words, maxDepth: 3 }).map((body) => JSON.stringify(body)),
    fc
      .tuple(fc.array(fc.object({ key: words })), fc.double())
      .map(([pods, balanceAmount]) => JSON.stringify({ pods, balanceAmount })),
  );
  await fc.assert(
    fc.asyncProperty(
      text,
      fc.constantFrom(200, 204, 302, 400, 404, 429, 500),
      async (body, status) => {
        const request = answering({ status, text: body });
        const account = createRestAccount({ url: "http://h/v2", apiKey, nowMs: () => 0, request });

        const look = await account.look(forever);
        const measured = await account.measure(forever);
        const answer = await account.end({ id: "a" }, "terminate", forever);

        expect(["seen", "blind"]).toContain(look.kind);
        expect(["measured", "unmeasured"]).toContain(measured.kind);
        expect(["accepted", "failed"]).toContain(answer.kind);
        const isBelieved = look.kind === "seen" || answer.kind === "accepted";
        expect(isBelieved && status >= 300).toBe(false);
      },
    ),
  );
});
