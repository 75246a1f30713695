import { describe, expect, it } from "vitest";
import { createMomentsReading } from "#daemon/moments-reading.ts";
import type { Moments } from "#guard/model/spend.ts";
import type { Input } from "#guard/model/state.ts";
import type { Calendar } from "#ports.ts";
import { createFakeClock } from "../fake-clock.ts";

const what = "the calendar";
const periods = { daily: { fromMs: 0, toMs: 86_400_000 } };
const none: Omit<Moments, "atMs"> = { periods: {}, schedules: {} };

type Answer = Awaited<ReturnType<Calendar["momentsAt"]>>;

const good = (atMs: number): Answer => ({ moments: { atMs, ...none, periods }, faults: [] });

/** A calendar that tells, cannot tell or hangs, as the test says. */
function setUp(momentsAt: Calendar["momentsAt"]) {
  const clock = createFakeClock();
  const inputs: Input[] = [];
  let asked = 0;
  const readMoments = createMomentsReading(
    {
      momentsAt(atMs) {
        asked += 1;
        return momentsAt(atMs);
      },
    },
    {
      take(input) {
        inputs.push(input);
        return Promise.resolve();
      },
    },
    clock,
  );
  return { clock, inputs, readMoments, asked: () => asked };
}

it("what the calendar says goes to the engine, of the moment at which it is asked", async () => {
  const { clock, inputs, readMoments } = setUp((atMs) => Promise.resolve(good(atMs)));
  await clock.advanceTo(5_000);

  await readMoments();

  expect(inputs).toEqual([{ kind: "moments", moments: { atMs: 5_000, ...none, periods } }]);
});

it("nothing is said of a calendar that nothing needs, but once when nothing needs it any more", async () => {
  let isNeeded = false;
  const { inputs, readMoments } = setUp((atMs) =>
    Promise.resolve(isNeeded ? good(atMs) : { moments: { atMs, ...none }, faults: [] }),
  );

  await readMoments();
  const before = [...inputs];
  isNeeded = true;
  await readMoments();
  isNeeded = false;
  await readMoments();
  await readMoments();

  expect(before).toEqual([]);
  expect(inputs).toEqual([
    { kind: "moments", moments: { atMs: 0, ...none, periods } },
    { kind: "moments", moments: { atMs: 0, ...none } },
  ]);
});

describe("a calendar that cannot tell", () => {
  const fails = () => Promise.reject(new Error("it is not there"));

  it("is told, and nothing is known any more", async () => {
    let isBroken = false;
    const { inputs, readMoments } = setUp((atMs) =>
      isBroken ? fails() : Promise.resolve(good(atMs)),
    );
    await readMoments();
    inputs.length = 0;
    isBroken = true;

    await readMoments();

    expect(inputs).toEqual([
      {
        kind: "trouble",
        what,
        atMs: 0,
        because: "it is not there. Until it can tell, these budgets and schedules do nothing",
      },
      { kind: "moments", moments: { atMs: 0, ...none } },
    ]);
  });

  it("of one, tells of the others", async () => {
    const { inputs, readMoments } = setUp((atMs) =>
      Promise.resolve({ ...good(atMs), faults: ["schedule odd: no such zone"] }),
    );

    await readMoments();

    expect(inputs).toMatchObject([
      {
        kind: "trouble",
        because: expect.stringMatching(/^schedule odd: no such zone\. /) as string,
      },
      { kind: "moments", moments: { periods } },
    ]);
  });

  it("is told to work again, once", async () => {
    let isBroken = true;
    const { inputs, readMoments } = setUp((atMs) =>
      isBroken ? fails() : Promise.resolve(good(atMs)),
    );
    await readMoments();
    isBroken = false;
    inputs.length = 0;

    await readMoments();
    await readMoments();

    expect(inputs.map(({ kind }) => kind)).toEqual(["recovered", "moments", "moments"]);
  });

  it("hangs, is waited for no longer than 2 s, and not asked again meanwhile", async () => {
    const { clock, inputs, readMoments, asked } = setUp(() => new Promise(() => {}));
    const first = readMoments();
    await clock.advanceTo(2_000);
    await first;
    const second = readMoments();
    await clock.advanceTo(4_000);
    await second;

    expect(asked()).toBe(1);
    expect(inputs).toMatchObject([
      { kind: "trouble", because: expect.stringMatching(/^not done after 2 s\. /) as string },
      { kind: "trouble" },
    ]);
  });
});
