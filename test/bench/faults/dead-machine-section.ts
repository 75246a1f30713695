import { boundMs, deadMachine, type Outside } from "./dead-machine.ts";
import type { Section } from "./section.ts";
import { between, seeded } from "./seeded.ts";
import { sideBySide } from "./side-by-side.ts";
import { table } from "./table.ts";

const burnsPerHrUsd = [1.49, 24, 80] as const;
const speed = 60;
const rows: readonly (readonly [outside: Outside, name: string])[] = [
  ["guard", 'the guard outside, "on_silence": "guard"'],
  ["notify", 'the guard outside, "on_silence": "notify"'],
  ["none", "no guard outside"],
];

/** What it costs when the machine itself dies. */
export async function deadMachineSection(seed: number): Promise<Section> {
  const random = seeded(seed);
  const jobs = rows.flatMap(([outside]) =>
    burnsPerHrUsd.flatMap((burnPerHrUsd) =>
      [1_000, between(random, 1_000, 55_000)].map((leadMs) => ({
        outside,
        burnPerHrUsd,
        leadMs,
        speed,
      })),
    ),
  );
  const runs = await sideBySide(jobs, 6, async (job) => ({ ...job, died: await deadMachine(job) }));
  const of = (outside: Outside) => runs.filter((run) => run.outside === outside).map((run) => run);
  const bounds = burnsPerHrUsd.map((burn) => dollars((burn * boundMs) / 3_600_000));
  return {
    title: "The machine dies while the balance falls",
    text: [
      `Dollars from the crossing until nothing unprotected runs, on compressed time; the machine dies right after a beat, and the balance crosses the line 1 s later or at a random moment (seed ${seed}). Backstop (stop) after 120 s. The goal is burn x (10 min of silence + a look + 120 s + a look + 30 s). Each the worse of two runs.`,
      table(
        [
          "What is elsewhere",
          ...burnsPerHrUsd.map((burn) => `$${burn}/hr`),
          "people told",
          "stopped",
        ],
        [
          ["Goal: at most", ...bounds, "", ""],
          ...rows.map(([outside, name]) => [
            name,
            ...burnsPerHrUsd.map((burn) =>
              dollars(
                worst(
                  of(outside).flatMap((run) => (run.burnPerHrUsd === burn ? [run.died.usd] : [])),
                ),
              ),
            ),
            seconds(worst(of(outside).map(({ died }) => died.toldAfterMs))),
            seconds(worst(of(outside).map(({ died }) => died.stoppedAfterMs))),
          ]),
        ],
      ),
    ].join("\n\n"),
    shortfalls: runs.flatMap(({ outside, burnPerHrUsd, died }) => {
      const isWithin = outside !== "guard" || (died.usd ?? Infinity) <= died.boundUsd;
      const isTold = outside === "none" || died.toldAfterMs !== undefined;
      return isWithin && isTold && died.isProtectedUntouched
        ? []
        : [
            `the machine dies, ${outside}, $${burnPerHrUsd}/hr: over the goal, untold, or a protected pod touched`,
          ];
    }),
  };
}

function worst(values: readonly (number | undefined)[]): number | undefined {
  return values.includes(undefined) ? undefined : Math.max(...values.map((value) => value ?? 0));
}

function dollars(usd: number | undefined): string {
  return usd === undefined ? "unbounded" : `$${usd.toFixed(usd < 1 ? 3 : 2)}`;
}

function seconds(ms: number | undefined): string {
  return ms === undefined ? "never" : `${Math.round(ms / 1000)} s`;
}
