import { expect, it } from "vitest";
import { createTally } from "#effects/tally.ts";

it("what failed and what was done is told in words; what nobody needed counts for neither", () => {
  const tally = createTally();

  tally.note("notify", { kind: "failed", because: "exit 22: curl: (22)", tail: "" });
  tally.note("call-agent", { kind: "done", because: "done", tail: "" });
  tally.note("end-run", { kind: "failed", because: "the pod still runs", tail: "" });
  tally.note("end-pod", { kind: "moot", because: "the pod is gone", tail: "" });

  expect(tally.failed).toEqual([
    "notification: exit 22: curl: (22)",
    "stop of a pod: the pod still runs",
  ]);
  expect(tally.done).toEqual(["agent: done"]);
});
