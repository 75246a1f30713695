import { expect, it } from "vitest";
import { emptyState, type InForce } from "#guard/model/state.ts";
import { afterSaving } from "./saved-state.ts";

const inForce: InForce = {
  pid: 7,
  sinceMs: 1_000,
  marks: { protect: "a-mark" },
  policy: {
    thresholds: [],
    protect: [],
    podGuards: { warnMs: 0, maxEndsPerHour: 20, gapMs: 900_000 },
  },
};

it.each([
  ["is kept", "Europe/Berlin", "Europe/Berlin"],
  ["that is none is not known, and the rest stays", "Mars/Olympus", undefined],
])("a daemon's time zone %s", (_sentence, timeZone, known) => {
  const { inForce: saved } = afterSaving({ ...emptyState, inForce: { ...inForce, timeZone } });

  expect(saved).toEqual({ ...inForce, timeZone: known });
});
