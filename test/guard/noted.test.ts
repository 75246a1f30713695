import { describe, expect, it } from "vitest";
import { at, guarding, noticesOf, step, unlived } from "./samples.ts";

describe("what became of something that a person has asked for", () => {
  const because = "the stop of pod trainer (p1) was interrupted, and is carried on";
  const noted = (isTold: boolean) =>
    ({ kind: "noted", atMs: at(1), podId: "p1", podName: "trainer", because, isTold }) as const;

  it.each([true, false])(
    "stands in the history, and is told where nobody may look: %s",
    (isTold) => {
      const { state } = step(unlived, 1, noted(isTold), guarding({}));

      expect(state.unrecorded).toMatchObject([
        { type: "daemon", because, run: { podId: "p1", podName: "trainer" } },
      ]);
      expect(noticesOf(state.owed).map(({ event }) => event)).toEqual(isTold ? ["trouble"] : []);
      expect(state.troubles).toBeUndefined();
    },
  );
});
