import { Writable } from "node:stream";
import { describe, expect, it } from "vitest";
import { pagesOn } from "#terminal/screen.ts";

/** An output that takes nothing until it is told to. */
function setUp(isTerminal: boolean) {
  const taken: string[] = [];
  let wake = (): void => undefined;
  const stream = new Writable({
    highWaterMark: 10,
    decodeStrings: false,
    write(text: string, _encoding, done) {
      wake = () => {
        taken.push(text);
        done();
      };
    },
  });
  const pages = pagesOn({
    print: (text) => stream.write(text),
    screen: () => (isTerminal ? { columns: 80, rows: 24 } : undefined),
    stdout: stream as unknown as NodeJS.WriteStream,
  });
  const show = (text: string): void => pages.show(() => [text]);
  return { show, leave: () => pages.leave(), stream, taken, wake: () => wake() };
}

describe("pages that are shown while nobody takes them", () => {
  it.each([
    ["a terminal", true],
    ["a pipe", false],
  ])("do not pile up on %s, and go on afterwards", async (_sentence, isTerminal) => {
    const { show, stream, taken, wake } = setUp(isTerminal);

    show("the first page");
    const waiting = stream.writableLength;
    for (let n = 0; n < 1_000; n++) show("a page that nobody sees");
    expect(stream.writableLength).toBe(waiting);
    wake();
    await new Promise((resolve) => setImmediate(resolve));
    show("the next page");
    wake();

    expect(taken).toHaveLength(2);
    expect(taken[1]).toContain("the next page");
  });

  it("still give the terminal back at the end", () => {
    const { show, leave, stream } = setUp(true);
    show("the first page");
    const waiting = stream.writableLength;

    leave();

    expect(stream.writableLength).toBeGreaterThan(waiting);
  });
});
