import { setImmediate as nextTurn } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { createTouches } from "#http/operations/touches.ts";
import { createFakeClock } from "../../fake-clock.ts";

type Touched = Readonly<Record<string, number>>;

describe("touches that come often", () => {
  it("are written at once when there was none, and together when there was one", async () => {
    const clock = createFakeClock();
    const written: Touched[] = [];
    const write = (touched: Touched) => Promise.resolve(void written.push(touched));
    const touches = createTouches({ clock, write });

    await touches.keep("p1", 1);
    expect(written).toEqual([{ p1: 1 }]);
    const all = [touches.keep("p1", 2), touches.keep("p2", 3), touches.keep("p1", 4)];
    await nextTurn();
    expect(written).toHaveLength(1);
    await clock.advanceTo(1_000);
    await Promise.all(all);

    expect(written).toEqual([{ p1: 1 }, { p1: 4, p2: 3 }]);
  });

  it("that could not be written are told so, each; the next are written", async () => {
    const clock = createFakeClock();
    let isFull = true;
    const write = () => (isFull ? Promise.reject(new Error("no space")) : Promise.resolve());
    const touches = createTouches({ clock, write });

    const all = [touches.keep("p1", 1), touches.keep("p2", 1)];
    for (const one of all) await expect(one).rejects.toThrow("no space");
    isFull = false;
    const next = touches.keep("p1", 2);
    await clock.advanceTo(1_000);

    await expect(next).resolves.toBeUndefined();
  });
});
