import { once } from "node:events";
import { describe, expect, it } from "vitest";
import { quitKey } from "#terminal/quit-key.ts";
import { createFakeTerminal } from "./fake-terminal.ts";

describe("the key that ends a page", () => {
  it.each(["q", "Q", "xxq"])("is %s, and the keyboard is given back", async (typed) => {
    const terminal = createFakeTerminal();
    const quit = quitKey(terminal);

    const pressed = once(quit.pressed, "abort");
    terminal.keys.write(typed);
    await pressed;
    quit.release();

    expect(terminal.modes).toEqual([true, false]);
  });

  it("is no other key, and none after it was given back", async () => {
    const terminal = createFakeTerminal();
    const quit = quitKey(terminal);

    terminal.keys.write("abc\r\u0004");
    await new Promise((resolve) => setImmediate(resolve));
    quit.release();
    terminal.keys.write("q");
    await new Promise((resolve) => setImmediate(resolve));

    expect(quit.pressed.aborted).toBe(false);
  });

  it("is Ctrl-C too, as the signal that it is everywhere else", async () => {
    const terminal = createFakeTerminal();
    const quit = quitKey(terminal);
    const interrupted = once(process, "SIGINT");

    terminal.keys.write("\u0003");

    await interrupted;
    quit.release();
    expect(quit.pressed.aborted).toBe(false);
  });

  it("is not waited for where nobody sits", () => {
    const terminal = createFakeTerminal({ isTTY: false });

    quitKey(terminal).release();

    expect(terminal.modes).toEqual([]);
    expect(terminal.keys.listenerCount("data")).toBe(0);
  });
});
