import { expect, it } from "vitest";
import { createTally } from "#effects/tally.ts";
import type { Effect } from "#guard/model/effect.ts";

const effect = (kind: Effect["kind"], more: object = {}) =>
  ({ kind, id: kind, because: "", tries: 0, notBeforeMs: 0, ...more }) as Effect;

it("what failed and what was done is told in words; what nobody needed counts for neither", () => {
  const tally = createTally();

  tally.note(effect("notify"), { kind: "failed", because: "exit 22: curl: (22)", tail: "" });
  tally.note(effect("notify", { channel: "ntfy" }), {
    kind: "failed",
    because: "HTTP 502",
    tail: "",
  });
  tally.note(effect("call-agent"), { kind: "done", because: "done", tail: "" });
  tally.note(effect("end-run"), { kind: "failed", because: "the pod still runs", tail: "" });
  tally.note(effect("end-pod"), { kind: "moot", because: "the pod is gone", tail: "" });

  expect(tally.failed).toEqual([
    "notification: exit 22: curl: (22)",
    "notification by channel ntfy: HTTP 502",
    "stop of a pod: the pod still runs",
  ]);
  expect(tally.done).toEqual(["agent: done"]);
});
