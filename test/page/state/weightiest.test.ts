import { describe, expect, it } from "vitest";
import { weightiest } from "#page/state/weightiest.ts";
import { event } from "../samples.ts";

const starts = (count: number) =>
  Array.from({ length: count }, (_, n) => event({ id: `s${n}`, type: "start" }));

describe("what is shown of many events", () => {
  it("is the newest, where there is room for all that is no mere start", () => {
    const all = [event({ id: "a" }), ...starts(3), event({ id: "b" })];

    expect(weightiest(all, 4).map(({ id }) => id)).toEqual(["a", "s0", "s1", "b"]);
    expect(weightiest(all, 10)).toEqual(all);
  });

  it("has the ends that many starts came after", () => {
    const all = [...starts(60), event({ id: "end" }), event({ id: "older" })];

    const shown = weightiest(all, 20);

    expect(shown).toHaveLength(20);
    expect(shown.slice(-2).map(({ id }) => id)).toEqual(["end", "older"]);
  });

  it("has no more than half of it fixed", () => {
    const ends = Array.from({ length: 40 }, (_, n) => event({ id: `e${n}` }));

    expect(weightiest([...starts(5), ...ends], 20).map(({ type }) => type)).toEqual([
      ...Array.from({ length: 5 }, () => "start"),
      ...Array.from({ length: 15 }, () => "stop"),
    ]);
  });
});
