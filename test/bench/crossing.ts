import { crossingSection } from "./crossing/section.ts";
import { machine, shortfallWords, writeReport } from "./results.ts";

/** How soon a crossing is seen. Prints what it finds and writes it to RESULTS.md, beside the rest. */
const seed = 20_261_127;
const accounts = 300;

const startedAtMs = performance.now();
const section = crossingSection(seed, accounts);
const parts = [
  `\`npm run bench:crossing\`: ${machine(performance.now() - startedAtMs)}.`,
  section.text,
  ...shortfallWords(section.shortfalls),
];
console.log(parts.join("\n\n"));
await writeReport(section.title, parts);
