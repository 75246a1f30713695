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
import { whyKept } from "#guard/account/may-end.ts";
import type { Pod, PodStatus } from "#guard/model/account.ts";
import { isProtected } from "#guard/protect.ts";
import { schema } from "#simulator/graphql/schema.ts";
import { after, policyWith, wordsOf } from "../../guard/samples.ts";

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
        status: "running",
        word: "RUNNING",
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
    ["an id that nobody could type as it is shown", { ...row, id: "a\u001b" }],
    ["an id that is too long to be one", { ...row, id: "a".repeat(65) }],
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

  it.each<[string, unknown, PodStatus, string | undefined]>([
    ["created", "CREATED", "pending", "CREATED"],
    ["running", "RUNNING", "running", "RUNNING"],
    ["restarting", "RESTARTING", "running", "RESTARTING"],
    ["exited", "EXITED", "stopped", "EXITED"],
    ["dead", "DEAD", "stopped", "DEAD"],
    ["terminated", "TERMINATED", "gone", "TERMINATED"],
    ["paused, of which nobody says what it costs", "PAUSED", "unknown", "PAUSED"],
    ["a word that is new", "STOPPING", "unknown", "STOPPING"],
    ["a word in small letters", "exited", "unknown", "exited"],
    ["empty", "", "unknown", undefined],
    ["null", null, "unknown", undefined],
    ["absent", undefined, "unknown", undefined],
    ["a number", 1, "unknown", undefined],
    ["a word with more in it than is seen", "RUNNING\u0007", "unknown", undefined],
    ["a word that is too long to be one", "R".repeat(200), "unknown", undefined],
  ])("the status is known or unknown: %s", (_sentence, desiredStatus, status, word) => {
    const { pods, unreadablePods } = reading({ pods: [{ ...row, desiredStatus }] });

    expect(pods).toMatchObject([{ id: "a", status, word }]);
    expect(unreadablePods).toBe(0);
  });

  it.each<[string, unknown, string | undefined]>([
    ["a name", "keep-me", "keep-me"],
    ["an empty name", "", ""],
    ["null", null, undefined],
    ["absent", undefined, undefined],
    ["a number", 7, undefined],
    ["a list", ["keep-me"], undefined],
  ])("the name is known or unknown: %s", (_sentence, name, rawName) => {
    expect(reading({ pods: [{ ...row, name }] }).pods).toMatchObject([{ rawName }]);
  });
});

