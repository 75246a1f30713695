import { describe, expect, it } from "vitest";
import type { HttpRequest } from "#requests/answer.ts";
import { exchange } from "#requests/exchange.ts";
import { createRestAccount } from "#runpod/rest/account.ts";
import type { SimulatorOptions } from "#simulator/server.ts";
import { apiKey } from "../../simulator/ask.ts";
import { checkedSimulator } from "../../simulator/checked.ts";

const forever = new AbortController().signal;
const minute = 60_000;

const pods = ["a", "b", "c"].map((id) => ({ id, costPerHrUsd: 1 }));
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

/** An account of which one look has shown all. */
async function seenOnce(options: Partial<SimulatorOptions>, request: HttpRequest = exchange) {
  let atMs = 60 * minute;
  const nowMs = (): number => atMs;
  const simulator = await checkedSimulator({ nowMs, ...options });
  const account = createRestAccount({ url: simulator.restUrl, apiKey, nowMs, request });
  const look = () => account.look(forever);
  await look();
  return {
    simulator,
    look,
    pass: (ms: number) => void (atMs += ms),
    /** What was asked of single pods and clusters. */
    askedSingly: () =>
      simulator.asked
        .map(({ method, path }) => `${method} ${path.replace("/v2", "")}`)
        .filter((each) => /\/(pods|clusters)\/./.test(each)),
  };
}

/** Answers for the single pods with this, for the rest as the simulator does. */
function singlePods(status: number, body: unknown): HttpRequest {
  return (url, wanted, limits) =>
    /\/(pods|clusters)\/./.test(url.pathname)
      ? Promise.resolve({
          status,
          type: "application/json",
          text: typeof body === "string" ? body : JSON.stringify(body),
          retryAfterMs: undefined,
          headers: {},
        })
      : exchange(url, wanted, limits);
}

describe("a list over REST that leaves out pods", () => {
  it.each<[string, readonly string[], string]>([
    ["one of them", ["b"], "the list leaves out a pod that RunPod still has"],
    ["all of them", ["a", "b", "c"], "the list leaves out 3 pods that RunPod still has"],
  ])("that RunPod still has is half a list: %s", async (_sentence, unlistedPodIds, because) => {
    const { simulator, look } = await seenOnce({ pods });
    simulator.show("rest", { unlistedPodIds });

    const half = await look();
    simulator.show("rest", {});
    const whole = await look();

    expect(half).toMatchObject({
      kind: "seen",
      balanceUsd: 10,
      burnPerHrUsd: undefined,
      pods: "unknown",
      podsBecause: because,
    });
    expect(half).not.toHaveProperty("isBurnAddedUp");
    expect(whole).toMatchObject({ burnPerHrUsd: 3, pods: { length: 3 } });
  });

  it("that are gone is whole, and says which are: each is asked for once", async () => {
    const { simulator, look, askedSingly, pass } = await seenOnce({ pods });
    simulator.account.terminatePod("a");
    simulator.account.terminatePod("b");

    const looks = [await look(), await look()];
    pass(10 * minute);
    const later = await look();

    expect(looks).toMatchObject([
      { burnPerHrUsd: 1, goneIds: ["a", "b"] },
      { burnPerHrUsd: 1, goneIds: ["a", "b"] },
    ]);
    expect(later).not.toHaveProperty("goneIds");
    expect(askedSingly()).toEqual(["GET /pods/a", "GET /pods/b"]);
  });

  it("that had stopped is whole: nothing is asked", async () => {
    const { simulator, look, askedSingly } = await seenOnce({
      pods: pods.map((pod) => ({ ...pod, status: "EXITED" })),
    });
    simulator.show("rest", { unlistedPodIds: ["a"] });

    expect(await look()).toMatchObject({ pods: { length: 2 } });
    expect(askedSingly()).toEqual([]);
  });

  it("beside a row that cannot be read asks for none: it may be that row", async () => {
    const { simulator, look, askedSingly } = await seenOnce({ pods });
    simulator.show("rest", { unlistedPodIds: ["a"] });
    simulator.failAll("broken-pod-row");

    expect(await look()).toMatchObject({ unreadablePods: 2 });
    expect(askedSingly()).toEqual([]);
  });

  it("asks for ten at a look, until all are known", async () => {
    const many = Array.from({ length: 23 }, (_, n) => ({ id: `p${n}`, costPerHrUsd: 1 }));
    const { simulator, look, askedSingly } = await seenOnce({ pods: many });
    for (const { id } of many.slice(1)) simulator.account.terminatePod(id);

    const looks = [await look(), await look(), await look()];

    expect(looks).toMatchObject([
      {
        pods: "unknown",
        podsBecause: "the list leaves out 12 pods, and it is not known yet whether they are gone",
      },
      {
        pods: "unknown",
        podsBecause: "the list leaves out 2 pods, and it is not known yet whether they are gone",
      },
      { pods: [{ id: "p0" }], burnPerHrUsd: 1 },
    ]);
    expect(new Set(askedSingly()).size).toBe(22);
    expect(askedSingly()).toHaveLength(22);
  });

  const refusals: readonly (readonly [string, number, unknown, string])[] = [
    ["an error of RunPod's", 500, { title: "no" }, "HTTP 500: no"],
    ["a 404 that is a page of somebody else", 404, "<html>Not Found</html>", "HTTP 404"],
    ["a pod of another id", 200, { id: "other" }, "the answer is of something else"],
  ];

  it.each(refusals)("is half where the answer is %s", async (_sentence, status, body, because) => {
    const { simulator, look } = await seenOnce({ pods }, singlePods(status, body));
    simulator.show("rest", { unlistedPodIds: ["a"] });

    const found = await look();

    expect(found).toMatchObject({ pods: "unknown", burnPerHrUsd: undefined });
    expect(found).toHaveProperty(
      "podsBecause",
      expect.stringContaining(
        `the list leaves out a pod, and it is not known yet whether they are gone: ${because}`,
      ),
    );
  });

  it.each(refusals)("for a quarter of an hour is believed beside %s", async (_s, status, body) => {
    const { simulator, look, pass } = await seenOnce({ pods }, singlePods(status, body));
    simulator.show("rest", { unlistedPodIds: ["a"] });

    await look();
    pass(15 * minute - 1);
    const before = await look();
    pass(1);
    const after = await look();

    expect(before).toMatchObject({ pods: "unknown" });
    expect(after).toMatchObject({ pods: { length: 2 }, goneIds: ["a"] });
  });

  it("is never believed while RunPod still has the pod", async () => {
    const { simulator, look, pass } = await seenOnce({ pods, balanceUsd: 1000 });
    simulator.show("rest", { unlistedPodIds: ["a"] });
    await look();
    pass(24 * 60 * minute);

    expect(await look()).toMatchObject({ pods: "unknown" });
  });

  it("is whole where RunPod says of the pod itself that it is terminated", async () => {
    const body = { id: "a", status: "TERMINATED" };
    const { simulator, look } = await seenOnce({ pods }, singlePods(200, body));
    simulator.show("rest", { unlistedPodIds: ["a"] });

    expect(await look()).toMatchObject({ pods: { length: 2 } });
  });
});

