import { buildOnce } from "../build-once.ts";
import { badAnswersSection } from "./faults/bad-answers-section.ts";
import { heldSection } from "./faults/held-section.ts";
import { killSection } from "./faults/kill-section.ts";
import { overspendSection } from "./faults/overspend-section.ts";
import type { Section } from "./faults/section.ts";
import { soakSection } from "./faults/soak-section.ts";
import { machine, shortfallWords, writeReport } from "./results.ts";

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

const measured = machine(performance.now() - startedAtMs);
console.log(`\n${measured}`);

await writeReport("The guard under fault", [
  `\`npm run bench:faults\`: ${measured}.`,
  ...sections.flatMap(({ title, text, shortfalls }) => [
    `## ${title}`,
    text,
    ...shortfallWords(shortfalls),
  ]),
]);
if (sections.some(({ shortfalls }) => shortfalls.length > 0)) process.exitCode = 1;
