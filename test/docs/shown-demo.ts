import { readFileSync } from "node:fs";
import { linesInSvg } from "../../docs/scripts/terminal-svg.ts";
import { blocksOf, textOf } from "./documents.ts";

/**
 * What the README and its picture show of the demo and this demo has not printed; times and amounts
 * differ from run to run. A line that is too long for the picture is shown in pieces.
 */
export function shownButNotPrinted(printed: string): readonly string[] {
  const lines = comparable(printed);
  const [excerpt = ""] = blocksOf(textOf("README.md"), "text");
  const shown = [...excerpt.split("\n"), ...linesInSvg(readFileSync("docs/demo.svg", "utf8"))];
  return shown.filter((line) => line.trim() !== "..." && !lines.includes(comparable(line).trim()));
}

function comparable(text: string): string {
  return text.replaceAll(/\d+/g, "0").replaceAll(/ +/g, " ");
}