describe("a list over REST that leaves out a cluster", () => {
  it("that RunPod still has is half a list", async () => {
    const { simulator, look, askedSingly } = await seenOnce({ pods, clusters });
    simulator.show("rest", { unlistedPodIds: ["m0", "m1"] });

    expect(await look()).toMatchObject({ pods: "unknown" });
    expect(askedSingly()).toEqual(["GET /clusters/c1"]);
  });

  it("or one member of it is half a list", async () => {
    const { simulator, look, askedSingly } = await seenOnce({ pods, clusters });
    simulator.show("rest", { unlistedPodIds: ["m1"] });

    expect(await look()).toMatchObject({ pods: "unknown" });
    expect(askedSingly()).toEqual(["GET /pods/m1"]);
  });

  it("or a member of it that is gone is whole, and the cluster goes on", async () => {
    const { simulator, look } = await seenOnce({ pods, clusters });
    simulator.show("rest", { hiddenPodIds: ["m1"] });

    expect(await look()).toMatchObject({ burnPerHrUsd: 5, goneIds: ["m1"] });
  });

  it("that is gone is whole, and names the cluster", async () => {
    const { simulator, look } = await seenOnce({ pods, clusters });
    simulator.account.deleteCluster("c1");

    expect(await look()).toMatchObject({ burnPerHrUsd: 3, goneIds: ["m0", "c1", "m1"] });
  });

  it("asks for its members where the key may not read clusters", async () => {
    const scopes = ["billing:read", "pods:read"];
    const { simulator, look, askedSingly } = await seenOnce({ pods, clusters, scopes });
    simulator.account.deleteCluster("c1");

    const looks = [await look(), await look()];

    expect(looks).toMatchObject([{ pods: "unknown" }, { burnPerHrUsd: 3 }]);
    expect(askedSingly()).toEqual(["GET /clusters/c1", "GET /pods/m0", "GET /pods/m1"]);
  });
});
