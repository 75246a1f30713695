import { expect, inject, it, onTestFinished } from "vitest";
import { executableCopy } from "../bench/faults/executable.ts";
import { type Kill, killAtAnyMoment } from "../bench/faults/kill.ts";
import { sideBySide } from "../bench/faults/side-by-side.ts";
import { share } from "./share.ts";

const firstSeed = 1;

it.each([
  ["at the start", share({ short: 6, whole: 40 })],
  ["while it runs", share({ short: 3, whole: 12 })],
] as const)(
  "no trip is lost by a guard killed with -9 around a crossing %s",
  async (crossing, runs) => {
    const seeds = Array.from({ length: runs }, (_, n) => firstSeed + n);
    const executable = share({ short: quick, whole: shipped })();

    const killed = await sideBySide(seeds, 4, (seed) =>
      killAtAnyMoment({ ...executable, seed, crossing }),
    );

    const wrongs = killed.flatMap(({ wrongs }, n) => wrongs.map((words) => [seeds[n], words]));
    expect(wrongs, "by seed").toEqual([]);
  },
);

type Executable = Pick<Kill, "argv" | "pollSeconds">;

function quick(): Executable {
  return { argv: [process.execPath, inject("fastCli"), "{}"], pollSeconds: 0.5 };
}

function shipped(): Executable {
  const executable = executableCopy();
  onTestFinished(() => executable.remove());
  return { argv: [process.execPath, executable.path], pollSeconds: 5 };
}
