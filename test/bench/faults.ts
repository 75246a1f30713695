import { writeFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { join } from "node:path";
import { format } from "prettier";
import { buildOnce } from "../build-once.ts";
import { badAnswersSection } from "./faults/bad-answers-section.ts";
import { heldSection } from "./faults/held-section.ts";
import { killSection } from "./faults/kill-section.ts";
import { overspendSection } from "./faults/overspend-section.ts";
import type { Section } from "./faults/section.ts";
import { soakSection } from "./faults/soak-section.ts";

/** The guard under fault, the whole of it. Prints what it finds and writes it to RESULTS.md. */
const seed = 20_260_101;

await buildOnce();
const startedAtMs = performance.now();
const sections: Section[] = [];
for (const run of [
  () => overspendSection(seed),
  () => heldSection(),
  () => killSection(seed, 500, 60),
  () => badAnswersSection(seed, 20_000),
  () => soakSection(43_200),
]) {
  const section = await run();
  console.log(`\n## ${section.title}\n\n${section.text}\n`);
  for (const shortfall of section.shortfalls) console.log(`SHORT: ${shortfall}`);
  sections.push(section);
}

const minutes = ((performance.now() - startedAtMs) / 60_000).toFixed(1);
const gib = (totalmem() / 2 ** 30).toFixed(0);
const today = new Date().toISOString().slice(0, 10);
const machine = `${today}, ${cpus().length} cores, ${gib} GiB, Node ${process.version}, ${minutes} minutes`;
console.log(`\n${machine}`);

const parts = sections.flatMap(({ title, text, shortfalls }) => [
  `## ${title}`,
  text,
  ...(shortfalls.length > 0 ? [`Fell short:\n\n${list(shortfalls)}`] : []),
]);
const report = ["# The guard under fault", `\`npm run bench:faults\`: ${machine}.`, ...parts];
writeFileSync(
  join(import.meta.dirname, "RESULTS.md"),
  await format(report.join("\n\n"), { parser: "markdown", printWidth: 100 }),
);
if (sections.some(({ shortfalls }) => shortfalls.length > 0)) process.exitCode = 1;

function list(items: readonly string[]): string {
  return items.map((item) => `- ${item}`).join("\n");
}
