import { expect, it } from "vitest";
import { confirm, isTerminal } from "#terminal/confirm.ts";
import { createFakeTerminal } from "./fake-terminal.ts";

it.each([
  ["y", "y\n", "yes"],
  ["yes, in capitals", "YES\n", "yes"],
  ["a y among spaces, on a terminal that ends lines so", " y \r\n", "yes"],
  ["an empty line", "\n", "no"],
  ["n", "n\n", "no"],
  ["anything else", "yess\n", "no"],
  ["a y that comes too late", "\ny\n", "no"],
])("%s", async (_sentence, typed, answer) => {
  const terminal = createFakeTerminal();

  const answered = confirm("Stop this pod?", terminal);
  terminal.keys.write(typed);

  expect(await answered).toBe(answer);
  expect(terminal.asked()).toBe("Stop this pod? [y/N] ");
});

it.each([
  ["the end of the input is a no", "", "no"],
  ["a clear yes before the end of the input is a yes", "y", "yes"],
])("%s", async (_sentence, typed, answer) => {
  const terminal = createFakeTerminal();

  const answered = confirm("Stop this pod?", terminal);
  terminal.keys.end(typed);

  expect(await answered).toBe(answer);
});

it("a terminal that goes away is a no", async () => {
  const terminal = createFakeTerminal();

  const answered = confirm("Stop this pod?", terminal);
  terminal.keys.destroy(new Error("read EIO"));

  expect(await answered).toBe("no");
});

it("an interruption while it waits, or before, is neither", async () => {
  const terminal = createFakeTerminal();
  const answered = confirm("Stop this pod?", terminal);

  terminal.interrupt();

  expect(await answered).toBe("interrupted");
  expect(await confirm("Stop this pod?", terminal)).toBe("interrupted");
  expect(terminal.asked()).toBe("Stop this pod? [y/N] \n");
});

it("there is nobody to ask unless both what is read and what is shown are a terminal", () => {
  const some = createFakeTerminal();
  const none = createFakeTerminal({ isTTY: false });

  expect(isTerminal(some)).toBe(true);
  expect(isTerminal({ ...some, stdin: none.stdin })).toBe(false);
  expect(isTerminal({ ...some, stdout: none.stdout })).toBe(false);
});
