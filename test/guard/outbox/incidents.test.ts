import { expect, it } from "vitest";
import { emptyState } from "#guard/model/state.ts";
import { withSent } from "#guard/outbox/incidents.ts";

it.each([
  ["what is about nothing that lasts, as from an older version", {}],
  ["the end of what was never told there", { incident: "blind", isResolution: true }],
])("%s opens nothing, and closes nothing", (_sentence, notice) => {
  expect(withSent(emptyState, notice, "phone", 1_000)).toBe(emptyState);
});
