import { writeSync } from "node:fs";
import { wordsOf } from "#errors.ts";
import { createLogFile } from "#log-file.ts";
import { writePatiently } from "./patiently.ts";
import { readLines, type Report } from "./read-lines.ts";

/**
 * A program of its own: appends the lines of its standard input to the log file that its argument
 * names, or, without one, to its fourth file descriptor. Whatever that is may hold it for ever.
 */
const [path] = process.argv.slice(2);
const handedDown = 3;

const write =
  path === undefined
    ? (line: string): Error | undefined => faultOf(() => writePatiently(handedDown, line))
    : createLogFile(path, { onSetAside: (setAside) => say({ lines: 0, setAside }) }).write;

function say(report: Report): void {
  // Whom we write for may be gone; what it gave us is written to the end.
  faultOf(() => void writeSync(1, `${JSON.stringify(report)}\n`));
}

function faultOf(work: () => void): Error | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error : new Error(wordsOf(error));
  }
}

readLines(0, (lines) => {
  let fault: string | undefined;
  for (const line of lines) fault = write(line)?.message;
  say({ lines: lines.length, fault });
});
