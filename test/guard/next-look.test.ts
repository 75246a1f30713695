import { expect, it } from "vitest";
import type { Notify } from "#guard/model/effect.ts";
import { emptyState } from "#guard/model/state.ts";
import { nextDueMs } from "#guard/next-look.ts";
import { minuteMs, policy } from "./samples.ts";

const notice: Notify = {
  kind: "notify",
  id: "n@phone",
  channel: "phone",
  event: "idle",
  name: "idle",
  severity: "warning",
  because: "",
  tries: 1,
  notBeforeMs: 10 * minuteMs,
};

it.each([
  ["a notification is to be tried again", notice, 5, 10 * minuteMs],
  ["quiet hours hold it since then: no poll is made for it", notice, 11, Infinity],
  ["it was not tried yet, and quiet hours hold it", { ...notice, tries: 0 }, 5, Infinity],
])("the next poll that comes sooner, when %s", (_sentence, owed, minute, dueMs) => {
  expect(nextDueMs({ ...emptyState, owed: [owed] }, policy, minute * minuteMs)).toBe(dueMs);
});
