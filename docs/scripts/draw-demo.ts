import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { terminalSvg } from "./terminal-svg.ts";

const rows = 24;
const columns = 110;

// Draws the end of a real demo for the README. Wants a built `dist`, and half a minute.
process.chdir(join(import.meta.dirname, "../.."));
const printed = execFileSync(process.execPath, ["dist/cli.js", "demo"], { encoding: "utf8" });
writeFileSync("docs/demo.svg", terminalSvg("runpodboss demo", lastLines(printed)));

/** The last screen of it, with long lines broken as a terminal breaks them. */
function lastLines(text: string): readonly string[] {
  const wrapped = new RegExp(`.{1,${columns}}`, "g");
  return text
    .trimEnd()
    .split("\n")
    .flatMap((line) => line.match(wrapped) ?? [""])
    .slice(-rows);
}
