import fc from "fast-check";
import { graphqlSync, parse, validate } from "graphql";
import { describe, expect, it } from "vitest";
import {
  balanceDocument,
  endDocuments,
  lookDocument,
  readAnswer,
  type Reading,
} from "#runpod/graphql/look.ts";
import { schema } from "#simulator/schema.ts";

const row = { id: "a", name: "trainer", desiredStatus: "RUNNING", costPerHr: 1.49 };

function reading(myself: object): Reading {
  const read = readAnswer({ myself: { clientBalance: 10, ...myself } });
  if (typeof read === "string") throw new Error(read);
  return read;
}

describe("what is asked for", () => {
  it.each([
    ["to look", lookDocument],
    ["for the balance alone", balanceDocument],
    ["to stop", endDocuments.stop],
    ["to terminate", endDocuments.terminate],
  ])("is all known to RunPod's schema: %s", (_sentence, document) => {
    const errors = validate(schema, parse(document));

    expect(errors).toEqual([]);
  });

  it("is the least, and no secret", () => {
    const words = new Set(lookDocument.match(/\w+/g));

    expect([...words].sort()).toEqual([
      "Look",
      "clientBalance",
      "costPerHr",
      "currentSpendPerHr",
      "desiredStatus",
      "id",
      "locked",
      "myself",
      "name",
      "networkVolumeId",
      "pods",
      "query",
    ]);
  });

  it("is the balance alone, when more than that cannot be asked for", () => {
    const words = new Set(balanceDocument.match(/\w+/g));

    expect([...words].sort()).toEqual(["Balance", "clientBalance", "myself", "query"]);
  });

  it.each([lookDocument, balanceDocument])("to look changes nothing", (source) => {
    const result = graphqlSync({ schema, source, rootValue: {} });

    expect(result).toEqual({ data: { myself: null } });
    expect(source).not.toContain("mutation");
  });

  it("of a pod that was ended is its id at most: whatever is asked for could fail the whole", () => {
    const words = Object.values(endDocuments).flatMap((each) => each.match(/\w+/g) ?? []);

    expect([...new Set(words)].sort()).toEqual([
      "Stop",
      "String",
      "Terminate",
      "id",
      "input",
      "mutation",
      "podId",
      "podStop",
      "podTerminate",
    ]);
  });
});

it("reads the balance, the burn and the pods", () => {
  const read = readAnswer({
    myself: { clientBalance: 4.2345, currentSpendPerHr: 1.6, pods: [row], more: "ignored" },
    more: "ignored",
  });

  expect(read).toEqual({
    balanceUsd: 4.2345,
    burnPerHrUsd: 1.6,
    pods: [
      {
        id: "a",
        name: "trainer",
        rawName: "trainer",
        status: "RUNNING",
        costPerHrUsd: 1.49,
        hasNetworkVolume: undefined,
        isLocked: undefined,
      },
    ],
    unreadablePods: 0,
  } satisfies Reading);
});

it.each([0, -0.24, 1e-9, 1e15])("a balance of %d is one", (clientBalance) => {
  expect(reading({ clientBalance }).balanceUsd).toBe(clientBalance);
});

describe("without a balance there is no reading", () => {
  it.each<[unknown, string]>([
    [undefined, "the answer has no data"],
    [null, "the answer has no data"],
    ["text", "the answer has no data"],
    [[], "the answer has no account"],
    [{}, "the answer has no account"],
    [{ pod: null }, "the answer has no account"],
    [{ myself: null }, "the answer has no account"],
    [{ myself: "me" }, "the answer has no account"],
    [{ myself: [] }, "the answer has no balance"],
    [{ myself: {} }, "the answer has no balance"],
    [{ myself: { clientBalance: null } }, "the answer has no balance"],
    [{ myself: { clientBalance: "12.5" } }, 'the balance is not a number ("12.5")'],
    [{ myself: { clientBalance: true } }, "the balance is not a number (true)"],
    [{ myself: { clientBalance: Infinity } }, "the balance is not a number (Infinity)"],
    [{ myself: { clientBalance: NaN } }, "the balance is not a number (NaN)"],
    [{ myself: { clientBalance: { usd: 5 } } }, 'the balance is not a number ({"usd":5})'],
    [
      { myself: { clientBalance: "9".repeat(99) } },
      `the balance is not a number ("${"9".repeat(39)})`,
    ],
  ])("%j", (data, words) => {
    expect(readAnswer(data)).toBe(words);
  });
});

