import { expect, it } from "vitest";
import { createProgress } from "#terminal/progress.ts";
import { pod } from "../guard/samples.ts";
import { createFakeTerminal } from "./fake-terminal.ts";

const [a, b] = [pod({ id: "a1", name: "first" }), pod({ id: "b2", name: "second" })];

it("on a terminal one line is drawn anew in place, no wider than the terminal", () => {
  const terminal = createFakeTerminal({ columns: 30 });
  const progress = createProgress(2, terminal);

  progress.note(a, "polling");
  progress.note(b, "asked\u001b[2J");
  progress.note(a, undefined);
  progress.clear();

  expect(terminal.told().split("\r\u001b[2K")).toEqual([
    "",
    "0 of 2 done; a1: polling",
    "0 of 2 done; a1: polling; b2… asked [2J".slice(0, 29),
    "1 of 2 done; b2: asked [2J",
    "",
  ]);
});

it("elsewhere each change is a line, and what stays the same is none", () => {
  const terminal = createFakeTerminal({ isTTY: false });
  const progress = createProgress(2, terminal);

  progress.note(a, "polling");
  progress.note(a, "polling");
  progress.note(b, "the secret\n\u001b[2J");
  progress.note(a, undefined);
  progress.clear();

  expect(terminal.told()).toBe("pod first (a1): polling\npod second (b2): the *** [2J\n");
});
