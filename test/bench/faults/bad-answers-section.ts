import { badAnswers } from "./bad-answers.ts";
import type { Section } from "./section.ts";
import { table } from "./table.ts";

export async function badAnswersSection(seed: number, bodies: number): Promise<Section> {
  const result = await badAnswers(bodies, seed);
  const counts = [
    ["throws", result.throws],
    ["false trips", result.falseTrips],
    ["false re-arms", result.falseRearms],
    ["balances misread", result.misread],
    ["states that do not load again", result.unsaved],
  ] as const;
  return {
    title: "Bad answers",
    text: [
      `Sound answers with bytes flipped, pieces cut, doubled or lost, types swapped, keys twice, odd numbers, deep nesting, other statuses and content types, through the real client over a real socket into the real decision, once armed and once fired (seed ${seed}). What is true is said by another JSON parser.`,
      table(
        ["Bodies", ...counts.map(([what]) => what)],
        [[String(result.bodies), ...counts.map(([, found]) => String(found.length))]],
      ),
      `${result.seen} of them still held a balance and were taken for it; ${result.notTaken.length} held one and were taken for a failure, which is the safe side.`,
    ].join("\n\n"),
    shortfalls: counts.flatMap(([what, found]) => found.map((each) => `${what}: ${each}`)),
  };
}
