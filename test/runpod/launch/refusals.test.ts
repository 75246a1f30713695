import { describe, expect, it } from "vitest";
import type { Api } from "#guard/model/account.ts";
import { TransportError, type Answer } from "#requests/answer.ts";
import type { Fault } from "#simulator/faults.ts";
import { apiKey } from "../../simulator/ask.ts";
import { checkedSimulator } from "../../simulator/checked.ts";
import {
  answering,
  creatingAt,
  faces,
  forever,
  nowhere,
  orderFor,
  rtx4090,
  wholeAt,
} from "./orders.ts";

const secret = "hf_much_too_secret_to_show";

type Befalls = Extract<
  Fault,
  | `http-${string}`
  | `create-${string}`
  | `${string}-200`
  | "drop"
  | "short"
  | "silence"
  | "slow-drip"
  | "huge"
  | "array"
  | "data-null"
>;

interface Outcome {
  readonly kind: "created" | "failed";
  /** RunPod has said no, before it did anything. */
  readonly isRefusal?: boolean;
  readonly isReadOnlyKey?: boolean;
  /** How many pods there are afterwards. */
  readonly made: 0 | 1;
}

const nothing: Outcome = { kind: "failed", made: 0 };
const madeAllTheSame: Outcome = { kind: "failed", made: 1 };
const refused: Outcome = { kind: "failed", isRefusal: true, made: 0 };
const lied: Outcome = { kind: "created", made: 0 };

/** A new fault does not compile until it has its place here. */
const outcomes: Record<Befalls, Outcome | Readonly<Record<Api, Outcome>>> = {
  "http-401": { ...refused, isReadOnlyKey: true },
  "http-402": { graphql: nothing, rest: refused },
  "http-403": nothing,
  "http-404": { graphql: nothing, rest: refused },
  "http-405": nothing,
  "http-409": { graphql: nothing, rest: refused },
  "http-410": nothing,
  "http-413": { graphql: nothing, rest: refused },
  "http-422": { graphql: nothing, rest: refused },
  "http-429": nothing,
  "http-500": nothing,
  "http-502-html": nothing,
  "http-101": nothing,
  "html-200": nothing,
  "unauthorized-200": {
    graphql: { ...refused, isReadOnlyKey: true },
    rest: { ...nothing, isReadOnlyKey: true },
  },
  "internal-error-200": nothing,
  "retired-200": nothing,
  "not-found-200": nothing,
  array: nothing,
  "data-null": nothing,
  drop: nothing,
  silence: nothing,
  short: madeAllTheSame,
  "slow-drip": madeAllTheSame,
  huge: madeAllTheSame,
  "create-errors-but-happens": madeAllTheSame,
  "create-hangs-but-happens": madeAllTheSame,
  "create-drops-but-happens": madeAllTheSame,
  "create-drops": nothing,
  "create-lies": lied,
};

function outcomeOn(api: Api, fault: Befalls): Outcome {
  const found = outcomes[fault];
  return "kind" in found ? found : found[api];
}

describe.each(faces)("whatever befalls an order by %s", (_name, api) => {
  it.each(Object.keys(outcomes) as Befalls[])(
    "it is sent once, and only a no of RunPod's own is one: %s",
    async (fault) => {
      const simulator = await checkedSimulator();
      simulator.failAll(fault);
      const { kind, made, ...no } = outcomeOn(api, fault);

      const answer = await creatingAt(api, simulator, { timeLimitMs: 500 }).create(
        orderFor({ env: { HF_TOKEN: secret } }),
        forever,
      );

      const expected = { isRefusal: false, isReadOnlyKey: false, ...no };
      expect(answer).toMatchObject(kind === "created" ? { kind } : { kind, ...expected });
      expect(simulator.asked.map(({ does }) => does)).toEqual(["create"]);
      expect(simulator.account.pods()).toHaveLength(made);
      expect(JSON.stringify(answer)).not.toMatch(new RegExp(`${secret}|${apiKey}`));
    },
  );

  it.each<[string, (account: Account) => void]>([
    ["no such GPUs are left", (account) => account.setStock(rtx4090, "SECURE", 0)],
    ["fewer are left than one pod wants", (account) => account.setStock(rtx4090, "SECURE", 1)],
  ])("that %s is a no of RunPod's own", async (_what, change) => {
    const simulator = await checkedSimulator();
    change(simulator.account);

    const answer = await creatingAt(api, simulator).create(orderFor({ gpuCount: 2 }), forever);

    expect(answer).toMatchObject({
      kind: "failed",
      because: expect.stringContaining("no longer any instances available") as string,
      isRefusal: true,
      isReadOnlyKey: false,
    });
  });

  it("a key that may only read is refused as such", async () => {
    const simulator = await checkedSimulator({ readOnly: true });

    const answer = await creatingAt(api, simulator).create(orderFor(), forever);

    expect(answer).toMatchObject({ kind: "failed", isRefusal: true, isReadOnlyKey: true });
    expect(simulator.account.pods()).toEqual([]);
  });

  it("an interrupted one may have happened", async () => {
    const simulator = await checkedSimulator();
    simulator.failAll("create-hangs-but-happens");
    const interruption = new AbortController();
    const answer = creatingAt(api, simulator).create(orderFor(), interruption.signal);
    await expect.poll(() => simulator.requests).toBe(1);

    interruption.abort();

    expect(await answer).toMatchObject({ kind: "failed", isRefusal: false });
    expect(simulator.account.pods()).toHaveLength(1);
  });
});

