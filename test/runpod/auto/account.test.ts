import { describe, expect, it } from "vitest";
import type { Blind, Look, Seen, Source } from "#guard/model/account.ts";
import type { Account } from "#ports.ts";
import { createAutoAccount, createDeciding, createDecidingOnce } from "#runpod/auto/account.ts";
import { hedged } from "#runpod/hedged.ts";
import { createFakeClock } from "../../fake-clock.ts";

const signal = new AbortController().signal;
const sees: Seen = {
  kind: "seen",
  atMs: 0,
  balanceUsd: 5,
  burnPerHrUsd: 1,
  pods: [],
  unreadablePods: 0,
};
const restSees: Seen = { ...sees, balanceUsd: 4 };
const halfSees = {
  ...sees,
  pods: "unknown",
  podsBecause: "no such field",
  refusal: "schema",
} as const;
const lost: Blind = { kind: "blind", atMs: 0, cause: "unreachable", because: "no answer" };
const retired: Blind = { ...lost, cause: "bad-answer", because: "HTTP 410", refusal: "retired" };
const rate: Blind = { ...lost, cause: "server-error", because: "HTTP 429", refusal: "rate" };
const route: Blind = { ...lost, cause: "bad-answer", because: "HTTP 404", refusal: "route" };
const noScope: Blind = { ...lost, cause: "key-refused", because: "billing:read is missing" };

/** Gives these answers in turn, the last again and again, and counts what it is asked. */
function face(looks: readonly Look[], name: string) {
  const asked = { looks: 0, measures: 0, ends: 0 };
  const account: Account = {
    look() {
      asked.looks += 1;
      return Promise.resolve(looks[Math.min(asked.looks, looks.length) - 1] ?? lost);
    },
    measure() {
      asked.measures += 1;
      return Promise.resolve({ kind: "unmeasured", atMs: 0, because: name });
    },
    end() {
      asked.ends += 1;
      return Promise.resolve({ kind: "accepted" });
    },
  };
  return { account, asked };
}

async function polled(of: readonly Look[], ofRest: readonly Look[], polls: number) {
  const graphql = face(of, "graphql");
  const rest = face(ofRest, "rest");
  const deciding = createDeciding();
  const auto = createAutoAccount({ graphql: graphql.account, rest: rest.account, deciding });
  const looks: Look[] = [];
  for (let n = 0; n < polls; n += 1) looks.push(await auto.look(signal));
  return { looks, graphql, rest, auto, deciding };
}

const by = (looks: readonly Look[]) => looks.map(({ source }) => source?.api);
const graphql3 = ["graphql", "graphql", "graphql"] as const;

describe("GraphQL decides", () => {
  it("while it answers: REST is not even asked", async () => {
    const { looks, rest } = await polled([sees], [restSees], 3);

    expect(looks).toEqual(
      [sees, sees, sees].map((each) => ({ ...each, source: { api: "graphql" } })),
    );
    expect(rest.asked.looks).toBe(0);
  });

  it.each<[string, Look[]]>([
    ["after two refused polls and one that works", [rate, rate, sees, rate, rate, sees]],
    ["when it cannot be reached, however long", [lost, lost, lost, lost, lost, lost]],
    ["when the key is refused", [noScope, noScope, noScope, noScope, noScope, noScope]],
  ])("%s", async (_sentence, answers) => {
    const { looks, rest } = await polled(answers, [restSees], 6);

    expect(new Set(by(looks))).toEqual(new Set(["graphql"]));
    expect(rest.asked.looks).toBe(0);
  });

  it("when REST sees nothing either; both are named, and it is asked at the next refused poll again", async () => {
    const { looks, rest } = await polled([rate], [noScope, noScope, restSees], 5);

    expect(by(looks)).toEqual([...graphql3, "graphql", "rest"]);
    expect(looks[2]).toMatchObject({
      kind: "blind",
      because: "HTTP 429; REST v2 was asked as well: billing:read is missing",
    });
    expect(rest.asked.looks).toBe(3);
  });

  it("when it still shows the balance, and REST shows no more than that", async () => {
    const { looks } = await polled([halfSees], [{ ...restSees, pods: "unknown" }], 3);

    expect(looks[2]).toMatchObject({
      balanceUsd: 5,
      source: { api: "graphql" },
      podsBecause: "no such field; REST v2 was asked as well: it did not list the pods",
    });
  });
});

