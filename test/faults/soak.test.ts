import { expect, it } from "vitest";
import { soak } from "../bench/faults/soak.ts";

it("many polls leave nothing behind, neither memory, nor files, nor handles, nor children", async () => {
  const options = { polls: 2_500, warmUpPolls: 900, cyclePolls: 1_440 };

  const soaked = await soak(options);

  const { memory, fileBytes, handlesLeft, childrenLeft, warnings, logged } = soaked;
  expect({ handlesLeft, childrenLeft, warnings }).toEqual({
    handlesLeft: [],
    childrenLeft: 0,
    warnings: [],
  });
  expect(Math.max(...Object.values(fileBytes))).toBeLessThanOrEqual(10_000_000);
  expect(fileBytes["state/state.json"]).toBeLessThan(10_000);
  const heaps = memory.map(({ heapBytes }) => heapBytes);
  // What is still warming up in a short one is no leak.
  expect(heaps.at(-1), heaps.join(", ")).toBeLessThan((heaps[0] ?? 0) * 1.1);
  expect(logged["threshold tripped"]).toBeGreaterThanOrEqual(3);
  expect(logged["state not saved"]).toBeUndefined();
});
