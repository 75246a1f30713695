import { expect, it } from "vitest";
import { decide } from "#guard/decide.ts";
import { emptyState, type GuardState } from "#guard/model/state.ts";
import { at, pod, policyWith, seen } from "../guard/samples.ts";
import { afterSaving } from "./saved-state.ts";
import { readDurable, readLearned } from "#store/state/text.ts";

const pods = [pod({ id: "a" }), pod({ id: "__proto__", name: "odd" })];
const looks = [
  seen({ atMs: at(0), balanceUsd: 1, pods: [...pods], source: { api: "graphql" } }),
  seen({
    atMs: at(1),
    balanceUsd: 50,
    pods: [pod({ id: "z" })],
    billingMode: "POSTPAID",
    source: { api: "rest", because: "RunPod has ended GraphQL" },
  }),
];

function crossed(): GuardState {
  const policy = policyWith();
  const state = looks.reduce(
    (before, look) => decide(before, { kind: "look", look }, policy).state,
    emptyState,
  );
  const outcome = { kind: "failed", because: "no scope" } as const;
  return decide(state, { kind: "rehearsed", atMs: at(2), outcome }, policy).state;
}

it("who decides, what is in doubt, what was shown and rehearsed is there for the next process", () => {
  const { source, crossing, shown, rehearsal, postpaidSinceMs } = crossed();

  const next = afterSaving(crossed());

  expect(Object.keys(crossing?.awaited ?? {}).sort()).toEqual(["__proto__", "a"]);
  expect(crossing?.disputed).toHaveProperty("z");
  expect(JSON.parse(JSON.stringify(next.crossing))).toEqual(JSON.parse(JSON.stringify(crossing)));
  expect({ ...next }).toMatchObject({ source, shown, rehearsal, postpaidSinceMs });
});

it("a file of a version that knew nothing of it is of a guard that goes by GraphQL", () => {
  const durable = readDurable('{"version": 2, "fired": {}, "owed": []}');
  const learned = readLearned('{"version": 2, "runs": []}');

  expect(durable).toMatchObject({ kind: "read", faults: [] });
  expect(learned).toMatchObject({ kind: "read", faults: [] });
  expect(durable.kind === "read" && durable.part.source).toBeUndefined();
});

it("what cannot be read of it takes nothing else with it", () => {
  const text =
    '{"version": 2, "fired": {"low": true}, "source": {"api": "soap"}, "crossing": {"from": "rest"}}';

  const read = readDurable(text);

  expect(read).toMatchObject({ kind: "read", part: { fired: { low: true } } });
  expect(read.kind === "read" && read.faults.length).toBeGreaterThan(0);
});