type Account = Awaited<ReturnType<typeof checkedSimulator>>["account"];

/** What comes of an order that is answered so. */
function answeredWith(api: Api, answer: Partial<Answer>, env: Record<string, string> = {}) {
  return wholeAt(api, nowhere, answering(answer)).create(orderFor({ env }), forever);
}

function errorsOf(...errors: readonly unknown[]): string {
  return JSON.stringify({ errors, data: null });
}

const noneLeft = { message: "There are no longer any instances available" };

describe("an error of GraphQL", () => {
  it.each<[string, boolean, number, string]>([
    ["that no GPUs are left", true, 200, errorsOf(noneLeft)],
    ["that it does not know a field", true, 400, errorsOf(coded("GRAPHQL_VALIDATION_FAILED"))],
    ["that too much is asked", true, 429, errorsOf({ message: "Too many requests" })],
    ["of which one may be about anything", false, 200, errorsOf(noneLeft, { message: "Oops" })],
    ["that it has had one inside", false, 200, errorsOf(coded("INTERNAL_SERVER_ERROR"))],
    ["that comes with a failure of the server", false, 503, errorsOf(noneLeft)],
    ["that comes beside a pod without an id", false, 200, besidePod({})],
    ["that is none", false, 200, errorsOf(null)],
    ["in a list without any", false, 200, errorsOf()],
    ["in place of a list", false, 200, JSON.stringify({ errors: noneLeft })],
  ])("%s: a no of RunPod's own: %s", async (_what, isRefusal, status, text) => {
    expect(await answeredWith("graphql", { status, text })).toMatchObject({
      kind: "failed",
      isRefusal,
    });
  });

  it("beside a pod with its id takes nothing from it", async () => {
    const text = besidePod({ id: "abc", costPerHr: 0.69 });

    expect(await answeredWith("graphql", { text })).toEqual({
      kind: "created",
      podId: "abc",
      costPerHrUsd: 0.69,
    });
  });

  function coded(code: string) {
    return { message: "What it says", extensions: { code } };
  }

  function besidePod(pod: object): string {
    return JSON.stringify({ errors: [noneLeft], data: { podFindAndDeployOnDemand: pod } });
  }
});

describe("a no of REST", () => {
  const problem = (status: number, detail: string) =>
    JSON.stringify({ title: "No", status, detail });

  it.each<[string, boolean, boolean, Partial<Answer>]>([
    [
      "is RunPod's own in its own form",
      true,
      false,
      { status: 400, type: "application/problem+json", text: problem(400, "no capacity") },
    ],
    [
      "is not by a proxy's JSON",
      false,
      false,
      { status: 400, text: JSON.stringify({ message: "bad gateway config" }) },
    ],
    [
      "is not by a proxy's page",
      false,
      false,
      { status: 403, type: "text/html", text: "<html>denied</html>" },
    ],
    [
      "is of another answer than its head says",
      false,
      false,
      { status: 200, type: "application/problem+json", text: problem(402, "too low") },
    ],
    [
      "to a key without the scope is the key's",
      true,
      true,
      {
        status: 403,
        type: "application/problem+json",
        text: problem(403, "the API key lacks the scope pods:write"),
      },
    ],
    [
      "to an account without such GPUs is not the key's",
      true,
      false,
      {
        status: 403,
        type: "application/problem+json; charset=utf-8",
        text: problem(403, "your account cannot access the requested pool"),
      },
    ],
    [
      "from a failing server is none",
      false,
      false,
      { status: 500, type: "application/problem+json", text: problem(500, "no capacity") },
    ],
  ])("%s", async (_what, isRefusal, isReadOnlyKey, answer) => {
    expect(await answeredWith("rest", answer)).toMatchObject({
      kind: "failed",
      isRefusal,
      isReadOnlyKey,
    });
  });

  it("is not waited for where it is known: a volume that is too small", async () => {
    const request = () => Promise.reject(new Error("nothing is to be sent"));

    const answer = await creatingAt("rest", nowhere, { request }).create(
      orderFor({ volumeGb: 9 }),
      forever,
    );

    expect(answer).toMatchObject({
      kind: "failed",
      because: "RunPod's REST API makes no volume below 10 GB",
      isRefusal: true,
    });
  });
});

