import { readFileSync, writeFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { join } from "node:path";
import { format } from "prettier";

const path = join(import.meta.dirname, "RESULTS.md");

/** Each benchmark writes its report under a heading of its own; the others' stay as they are. */
export async function writeReport(title: string, parts: readonly string[]): Promise<void> {
  const reports = readFileSync(path, "utf8")
    .split(/^(?=# )/m)
    .filter((each) => each.trim() !== "");
  const at = reports.findIndex((each) => each.startsWith(`# ${title}\n`));
  const report = [`# ${title}`, ...parts, ""].join("\n\n");
  const all = at < 0 ? [...reports, report] : reports.with(at, report);
  writeFileSync(path, await format(all.join("\n\n"), { parser: "markdown", printWidth: 100 }));
}

export function shortfallWords(shortfalls: readonly string[]): readonly string[] {
  if (shortfalls.length === 0) return [];
  return [`Fell short:\n\n${shortfalls.map((each) => `- ${each}`).join("\n")}`];
}

/** When it was measured, on what, and how long that took. */
export function machine(tookMs: number): string {
  const minutes = (tookMs / 60_000).toFixed(1);
  const gib = (totalmem() / 2 ** 30).toFixed(0);
  const today = new Date().toISOString().slice(0, 10);
  return `${today}, ${cpus().length} cores, ${gib} GiB, Node ${process.version}, ${minutes} minutes`;
}
