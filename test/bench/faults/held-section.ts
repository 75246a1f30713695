import { executableCopy } from "./executable.ts";
import { type Held, held, heldBackstopMs, heldFaults, heldGoalMs, heldPollMs } from "./held.ts";
import type { Section } from "./section.ts";
import { sideBySide } from "./side-by-side.ts";
import { table } from "./table.ts";

const runsOfEach = 2;
const atOnce = 4;
const burnsPerHrUsd = [1.49, 24, 80] as const;

export async function heldSection(): Promise<Section> {
  const executable = executableCopy();
  try {
    const jobs = heldFaults.flatMap((fault) => Array.from({ length: runsOfEach }, () => fault));
    const results = await sideBySide(jobs, atOnce, async (fault) =>
      held(executable.path, fault).catch((error: unknown) => String(error)),
    );
    const rows = heldFaults.map((fault) => {
      const ofFault = results.filter((_, n) => jobs[n] === fault);
      const measured = ofFault.filter((each): each is Held => typeof each !== "string");
      return { fault, measured, unmeasured: ofFault.find((each) => typeof each === "string") };
    });
    return {
      title: "What holds the process",
      text: [
        `The executable that is shipped, in real time, with something that it writes to held from the crossing on, or the wall clock moved. Poll interval ${heldPollMs / 1000} s, backstop (stop) after ${heldBackstopMs / 1000} s, the agent lies. Each the worse of ${runsOfEach} runs, with the crossing right after a poll. The goal is burn x ${heldGoalMs / 1000} s. A process one of whose threads waits for a hung disk cannot be ended by anybody, with SIGKILL either: "ended" then counts the rest of it.`,
        table(
          [
            "Fault",
            ...burnsPerHrUsd.map((burn) => `$${burn}/hr`),
            "stopped",
            "longest without a poll",
            "ended",
            "in goal",
          ],
          rows.map(({ fault, measured, unmeasured }) => {
            if (measured.length === 0) return [fault, `not measured: ${unmeasured}`];
            const afterMs = worst(measured.map(({ stoppedAfterMs }) => stoppedAfterMs));
            return [
              fault,
              ...burnsPerHrUsd.map((burn) => dollars(burn, afterMs)),
              seconds(afterMs),
              seconds(worst(measured.map(({ longestGapMs }) => longestGapMs))),
              seconds(worst(measured.map(({ endedAfterMs }) => endedAfterMs))),
              afterMs !== undefined && afterMs <= heldGoalMs ? "yes" : "NO",
            ];
          }),
        ),
      ].join("\n\n"),
      shortfalls: rows.flatMap(({ fault, measured }) =>
        measured.flatMap(({ stoppedAfterMs, wrongs }) => [
          ...((stoppedAfterMs ?? Infinity) > heldGoalMs ? [`${fault}: over the goal`] : []),
          ...wrongs.map((wrong) => `${fault}: ${wrong}`),
        ]),
      ),
    };
  } finally {
    executable.remove();
  }
}

function worst(values: readonly (number | undefined)[]): number | undefined {
  return values.reduce<number | undefined>(
    (most, value) =>
      most === undefined || value === undefined ? undefined : Math.max(most, value),
    0,
  );
}

function dollars(burnPerHrUsd: number, ms: number | undefined): string {
  return ms === undefined ? "unbounded" : `$${((burnPerHrUsd * ms) / 3_600_000).toFixed(3)}`;
}

function seconds(ms: number | undefined): string {
  return ms === undefined ? "never" : `${(ms / 1000).toFixed(0)} s`;
}