describe.each(faces)("an answer of %s that repeats what the pod is started with", (_name, api) => {
  const said = `cannot start with HF_TOKEN=${secret}`;

  it.each<[string, Partial<Answer>]>([
    [
      "in a no",
      { status: 400, text: JSON.stringify({ errors: [{ message: said }], detail: said }) },
    ],
    ["in a page", { status: 502, type: "text/html", text: `<p>${said}</p>` }],
    ["cut in the midst", { status: 502, type: "text/html", text: `${"x".repeat(70)} ${secret}` }],
    ["where words are cut", { status: 400, text: longNo(`${"x".repeat(190)} ${secret}`) }],
    ["in words of its type", { status: 502, type: secret, text: "oops" }],
  ])("shows no piece of it: %s", async (_where, answer) => {
    const found = await answeredWith(api, answer, { HF_TOKEN: secret, PIN: "4711" });

    expect(found.kind).toBe("failed");
    expect(JSON.stringify(found)).not.toContain(secret.slice(0, 4));
  });

  it("shows no short value either, where it is a word", async () => {
    const text = longNo("the value 4711 of PIN is no pin, see page 14711");

    const found = await answeredWith(api, { status: 400, text }, { PIN: "4711" });

    const because = found.kind === "failed" ? found.because : "";
    expect(because).toContain("the value [redacted] of PIN");
    expect(because).toContain("page 14711");
  });

  function longNo(words: string): string {
    return JSON.stringify({ errors: [{ message: words }], detail: words });
  }

  it("is not what was made, where its id is blanked out", async () => {
    const pod = { id: `x${secret}`, costPerHr: 1, cost: 1 };
    const text = JSON.stringify({ ...pod, data: { podFindAndDeployOnDemand: pod } });

    const found = await answeredWith(api, { status: 200, text }, { HF_TOKEN: secret });

    expect(found).toMatchObject({ kind: "failed", isRefusal: false });
  });
});

describe.each(faces)("an answer of %s that is no pod", (_name, api) => {
  const pods: readonly unknown[] = [
    null,
    [],
    [{ id: "abc" }],
    "abc",
    {},
    { id: null },
    { id: 5 },
    { id: "" },
    { id: "a\u001b[2Jb" },
    { id: "x".repeat(200) },
  ];

  it.each(pods.map((pod) => [JSON.stringify(pod).slice(0, 40), pod]))(
    "may hide one all the same: %s",
    async (_words, pod) => {
      const text = api === "rest" ? JSON.stringify(pod) : graphqlText(pod);

      expect(await answeredWith(api, { status: 200, text })).toMatchObject({
        kind: "failed",
        isRefusal: false,
      });
    },
  );

  it.each(["0", "null", '"0.69"', "1e999", "-1", "[]"])(
    "a pod whose price is %s costs nobody knows what",
    async (price) => {
      const pod = `{"id":"abc","costPerHr":${price},"cost":${price}}`;
      const text = api === "rest" ? pod : `{"data":{"podFindAndDeployOnDemand":${pod}}}`;

      expect(await answeredWith(api, { status: 200, text })).toEqual({
        kind: "created",
        podId: "abc",
        costPerHrUsd: undefined,
      });
    },
  );

  it("that nobody can carry is none, and says why", async () => {
    const request = () => Promise.reject(new TransportError("connection reset"));

    expect(await creatingAt(api, nowhere, { request }).create(orderFor(), forever)).toEqual({
      kind: "failed",
      because: "connection reset",
      isReadOnlyKey: false,
      isRefusal: false,
    });
  });

  function graphqlText(pod: unknown): string {
    return JSON.stringify({ data: { podFindAndDeployOnDemand: pod } });
  }
});
