import { describe, expect, it } from "vitest";
import type { Api } from "#guard/model/account.ts";
import type { HttpRequest } from "#requests/answer.ts";
import { createFakeClock } from "../../fake-clock.ts";
import { apiKey } from "../../simulator/ask.ts";
import { checkedSimulator } from "../../simulator/checked.ts";
import { answering, faces, forever, nowhere, orderFor, wholeAt } from "./orders.ts";

const otherOf: Readonly<Record<Api, Api>> = { graphql: "rest", rest: "graphql" };

describe.each(faces)("where %s decides", (_name, api) => {
  it("it is asked what is offered, for the pod and for the way in, and the other for nothing", async () => {
    const simulator = await checkedSimulator();
    const creating = wholeAt(api, simulator);

    const offers = await creating.offers(1, forever);
    const answer = await creating.create(orderFor(), forever);
    const ssh = await creating.sshOf(answer.kind === "created" ? answer.podId : "", forever);

    expect(offers).toMatchObject({ kind: "read", value: expect.arrayContaining([]) as unknown });
    expect(answer).toMatchObject({ kind: "created", costPerHrUsd: 0.69 });
    expect(ssh).toMatch(/@ssh\.runpod\.io$/);
    expect(new Set(simulator.asked.map(({ api: asked }) => asked))).toEqual(new Set([api]));
  });

  it("the other tells what is offered where it cannot", async () => {
    const simulator = await checkedSimulator();
    simulator.failAll("http-500", "all", api);

    const offers = await wholeAt(api, simulator).offers(1, forever);

    expect(offers).toMatchObject({ kind: "read" });
    expect(simulator.asked.at(-1)?.api).toBe(otherOf[api]);
  });

  it("and neither can, it says why", async () => {
    const simulator = await checkedSimulator();
    simulator.failAll("http-500");

    const offers = await wholeAt(api, simulator).offers(1, forever);

    expect(offers).toEqual({
      kind: "unread",
      because: expect.stringMatching(/^HTTP 500: something went wrong$/i) as string,
    });
  });

  it.each(["http-401", "http-500", "create-drops", "internal-error-200"] as const)(
    "an order that fails is not sent to the other: %s",
    async (fault) => {
      const simulator = await checkedSimulator();
      simulator.failAll(fault, "all", api);

      const answer = await wholeAt(api, simulator).create(orderFor(), forever);

      expect(answer.kind).toBe("failed");
      expect(simulator.asked).toMatchObject([{ api, does: "create" }]);
      expect(simulator.account.pods()).toEqual([]);
    },
  );

  it.each([
    ["nobody answers", () => new Promise<never>(() => {})],
    ["what carries it breaks", () => Promise.reject(new Error("the moon is full"))],
  ])(
    "nobody waits without end for an order, which may have happened: %s",
    async (_why, request) => {
      const clock = createFakeClock();
      const answer = wholeAt(api, nowhere, request, clock).create(orderFor(), forever);

      await clock.advanceTo(45_000);

      expect(await answer).toMatchObject({
        kind: "failed",
        isReadOnlyKey: false,
        isRefusal: false,
      });
    },
  );

  it("nobody waits without end for the rest either", async () => {
    const clock = createFakeClock();
    const creating = wholeAt(api, nowhere, () => new Promise<never>(() => {}), clock);
    const [offers, ssh] = [creating.offers(1, forever), creating.sshOf("abc", forever)];

    await clock.advanceTo(45_000);
    await clock.advanceTo(90_000);

    expect(await offers).toMatchObject({ kind: "unread" });
    expect(await ssh).toBeUndefined();
  });

  it("no word of it holds the key", async () => {
    const text = JSON.stringify({
      errors: [{ message: `bad key ${apiKey}` }],
      detail: `bad key ${apiKey}`,
    });
    const creating = wholeAt(api, nowhere, answering({ status: 400, text }));

    const told = [await creating.create(orderFor(), forever), await creating.offers(1, forever)];

    expect(JSON.stringify(told)).toMatch(/bad key/);
    expect(JSON.stringify(told)).not.toContain(apiKey);
  });

  it("what it is asked for is a question or an order, no poll, when it is interrupted", async () => {
    const asked: string[] = [];
    const request: HttpRequest = (_url, { partOf }) => {
      asked.push(partOf);
      return Promise.reject(new Error("enough"));
    };
    const creating = wholeAt(api, nowhere, request);

    await creating.create(orderFor(), forever);
    await creating.sshOf("abc", forever);

    expect(asked).toEqual(["the request for a pod", "the question"]);
  });
});

it("REST that has no address makes no pod: GraphQL does", async () => {
  const simulator = await checkedSimulator();

  await wholeAt("rest", { url: simulator.url, restUrl: undefined }).create(orderFor(), forever);

  expect(simulator.asked).toMatchObject([{ api: "graphql", does: "create" }]);
});
