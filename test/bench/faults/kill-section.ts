import { executableCopy } from "./executable.ts";
import { type Crossing, killAtAnyMoment } from "./kill.ts";
import type { Section } from "./section.ts";
import { sideBySide } from "./side-by-side.ts";
import { table } from "./table.ts";

export async function killSection(seed: number, runs: number, slowRuns: number): Promise<Section> {
  const executable = executableCopy();
  const argv = [process.execPath, executable.path] as const;
  try {
    const rows: string[][] = [];
    const shortfalls: string[] = [];
    const kinds: readonly (readonly [Crossing, number, number])[] = [
      ["at the start", runs, 2],
      ["while it runs", slowRuns, 10],
    ];
    for (const [crossing, count, atOnce] of kinds) {
      const seeds = Array.from({ length: count }, (_, n) => seed + n);
      const killed = await sideBySide(seeds, atOnce, (each) =>
        killAtAnyMoment({ argv, pollSeconds: 5, seed: each, crossing }),
      );
      const wrongs = killed.flatMap(({ wrongs }, n) =>
        wrongs.map((wrong) => `crossing ${crossing}, seed ${seed + n}: ${wrong}`),
      );
      shortfalls.push(...wrongs);
      const staged = (stage: string) => killed.filter((each) => each.stage === stage).length;
      const wrong = (words: string) => wrongs.filter((each) => each.includes(words)).length;
      rows.push([
        crossing,
        String(count),
        String(staged("not tripped")),
        String(staged("owed")),
        String(staged("settled")),
        String(wrong("a trip was lost")),
        String(wrong("the state")),
        String(wrong("the restart")),
        String(killed.reduce((sum, { duplicates }) => sum + duplicates, 0)),
      ]);
    }
    return {
      title: "Kill at any moment",
      text: [
        `The real executable, killed with -9 at a random moment around a crossing (seed ${seed}) and started again with \`--once\`. Two thresholds trip, each with a notify command and an agent, so that a run owes four calls.`,
        table(
          [
            "Crossing",
            "runs",
            "killed before the trip",
            "while owed",
            "when settled",
            "trips lost",
            "unreadable states",
            "failed restarts",
            "duplicate calls",
          ],
          rows,
        ),
      ].join("\n\n"),
      shortfalls,
    };
  } finally {
    executable.remove();
  }
}
