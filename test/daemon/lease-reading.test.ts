import { describe, expect, it } from "vitest";
import { createLeaseReading } from "#daemon/lease-reading.ts";
import type { LeaseBook } from "#guard/model/run.ts";
import type { Input } from "#guard/model/state.ts";
import { createFakeClock } from "../fake-clock.ts";

const book: LeaseBook = {
  leases: { p1: { endsAtMs: 9_000, givenAtMs: 1_000 } },
  touchedAtMs: { p2: 2_000 },
};
const what = "leases";

/** A reading of a book that is there, broken or on a disk that hangs, as the test says. */
function setUp(read: () => Promise<LeaseBook>) {
  const clock = createFakeClock();
  const inputs: Input[] = [];
  let reads = 0;
  const readLeases = createLeaseReading(
    {
      read() {
        reads += 1;
        return read();
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
  return { clock, inputs, readLeases, reads: () => reads };
}

it("what people said goes to the engine, with the time", async () => {
  const { readLeases, inputs, clock } = setUp(() => Promise.resolve(book));
  await clock.advanceTo(5_000);

  expect(await readLeases()).toEqual(book);

  expect(inputs).toEqual([{ kind: "leases", atMs: 5_000, book }]);
});

describe("a book that cannot be read", () => {
  const broken = (): Promise<LeaseBook> => Promise.reject(new Error("it is not JSON"));

  it("is unknown, never empty, and told", async () => {
    const { readLeases, inputs } = setUp(broken);

    expect(await readLeases()).toBe("unknown");

    expect(inputs).toEqual([
      {
        kind: "trouble",
        what,
        atMs: 0,
        because: "it is not JSON. Until it can be read, the lease and idle guards stop nothing",
      },
      { kind: "leases", atMs: 0, book: "unknown" },
    ]);
  });

  it("is told to work again, once", async () => {
    let isBroken = true;
    const { readLeases, inputs } = setUp(() => (isBroken ? broken() : Promise.resolve(book)));
    await readLeases();
    isBroken = false;
    inputs.length = 0;

    await readLeases();
    await readLeases();

    expect(inputs).toEqual([
      { kind: "recovered", what, atMs: 0 },
      { kind: "leases", atMs: 0, book },
      { kind: "leases", atMs: 0, book },
    ]);
  });
});

describe("a disk that hangs", () => {
  it("is waited for no longer than 2 s", async () => {
    const { readLeases, inputs, clock } = setUp(() => new Promise(() => {}));
    const reading = readLeases();

    await clock.advanceTo(1_999);
    const before = [...inputs];
    await clock.advanceTo(2_000);

    expect(await reading).toBe("unknown");
    expect(before).toEqual([]);
    expect(inputs).toMatchObject([
      { kind: "trouble", because: expect.stringMatching(/^not done after 2 s\. /) as string },
      { kind: "leases", book: "unknown" },
    ]);
  });

  it("is not asked again while it hangs, and read anew when it answers", async () => {
    let answer: (book: LeaseBook) => void = () => undefined;
    let isHanging = true;
    const { readLeases, reads, clock } = setUp(() =>
      isHanging ? new Promise((resolve) => (answer = resolve)) : Promise.resolve(book),
    );
    const first = readLeases();
    await clock.advanceTo(2_000);
    const second = readLeases();
    await clock.advanceTo(4_000);
    const whileHanging = [await first, await second, reads()];

    isHanging = false;
    answer({ leases: {}, touchedAtMs: {} });

    expect(whileHanging).toEqual(["unknown", "unknown", 1]);
    // What was read then may be old.
    expect(await readLeases()).toEqual(book);
  });
});
