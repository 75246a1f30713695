import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { linesInSvg, terminalSvg } from "../../docs/scripts/terminal-svg.ts";

const lines = ['00:15    !! "a" & <b>', "", "00:16  ok", "x".repeat(100)];

it("a terminal is drawn line by line, and the lines can be read back", () => {
  expect(linesInSvg(terminalSvg("a & b", lines))).toEqual(lines);
});

it.each([
  ["as drawn here", terminalSvg("a & b", lines)],
  ["of the README", readFileSync("docs/demo.svg", "utf8")],
])("the picture %s is whole, and needs nothing from elsewhere", (_sentence, svg) => {
  const open = [...svg.matchAll(/<(\w+)(?:\s[^<>]*[^/])?>/g)].map(([, name]) => name);
  const closed = [...svg.matchAll(/<\/(\w+)>/g)].map(([, name]) => name);

  expect(open.toSorted(compare)).toEqual(closed.toSorted(compare));
  expect(svg).not.toMatch(/&(?!amp;|lt;|gt;)|<(?:script|style|image|use|foreignObject)|href|url\(/);
  expect(svg.match(/https?:[^"]*/g)).toEqual(["http://www.w3.org/2000/svg"]);
});

function compare(a: string | undefined, b: string | undefined): number {
  return String(a).localeCompare(String(b));
}