describe("the burn", () => {
  const stopped = { ...row, id: "b", desiredStatus: "EXITED", costPerHr: 5 };
  const other = { ...row, id: "c", costPerHr: 0.51 };

  it.each<[string, object, number | undefined]>([
    ["the account's own word", { currentSpendPerHr: 3, pods: [row] }, 3],
    ["the account's word may be nothing", { currentSpendPerHr: 0, pods: [] }, 0],
    ["nothing is true while all are stopped", { currentSpendPerHr: 0, pods: [stopped] }, 0],
    ["not nothing while the pods are not seen", { currentSpendPerHr: 0, pods: null }, undefined],
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

describe("a spend of $0 beside pods of which not all are known to have ended", () => {
  const stopped = { ...row, id: "b", desiredStatus: "EXITED", costPerHr: 0 };

  it.each<[string, unknown]>([
    ["no list", null],
    ["a list that is none", {}],
    ["a row that is null", [null]],
    ["a row without an id", [stopped, { ...row, id: null }]],
    ["a status in small letters", [{ ...row, desiredStatus: "running" }]],
    ["a status that is null", [{ ...row, desiredStatus: null }]],
    ["a status that is new", [stopped, { ...row, desiredStatus: "STARTING" }]],
    ["a pod that restarts", [{ ...row, desiredStatus: "RESTARTING" }]],
    [
      "a pod that restarts and is said to be free",
      [{ ...row, desiredStatus: "RESTARTING", costPerHr: 0 }],
    ],
    ["two rows of a pod of which one has ended", [{ ...row, desiredStatus: "EXITED" }, row]],
  ])("is never told as nothing burning: %s", (_sentence, pods) => {
    const read = reading({ clientBalance: 0, currentSpendPerHr: 0, pods });
    const look = { kind: "seen", atMs: 0, ...read } as const;

    const { events } = after([look], policyWith());

    expect(read.burnPerHrUsd).not.toBe(0);
    expect(wordsOf(events).join()).toContain("zero: the balance is $0.00");
    expect(wordsOf(events).join()).not.toContain("Nothing is burning");
  });

  it("is told as nothing burning when all have ended", () => {
    const read = reading({ clientBalance: 0, currentSpendPerHr: 0, pods: [stopped] });

    const { events } = after([{ kind: "seen", atMs: 0, ...read }], policyWith());

    expect(wordsOf(events).join()).toContain("Nothing is burning");
  });

  it.each(["RESTARTING", "STARTING", null])("a pod of status %s is not free", (desiredStatus) => {
    const { pods } = reading({ pods: [{ ...row, desiredStatus, costPerHr: 0 }] });

    expect(pods).toMatchObject([{ costPerHrUsd: undefined }]);
  });

  it("rates that add up to no number are unknown", () => {
    const dear = { ...row, costPerHr: Number.MAX_VALUE };

    expect(reading({ pods: [dear, { ...dear, id: "b" }] }).burnPerHrUsd).toBeUndefined();
  });
});

describe("two rows of one id are one pod", () => {
  const known = { ...row, locked: false, networkVolumeId: null };
  const podOf = (...rows: readonly object[]): Pod | undefined => {
    const { pods } = reading({ pods: rows.map((each) => ({ ...known, ...each })) });
    if (pods === "unknown" || pods.length !== 1) throw new Error(JSON.stringify(pods));
    return pods[0];
  };
  const bothWays = (one: object, other: object) => [podOf(one, other), podOf(other, one)];

  it("that is protected by the name of any of them", () => {
    for (const pod of bothWays({ name: "trainer" }, { name: "keep-me" })) {
      expect(pod && isProtected(pod, ["keep-*"])).toBe(true);
      expect(pod && isProtected(pod, ["train*"])).toBe(true);
    }
  });

  it("that runs if any of them runs", () => {
    for (const pod of bothWays({ desiredStatus: "EXITED" }, { desiredStatus: "RUNNING" })) {
      expect(pod?.word).toBe("RUNNING");
    }
  });

  it("that may run if one of them says nothing that is known", () => {
    for (const pod of bothWays({ desiredStatus: "EXITED" }, { desiredStatus: "STOPPING" })) {
      expect(pod?.word).toBe("STOPPING");
    }
  });

  it.each<[string, object, object, Partial<Pod>]>([
    ["is locked if any of them is", { locked: true }, { locked: false }, { isLocked: true }],
    ["is perhaps locked", { locked: null }, { locked: false }, { isLocked: undefined }],
    ["is not locked if none is", {}, {}, { isLocked: false }],
    ["has no name that is known", { name: null }, { name: "x" }, { rawName: undefined }],
    [
      "has a volume of which they disagree",
      { networkVolumeId: "v" },
      { networkVolumeId: null },
      { hasNetworkVolume: undefined },
    ],
    ["costs what the dearest costs", { costPerHr: 1 }, { costPerHr: 3 }, { costPerHrUsd: 3 }],
    ["costs nobody knows what", { costPerHr: null }, {}, { costPerHrUsd: undefined }],
  ])("that %s", (_sentence, one, other, expected) => {
    for (const pod of bothWays(one, other)) expect(pod).toMatchObject(expected);
  });

  it("that is counted once in the burn, and keeps every name of three", () => {
    const rows = ["a", "b", "c"].map((name) => ({ ...known, name }));
    const { pods, burnPerHrUsd } = reading({ pods: rows, currentSpendPerHr: null });

    expect(burnPerHrUsd).toBe(1.49);
    expect(pods).toMatchObject([{ otherNames: expect.arrayContaining(["a", "b", "c"]) }]);
  });
});

describe("the burn that RunPod does not say", () => {
  it("is added up from what runs, and marked as that", () => {
    expect(reading({ pods: [row], currentSpendPerHr: null })).toMatchObject({
      burnPerHrUsd: 1.49,
      isBurnAddedUp: true,
    });
  });

  it("is unknown when a pod may run or not", () => {
    const pods = [row, { ...row, id: "b", desiredStatus: "STOPPING" }];
    expect(reading({ pods, currentSpendPerHr: null }).burnPerHrUsd).toBeUndefined();
  });
});

describe("a spend of $0", () => {
  const row = { id: "p1", name: "trainer", costPerHr: 1.49, locked: false, networkVolumeId: null };
  const spending = (pods: unknown) => reading({ pods, currentSpendPerHr: 0 }).burnPerHrUsd;

  it.each<[string, unknown, number | undefined]>([
    ["without a list of pods", null, undefined],
    ["beside a row without an id", [{ ...row, id: null }], undefined],
    ["beside a status in lower case", [{ ...row, desiredStatus: "running" }], undefined],
    ["beside no status", [{ ...row, desiredStatus: null }], undefined],
    [
      "beside a pod that restarts, which costs what it costs",
      [{ ...row, desiredStatus: "RESTARTING" }],
      1.49,
    ],
    ["beside a pod that runs", [{ ...row, desiredStatus: "RUNNING" }], 1.49],
    [
      "beside one whose cost is $0 too",
      [{ ...row, desiredStatus: "RESTARTING", costPerHr: 0 }],
      undefined,
    ],
    ["where all pods have ended", [{ ...row, desiredStatus: "EXITED" }], 0],
    ["where there are no pods", [], 0],
  ])("%s", (_sentence, pods, burn) => {
    expect(spending(pods)).toBe(burn);
  });
});

it.each([1.7e308, 1_000_001, Infinity])("a cost of %s dollars an hour is unknown", (costPerHr) => {
  const row = { id: "p1", name: "trainer", desiredStatus: "RUNNING", costPerHr };
  const { burnPerHrUsd, pods } = reading({
    pods: [row, { ...row, id: "p2" }],
    currentSpendPerHr: costPerHr,
  });

  expect(burnPerHrUsd).toBeUndefined();
  expect(pods).toMatchObject([{ costPerHrUsd: undefined }, { costPerHrUsd: undefined }]);
});

describe("a name of megabytes", () => {
  const long = (name: string) =>
    (reading({ pods: [{ ...row, name }] }).pods as readonly Pod[])[0] as Pod;

  it("is shown cut, and what it protects is unknown, so that nothing ends its pod", () => {
    const pod = long("é".repeat(4_000_000));

    expect(pod).toMatchObject({ name: "é".repeat(64), rawName: undefined });
    expect(whyKept(pod, [])).toMatchObject({ is: "unknown" });
  });

  it.each([1_000, 1_001])("begins with %d characters to be compared with no rule", (length) => {
    expect(long("a".repeat(length)).rawName === undefined).toBe(length > 1_000);
  });

  it("as an id is none", () => {
    expect(reading({ pods: [{ ...row, id: "a".repeat(4_000_000) }] })).toMatchObject({
      pods: [],
      unreadablePods: 1,
    });
  });
});
