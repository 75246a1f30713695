import { expect, it, onTestFinished } from "vitest";
import { executableCopy } from "../bench/faults/executable.ts";
import { type Kill, killAtAnyMoment } from "../bench/faults/kill.ts";
import { sideBySide } from "../bench/faults/side-by-side.ts";

const firstSeed = 1;

it.each([
  ["at the start", 40],
  ["while it runs", 12],
] as const)(
  "no trip is lost by a guard killed with -9 around a crossing %s",
  async (crossing, runs) => {
    const seeds = Array.from({ length: runs }, (_, n) => firstSeed + n);
    const executable = shipped();

    const killed = await sideBySide(seeds, 4, (seed) =>
      killAtAnyMoment({ ...executable, seed, crossing }),
    );

    const wrongs = killed.flatMap(({ wrongs }, n) => wrongs.map((words) => [seeds[n], words]));
    expect(wrongs, "by seed").toEqual([]);
  },
);

type Executable = Pick<Kill, "argv" | "pollSeconds">;

function shipped(): Executable {
  const executable = executableCopy();
  onTestFinished(() => executable.remove());
  return { argv: [process.execPath, executable.path], pollSeconds: 5 };
}
