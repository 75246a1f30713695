import { expect, it } from "vitest";
import { badAnswers } from "../bench/faults/bad-answers.ts";

it("a broken answer never trips, re-arms, or breaks the guard", async () => {
  const count = 2_000;

  const result = await badAnswers(count, 1);

  const { throws, falseTrips, falseRearms, misread, unsaved } = result;
  expect({ throws, falseTrips, falseRearms, misread, unsaved }).toEqual({
    throws: [],
    falseTrips: [],
    falseRearms: [],
    misread: [],
    unsaved: [],
  });
  // Else nothing was tried: of what is broken a little, some still holds a balance.
  expect(result.seen).toBeGreaterThan(count / 20);
});