describe("pods", () => {
  it.each([undefined, null, "text", 5, {}])("%j is no list: they are unknown", (pods) => {
    expect(reading({ pods })).toMatchObject({
      balanceUsd: 10,
      pods: "unknown",
      burnPerHrUsd: undefined,
      unreadablePods: 0,
    });
  });

  it("an empty list is none", () => {
    expect(reading({ pods: [] })).toMatchObject({ pods: [], burnPerHrUsd: 0, unreadablePods: 0 });
  });

  it.each<[string, unknown]>([
    ["null", null],
    ["a number", 5],
    ["a list", [row]],
    ["no id", { ...row, id: undefined }],
    ["an empty id", { ...row, id: "" }],
    ["an id that is a number", { ...row, id: 5 }],
    ["no status", { ...row, desiredStatus: null }],
  ])("a row that is broken (%s) is counted and hides nothing else", (_sentence, broken) => {
    const { pods, unreadablePods, balanceUsd } = reading({ pods: [broken, row] });

    expect({ balanceUsd, unreadablePods }).toEqual({ balanceUsd: 10, unreadablePods: 1 });
    expect(pods).toMatchObject([{ id: "a" }]);
  });

  it.each<[string, object, number | undefined]>([
    ["a rate", {}, 1.49],
    ["$0 while it runs is not free", { costPerHr: 0 }, undefined],
    ["$0 when it is stopped is true", { costPerHr: 0, desiredStatus: "EXITED" }, 0],
    ["null", { costPerHr: null }, undefined],
    ["absent", { costPerHr: undefined }, undefined],
    ["text", { costPerHr: "1.49" }, undefined],
    ["negative", { costPerHr: -1 }, undefined],
    ["not finite", { costPerHr: Infinity }, undefined],
  ])("the rate is known or unknown: %s", (_sentence, given, costPerHrUsd) => {
    const { pods } = reading({ pods: [{ ...row, ...given }] });

    expect(pods).toEqual([expect.objectContaining({ id: "a", costPerHrUsd })]);
  });

  it.each([
    ["terminal sequences", "\u001b[2Jtrainer\u009b1m", "[2Jtrainer1m"],
    ["line breaks", "a\r\nb", "ab"],
    ["text that runs backwards", "a\u202Eb\u2066c", "abc"],
    ["zero-width characters", "a\u200Bb\uFEFFc", "abc"],
    ["more than 64 characters", "x".repeat(99), "x".repeat(64)],
    ["no name", null, ""],
  ])("names are cleaned: %s", (_sentence, name, cleaned) => {
    const { pods } = reading({ pods: [{ ...row, name }] });

    expect(pods).toMatchObject([{ name: cleaned }]);
  });

  it("the name as RunPod gave it is kept beside, for comparing", () => {
    const { pods } = reading({ pods: [{ ...row, name: "a\u202Eb" }] });

    expect(pods).toMatchObject([{ name: "ab", rawName: "a\u202Eb" }]);
  });

  it.each<[string, unknown, boolean | undefined]>([
    ["a volume's id", "vol1", true],
    ["null", null, false],
    ["empty", "", false],
    ["absent", undefined, undefined],
    ["a number", 5, undefined],
  ])("whether the data outlives $0 is known or unknown: %s", (_sentence, networkVolumeId, is) => {
    const { pods } = reading({ pods: [{ ...row, networkVolumeId }] });

    expect(pods).toMatchObject([{ hasNetworkVolume: is }]);
  });

  it.each<[unknown, boolean | undefined]>([
    [true, true],
    [false, false],
    [null, undefined],
    [undefined, undefined],
    ["true", undefined],
  ])("whether it is locked is known or unknown: %j", (locked, isLocked) => {
    const { pods } = reading({ pods: [{ ...row, locked }] });

    expect(pods).toMatchObject([{ isLocked }]);
  });

  it("ids and statuses are cleaned as names are", () => {
    const { pods } = reading({ pods: [{ ...row, id: "a\u001b", desiredStatus: "RUNNING\u0007" }] });

    expect(pods).toMatchObject([{ id: "a", status: "RUNNING" }]);
  });
});

