import { expect, it } from "vitest";
import { endReasonOf } from "#http/metrics/end-reason.ts";

it.each([
  ["idle_30m", "idle"],
  ["idle_2h", "idle"],
  ["lease_expired", "lease"],
  ["hard_timeout_8h", "hard_timeout"],
  ["backstop", "backstop"],
  ["manual", "manual"],
  ["ended_elsewhere", "ended_elsewhere"],
  ["of a later version", "other"],
])("the end %s is counted as %s, whatever the config says", (reason, counted) => {
  expect(endReasonOf(reason)).toBe(counted);
});
