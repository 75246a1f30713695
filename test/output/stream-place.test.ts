import { PassThrough, Writable } from "node:stream";
import { describe, expect, it, vi } from "vitest";
import { createStreamPlace, type StreamPlaceOptions } from "#output/stream-place.ts";

/** A reader that takes nothing until it is told to. */
function setUp(options: StreamPlaceOptions = {}) {
  let shown = "";
  let isAsleep = true;
  let wake = (): void => undefined;
  const stream = new Writable({
    decodeStrings: false,
    write(text: string, _encoding, done) {
      const take = (): void => {
        shown += text;
        done();
      };
      if (isAsleep) wake = take;
      else take();
    },
  });
  const told: string[] = [];
  const place = createStreamPlace(
    stream,
    {
      onFault: (because) => told.push(because),
      onSound: () => told.push("sound"),
      lostLine: (count) => `${count} lost\n`,
    },
    options,
  );
  return {
    place,
    stream,
    told,
    shown: () => shown,
    wake: () => {
      isAsleep = false;
      wake();
    },
  };
}

describe("an output that nobody reads for a while", () => {
  it("gets the newest lines and the count of the others, and what waits is bounded", async () => {
    const { place, stream, shown, wake } = setUp({ mostLines: 3 });
    const long = "x".repeat(20_000);

    place.write(`${long}\n`);
    for (let n = 1; n <= 10; n++) place.write(`${n}\n`);
    expect(stream.writableLength).toBeLessThan(40_000);
    wake();
    await place.finish(60_000);

    expect(shown()).toBe(`${long}\n7 lost\n8\n9\n10\n`);
  });

  it("does not keep the end waiting beyond its limit", async () => {
    const { place, shown } = setUp();

    place.write("one\n");
    await place.finish(10);

    expect(shown()).toBe("");
  });

  it("is told when it has taken nothing for so long, and when it does again", async () => {
    const { place, told, wake } = setUp({ limitMs: 10 });

    place.write("one\n");
    await vi.waitFor(() => expect(told).toEqual(["nothing could be written for 0.01 s"]));
    wake();
    await place.finish(60_000);

    expect(told.at(-1)).toBe("sound");
  });
});

describe("an output whose reader is gone", () => {
  it("is told, and holds up no end", async () => {
    const { place, stream, told } = setUp();

    place.write("one\n");
    stream.destroy(new Error("write EPIPE"));
    await vi.waitFor(() => expect(told).toContain("write EPIPE"));
    place.write("two\n");
    await place.finish(60_000);

    expect(told).not.toContain("sound");
  });
});

it("an output that is read gets each line at once", () => {
  const stream = new PassThrough();
  const nothing = (): void => undefined;
  const hooks = { onFault: nothing, onSound: nothing, lostLine: String };
  const place = createStreamPlace(stream, hooks);

  place.write("one\n");

  expect(String(stream.read())).toBe("one\n");
});
