import { describe, expect, it } from "vitest";
import { createOutsideBeats } from "#daemon/beside/outside-beats.ts";
import { createTakingWishes, type TakeWish, type Took } from "#daemon/beside/taking-wishes.ts";
import { createFakeClock } from "../../fake-clock.ts";
import { seen } from "../../guard/samples.ts";

const wish = { id: "w1", token: "payload.signature" };
const never = new AbortController().signal;

/** Beats to a guard outside where one button was pressed, until it hears what came of it. */
function setUp(takeWish: TakeWish) {
  const clock = createFakeClock();
  const logged: string[] = [];
  const note = (_fields: object, message: string): void => void logged.push(message);
  const log = { debug: note, info: note, warn: note, error: note };
  const wishes = createTakingWishes({ takeWish, clock, log });
  const said: (readonly Took[])[] = [];
  const beats = createOutsideBeats({
    isWanted: () => true,
    send() {
      const took = wishes.took();
      said.push(took);
      const isHeard = took.some(({ isOver }) => isOver);
      return Promise.resolve({ kind: "heard", wishes: isHeard ? [] : [wish] });
    },
    clock,
    log,
    take: () => Promise.resolve(),
    takeLeases: () => Promise.resolve(),
    takeWishes: (all) => wishes.take(all),
  });
  return { beats, said, logged, clock };
}

describe("a button that was pressed at the guard outside", () => {
  it("is seen to after a beat, and a further one says at once what came of it", async () => {
    const done = { id: "w1", isOver: true, isDone: true, words: "Stopped." };
    const { beats, said } = setUp(() => Promise.resolve(done));

    beats.looked(seen(), never);
    await beats.idle();

    expect(said).toEqual([[], [done]]);
  });

  it("that takes its time makes no beat more than it says something new", async () => {
    const doing = { id: "w1", isOver: false, isDone: false, words: "it is being done" };
    const { beats, said } = setUp(() => Promise.resolve(doing));

    beats.looked(seen(), never);
    await beats.idle();

    expect(said).toEqual([[], [doing]]);
  });

  it("waits for the first poll: before it, nothing is known of what it is about", async () => {
    const { beats, said } = setUp(() => {
      throw new Error("too early");
    });

    await beats.hello(never);
    await beats.idle();

    expect(said).toEqual([[]]);
  });

  it("waits there where nothing here can see to it", async () => {
    const { beats, said } = setUp(() => undefined);

    beats.looked(seen(), never);
    await beats.idle();

    expect(said).toEqual([[]]);
  });

  it("is logged where it fails, and the beats go on", async () => {
    const { beats, said, logged } = setUp(() => Promise.reject(new Error("no disk")));

    beats.looked(seen(), never);
    await beats.idle();
    beats.looked(seen(), never);
    await beats.idle();

    expect(said).toEqual([[], []]);
    expect(logged).toContain("a button of a phone was not seen to");
  });
});