describe("REST decides", () => {
  it("in the very poll in which GraphQL is retired, and from then on alone", async () => {
    const { looks, graphql } = await polled([sees, retired, sees], [restSees], 4);

    expect(by(looks)).toEqual(["graphql", "rest", "rest", "rest"]);
    expect(looks[1]).toEqual({
      ...restSees,
      source: { api: "rest", because: "RunPod has ended GraphQL (HTTP 410)" },
    });
    expect(graphql.asked.looks).toBe(2);
  });

  it("once GraphQL is retired, even while it sees nothing yet itself", async () => {
    const { looks } = await polled([retired], [noScope, restSees], 2);

    expect(by(looks)).toEqual(["rest", "rest"]);
    expect(looks[0]).toMatchObject(noScope);
  });

  it.each<[string, Look[]]>([
    ["its rate", [rate, rate, rate]],
    ["its address", [route, route, route]],
    ["a field of the pods, though the balance is still there", [halfSees, halfSees, halfSees]],
    ["one thing after the other", [rate, route, halfSees]],
    ["and is unreachable in between, which says nothing", [rate, lost, rate, lost, route]],
  ])("at the third poll in a row that GraphQL refuses for %s", async (_sentence, answers) => {
    const { looks } = await polled(answers, [restSees], answers.length);

    expect(by(looks).slice(0, -1)).not.toContain("rest");
    expect(by(looks).at(-1)).toBe("rest");
  });

  it("of loads and ends as well", async () => {
    const { auto, graphql, rest } = await polled([retired], [restSees], 1);

    await auto.measure(signal);
    await auto.end({ id: "p1" }, "stop", signal);

    expect(rest.asked).toMatchObject({ measures: 1, ends: 1 });
    expect(graphql.asked).toMatchObject({ measures: 0, ends: 0 });
  });

  it("from the start, where that was saved: GraphQL is not asked", async () => {
    const graphql = face([sees], "graphql");
    const rest = face([restSees], "rest");
    const deciding = createDeciding({ api: "rest", because: "as saved" });
    const auto = createAutoAccount({ graphql: graphql.account, rest: rest.account, deciding });

    expect(await auto.look(signal)).toEqual({
      ...restSees,
      source: { api: "rest", because: "as saved" },
    });
    expect(graphql.asked.looks).toBe(0);
  });
});

it("polls at the same time count as one: three of them are not three in a row", async () => {
  const graphql = face([rate], "graphql");
  const rest = face([restSees], "rest");
  const deciding = createDeciding();
  const auto = createAutoAccount({ graphql: graphql.account, rest: rest.account, deciding });

  const looks = await Promise.all([1, 2, 3, 4].map(() => auto.look(signal)));

  expect(by(looks)).toEqual([...graphql3, "graphql"]);
  expect(deciding.now().source.unseen?.polls).toBe(1);
});

it("a retirement counts in whichever of several polls at the same time it comes", async () => {
  const graphql = face([rate, retired], "graphql");
  const rest = face([restSees], "rest");
  const deciding = createDeciding();
  const auto = createAutoAccount({ graphql: graphql.account, rest: rest.account, deciding });

  const looks = await Promise.all([auto.look(signal), auto.look(signal)]);

  expect(by(looks)).toContain("rest");
  expect(deciding.now().source.api).toBe("rest");
});

it("a poll that was sent again beside a slow one counts once", async () => {
  const clock = createFakeClock();
  const slow: Account = {
    ...face([rate], "graphql").account,
    async look() {
      await clock.sleepUntil(clock.nowMs() + 25_000, signal);
      return rate;
    },
  };
  const deciding = createDeciding();
  const rest = face([restSees], "rest");
  const auto = createAutoAccount({
    graphql: hedged(slow, clock, 10_000),
    rest: rest.account,
    deciding,
  });

  const looking = auto.look(signal);
  await clock.advanceTo(60_000);

  expect((await looking).source).toMatchObject({ api: "graphql" });
  expect(deciding.now().source.unseen?.polls).toBe(1);
  expect(rest.asked.looks).toBe(0);
});

it("who is interrupted does not ask the other one any more", async () => {
  const rest = face([restSees], "rest");
  const auto = createAutoAccount({
    graphql: face([retired], "graphql").account,
    rest: rest.account,
    deciding: createDeciding(),
  });

  await auto.look(AbortSignal.abort());

  expect(rest.asked.looks).toBe(0);
});

const minutes = (n: number) => n * 60_000;
const at = (look: Look, atMs: number): Look => ({ ...look, atMs });