describe("the burn", () => {
  const stopped = { ...row, id: "b", desiredStatus: "EXITED", costPerHr: 5 };
  const other = { ...row, id: "c", costPerHr: 0.51 };

  it.each<[string, object, number | undefined]>([
    ["the account's own word", { currentSpendPerHr: 3, pods: [row] }, 3],
    ["the account's word may be nothing", { currentSpendPerHr: 0, pods: [] }, 0],
    ["nothing is true while all are stopped", { currentSpendPerHr: 0, pods: [stopped] }, 0],
    ["nothing may be true of pods that are not seen", { currentSpendPerHr: 0, pods: null }, 0],
    ["not nothing while a pod runs: its rate", { currentSpendPerHr: 0, pods: [row] }, 1.49],
    [
      "not nothing while pods run: their rates together",
      { currentSpendPerHr: 0, pods: [row, stopped, other] },
      2,
    ],
    [
      "not nothing while a pod runs whose rate is unknown: unknown",
      { currentSpendPerHr: 0, pods: [{ ...row, costPerHr: 0 }] },
      undefined,
    ],
    [
      "not nothing while a pod runs and a row cannot be read: unknown",
      { currentSpendPerHr: 0, pods: [row, null] },
      undefined,
    ],
    ["else the running pods together", { currentSpendPerHr: null, pods: [row, stopped, other] }, 2],
    ["else nothing, where none runs", { pods: [stopped] }, 0],
    ["unknown, where one running pod's is", { pods: [row, { ...other, costPerHr: 0 }] }, undefined],
    ["unknown, where a row could not be read", { pods: [row, null] }, undefined],
    ["unknown, where the pods are", { pods: null }, undefined],
    ["not what is negative", { currentSpendPerHr: -1, pods: [row] }, 1.49],
    ["not what is no number", { currentSpendPerHr: "3", pods: [row] }, 1.49],
    ["not what is not finite", { currentSpendPerHr: Infinity, pods: [row] }, 1.49],
  ])("%s", (_sentence, myself, burnPerHrUsd) => {
    expect(reading(myself).burnPerHrUsd).toBe(burnPerHrUsd);
  });
});

it("whatever the data, it is a reading with a finite balance or words", () => {
  const accounts = fc.record(
    {
      clientBalance: fc.oneof(fc.double(), fc.jsonValue()),
      currentSpendPerHr: fc.jsonValue(),
      pods: fc.oneof(
        fc.jsonValue(),
        fc.array(
          fc.record(
            {
              id: fc.jsonValue(),
              name: fc.jsonValue(),
              desiredStatus: fc.string(),
              costPerHr: fc.jsonValue(),
              networkVolumeId: fc.jsonValue(),
              locked: fc.jsonValue(),
            },
            { requiredKeys: [] },
          ),
        ),
      ),
    },
    { requiredKeys: [] },
  );
  const data = fc.oneof(fc.anything(), fc.record({ myself: fc.oneof(fc.jsonValue(), accounts) }));

  fc.assert(
    fc.property(data, (given) => {
      const read = readAnswer(given);

      const isFit = typeof read === "string" ? read.length > 0 : Number.isFinite(read.balanceUsd);
      expect(isFit).toBe(true);
    }),
  );
});
