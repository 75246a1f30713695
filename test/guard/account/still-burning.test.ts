import { expect, it } from "vitest";
import { sayWhatMayNotBeStopped } from "#guard/account/still-burning.ts";
import { emptyState } from "#guard/model/state.ts";
import { at, pod, policy, seen } from "../samples.ts";

const kept = pod({ id: "p1", name: "keep-me", status: "running" });
const guarding = { ...policy, protect: ["keep-*"] };
const lowest = guarding.thresholds.at(-1)?.belowUsd ?? 0;
const burning = seen({ atMs: at(0), balanceUsd: lowest / 2, burnPerHrUsd: 2, pods: [kept] });

it.each([
  ["the balance is back", { balanceUsd: lowest + 50 }],
  ["the pod has stopped", { pods: [{ ...kept, status: "stopped" as const }] }],
])("that it still burns is not sent any more once %s", (_sentence, changes) => {
  const { state } = sayWhatMayNotBeStopped(emptyState, burning, guarding);
  const later = { ...burning, ...changes, atMs: at(1) };

  const after = sayWhatMayNotBeStopped(state, later, guarding);

  expect(state.owed).toMatchObject([{ event: "burn" }]);
  expect(after.state.owed).toEqual([]);
  expect(after.events).toMatchObject([{ kind: "moot" }]);
});

it("while it still burns, it waits to be sent", () => {
  const { state } = sayWhatMayNotBeStopped(emptyState, burning, guarding);

  const after = sayWhatMayNotBeStopped(state, { ...burning, atMs: at(1) }, guarding);

  expect(after.state.owed).toHaveLength(1);
});
