import { expect, it, onTestFinished } from "vitest";
import { executableCopy } from "../bench/faults/executable.ts";
import { killAtAnyMoment } from "../bench/faults/kill.ts";
import { sideBySide } from "../bench/faults/side-by-side.ts";

const firstSeed = 1;

it.each([
  ["at the start", 16],
  ["while it runs", 4],
] as const)(
  "no trip is lost by a guard killed with -9 around a crossing %s",
  async (crossing, runs) => {
    const executable = executableCopy();
    onTestFinished(() => executable.remove());
    const seeds = Array.from({ length: runs }, (_, n) => firstSeed + n);

    const killed = await sideBySide(seeds, 4, (seed) =>
      killAtAnyMoment({ cli: executable.path, seed, crossing }),
    );

    const wrongs = killed.flatMap(({ wrongs }, n) => wrongs.map((words) => [seeds[n], words]));
    expect(wrongs, "by seed").toEqual([]);
  },
);
