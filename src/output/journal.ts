import { fstatSync } from "node:fs";

/** Priorities of the journal, by our levels. */
const priorities: Readonly<Record<string, number>> = { debug: 7, info: 6, warn: 4, error: 3 };
const levelOf = /^\{"level":"(\w+)"/;

/** Whether this output goes to systemd's journal: it says so, with the file that it gave us. */
export function isJournal(fd: number, env: NodeJS.ProcessEnv): boolean {
  const named = env["JOURNAL_STREAM"];
  if (!named) return false;
  try {
    const { dev, ino } = fstatSync(fd, { bigint: true });
    return named === `${dev}:${ino}`;
  } catch {
    return false;
  }
}

/** With the journal's priority before it, which the journal takes off again. */
export function journalLine(jsonLine: string): string {
  const level = levelOf.exec(jsonLine)?.[1] ?? "";
  return `<${priorities[level] ?? priorities["info"]}>${jsonLine}`;
}

/** Words of several lines, each an error of its own to the journal. */
export function journalErrors(text: string): string {
  return text.replace(/^(?=.)/gm, `<${priorities["error"]}>`);
}
