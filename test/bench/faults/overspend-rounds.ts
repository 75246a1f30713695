import { overspendFaults, type OverspendFault } from "./overspend-faults.ts";
import { isKilled, overspend } from "./overspend.ts";
import type { Overspend } from "./overspend-verdict.ts";
import { between, seeded } from "./seeded.ts";
import { sideBySide } from "./side-by-side.ts";

export const burnsPerHrUsd = [1.49, 24, 80] as const;

/** Slow enough that what takes real time, such as starting a program, is little on simulated time. */
const speed = 30;
const atOnce = 12;

/** Right after a poll: the whole interval passes until the crossing is seen. */
const worstLeadMs = 1_000;
const leadsMs = { least: worstLeadMs, most: 55_000 } as const;

export interface Round {
  readonly fault: OverspendFault;
  readonly burnPerHrUsd: number;
  readonly leadMs: number;
  readonly result: Overspend;
}

/** Every fault at every burn, with the crossing at its worst moment and at a random one. */
export async function overspendRounds(seed: number): Promise<readonly Round[]> {
  const random = seeded(seed);
  const jobs = overspendFaults.flatMap((fault) =>
    burnsPerHrUsd.flatMap((burnPerHrUsd) =>
      [worstLeadMs, between(random, leadsMs.least, leadsMs.most)].map((leadMs) => ({
        fault,
        burnPerHrUsd,
        leadMs,
      })),
    ),
  );
  return sideBySide(jobs, atOnce, async (job) => ({
    ...job,
    result: await overspend({ ...job, speed }),
  }));
}

/** The same faults where the guard must stop nothing; gives what went wrong, in words. */
export async function needlessStops(seed: number): Promise<readonly string[]> {
  const random = seeded(seed);
  const wrongs = await sideBySide(controls, atOnce, async (control) => {
    const leadMs = between(random, leadsMs.least, leadsMs.most);
    const { wrongs } = await overspend({ ...control, burnPerHrUsd: 24, leadMs, speed });
    return wrongs.map((wrong) => `${control.fault.name}, the balance ${control.course}: ${wrong}`);
  });
  return wrongs.flat();
}

/** An agent that stops pods is free to; and above the line there is no trip to be killed at. */
const controls = overspendFaults
  .filter(({ agent }) => agent !== "works" && agent !== "failing once")
  .flatMap((fault) => [
    ...(isKilled(fault) ? [] : [{ fault, course: "stays above" as const }]),
    { fault, course: "is topped up" as const },
  ]);

export const controlCount = controls.length;
