import { expect, it } from "vitest";
import type { Outcome } from "#guard/model/effect.ts";
import type { Ran } from "#ports.ts";
import { ranOutcome } from "#process/outcome.ts";

const ran = { tail: "its last words", tookMs: 2_040 };
const ended = { tail: "its last words" };

it.each<[string, Ran, Outcome | "interrupted"]>([
  [
    "exit 0 is done",
    { ...ran, kind: "exited", code: 0 },
    { ...ended, kind: "done", because: "exit 0 after 2.0 s" },
  ],
  [
    "any other exit code failed",
    { ...ran, kind: "exited", code: 3 },
    { ...ended, kind: "failed", because: "exit 3 after 2.0 s: its last words" },
  ],
  [
    "what another ended failed",
    { ...ran, kind: "signalled", by: "SIGKILL" },
    { ...ended, kind: "failed", because: "ended by SIGKILL: its last words" },
  ],
  [
    "what we ended at its time limit failed, and says the limit",
    { ...ran, kind: "timed-out" },
    {
      ...ended,
      kind: "failed",
      because: "timed out after 30.0 s; killed with everything it started: its last words",
    },
  ],
  [
    "what did not start failed, with nothing printed",
    { kind: "not-started", because: '"x" was not found on PATH' },
    { kind: "failed", because: '"x" was not found on PATH', tail: "" },
  ],
  ["what was interrupted did neither", { ...ran, kind: "interrupted" }, "interrupted"],
])("%s", (_sentence, how, outcome) => {
  expect(ranOutcome(how, 30_000)).toEqual(outcome);
});