describe("polls closer together than those of the loop", () => {
  it("prove an end: three of them that are refused are not three polls", async () => {
    const graphql = face(
      [0, 1_000, 2_000, 3_000].map((atMs) => at(rate, atMs)),
      "graphql",
    );
    const rest = face([restSees], "rest");
    const deciding = createDeciding();
    const parts = { graphql: graphql.account, rest: rest.account, deciding };
    const auto = createAutoAccount({ ...parts, refusalsApartMs: 15_000 });

    for (let n = 0; n < 4; n += 1) await auto.look(signal);

    expect(deciding.now().source.unseen).toMatchObject({ polls: 1, countedAtMs: 0 });
    expect(rest.asked.looks).toBe(0);
  });
});

describe("refusals in a row are counted on", () => {
  it("by a process that only polls once, from what the last one has saved", async () => {
    let unseen: Source["unseen"];
    let last: Look | undefined;
    for (let n = 0; n < 3; n += 1) {
      const deciding = createDeciding({ api: "graphql", unseen });
      const parts = {
        graphql: face([rate], "graphql").account,
        rest: face([restSees], "rest").account,
      };
      last = await createAutoAccount({ ...parts, deciding }).look(signal);
      ({ unseen } = last.source ?? {});
    }

    expect(last?.source).toMatchObject({ api: "rest" });
  });
});

describe("GraphQL that has not shown everything for five minutes, for whatever reason", () => {
  it.each<[string, Look]>([
    ["it cannot be reached", lost],
    ["the key is refused", noScope],
    ["it no longer lists the pods", { ...sees, pods: "unknown", podsBecause: "no list" }],
  ])("gives way to REST if that sees more: %s", async (_sentence, look) => {
    const looks = [0, 2, 4, 5].map((n) => at(look, minutes(n)));
    const { looks: found, rest } = await polled(looks, [restSees], 4);

    expect(by(found)).toEqual([...graphql3, "rest"]);
    expect(rest.asked.looks).toBe(1);
  });

  it("stays, if REST sees no more", async () => {
    const looks = [0, 5, 6].map((n) => at(lost, minutes(n)));
    const { looks: found } = await polled(looks, [lost], 3);

    expect(by(found)).toEqual(graphql3);
  });
});

describe("REST that has decided and has shown nothing yet", () => {
  it("is not waited for where GraphQL answers again", async () => {
    const { looks } = await polled([retired, sees, sees], [noScope], 3);

    expect(by(looks)).toEqual(["rest", "graphql", "graphql"]);
    expect(looks[1]?.source?.because).toBe(
      "REST v2 has not shown the account (billing:read is missing), and GraphQL answers again",
    );
    expect(looks[2]).toMatchObject({ balanceUsd: 5 });
  });

  it("does not take over a second time before it sees, and then for good", async () => {
    const answers = [retired, sees, retired, sees, retired, sees];
    const { looks } = await polled(answers, [noScope, noScope, noScope, restSees, lost], 6);

    expect(by(looks)).toEqual(["rest", "graphql", "graphql", "graphql", "rest", "rest"]);
    expect(looks[2]?.kind).toBe("blind");
    expect(looks[5]?.kind).toBe("blind");
  });

  it("keeps deciding where GraphQL sees nothing either", async () => {
    const { looks, graphql } = await polled([retired], [noScope, lost, restSees, lost], 4);

    expect(by(looks)).toEqual(["rest", "rest", "rest", "rest"]);
    // Once it has seen, GraphQL is not asked any more.
    expect(graphql.asked.looks).toBe(2);
  });
});

describe("a command, which polls for itself alone", () => {
  async function asked(answer: Look, ofRest: Look) {
    const graphql = face([answer], "graphql");
    const rest = face([ofRest], "rest");
    const parts = { graphql: graphql.account, rest: rest.account };
    const auto = createAutoAccount({ ...parts, deciding: createDecidingOnce() });
    const look = await auto.look(signal);
    await auto.end({ id: "p1" }, "stop", signal);
    return { look, graphql, rest };
  }

  it.each<[string, Look]>([
    ["is refused for its rate", rate],
    ["is refused for its address", route],
    ["cannot be reached", lost],
    ["sees no pods", halfSees],
  ])("asks REST at once where GraphQL %s, and it is no change-over", async (_sentence, answer) => {
    const { look, rest } = await asked(answer, restSees);

    expect(look).toEqual(restSees);
    expect(rest.asked.ends).toBe(1);
  });

  it("stays with GraphQL where that sees, or REST sees no more", async () => {
    expect((await asked(sees, restSees)).rest.asked).toMatchObject({ looks: 0, ends: 0 });
    expect((await asked(rate, noScope)).graphql.asked.ends).toBe(1);
  });
});
