import { overspendFaults } from "./overspend-faults.ts";
import {
  burnsPerHrUsd,
  controlCount,
  needlessStops,
  overspendRounds,
  type Round,
} from "./overspend-rounds.ts";
import type { Section } from "./section.ts";
import { table } from "./table.ts";

export async function overspendSection(seed: number): Promise<Section> {
  const rounds = await overspendRounds(seed);
  const needless = await needlessStops(seed + 1);
  const rows = overspendFaults.map(({ name }) => {
    const ofFault = rounds.filter(({ fault }) => fault.name === name);
    const results = ofFault.map(({ result }) => result);
    return [
      name,
      ...burnsPerHrUsd.map((burn) =>
        dollars(
          worst(
            ofFault
              .filter(({ burnPerHrUsd }) => burnPerHrUsd === burn)
              .map(({ result }) => result.usd),
          ),
        ),
      ),
      seconds(worst(results.map(({ stoppedAfterMs }) => stoppedAfterMs))),
      seconds(worst(results.map(({ provenAfterMs }) => provenAfterMs))),
      results.every(({ isWithin }) => isWithin) ? "yes" : "NO",
    ];
  });
  const bounds = burnsPerHrUsd.map(
    (burn) => rounds.find(({ burnPerHrUsd }) => burnPerHrUsd === burn)?.result.boundUsd,
  );
  const count = (is: (round: Round) => boolean): number => rounds.filter(is).length;
  return {
    title: "Overspend at fault",
    text: [
      `Dollars from the crossing to the proven stop. Poll interval 60 s, backstop (stop) after 120 s, three pods, one of them protected. Each the worse of two runs: with the crossing 1 s after a poll, and at a random moment (seed ${seed}). Unless the row says otherwise the agent lies: it answers that all is well and does nothing. The goal is burn x (60 s + 120 s + 30 s).`,
      table(
        ["Fault", ...burnsPerHrUsd.map((burn) => `$${burn}/hr`), "stopped", "proven", "in goal"],
        [["Goal: at most", ...bounds.map(dollars), "", "", ""], ...rows],
      ),
      `${rounds.length} runs: ${count(({ result }) => result.usd !== undefined)} bounded, ${count(({ result }) => result.isWithin)} within the goal. ${controlCount} runs of the same faults with the balance above the line, or topped up a minute after the trip: ${needless.length} needless stops. Protected pods touched: ${count(({ result }) => result.wrongs.some((wrong) => wrong.includes("protected")))}.`,
    ].join("\n\n"),
    shortfalls: [
      ...needless,
      ...rounds.flatMap(({ fault, burnPerHrUsd, leadMs, result }) => {
        const where = `${fault.name}, $${burnPerHrUsd}/hr, crossing ${seconds(leadMs)} after a poll`;
        const over = result.isWithin ? [] : [`over the goal: ${dollars(result.usd)}`];
        return [...over, ...result.wrongs].map((wrong) => `${where}: ${wrong}`);
      }),
    ],
  };
}

function worst(values: readonly (number | undefined)[]): number | undefined {
  return values.reduce<number | undefined>(
    (most, value) =>
      most === undefined || value === undefined ? undefined : Math.max(most, value),
    0,
  );
}

function dollars(usd: number | undefined): string {
  return usd === undefined ? "unbounded" : `$${usd.toFixed(usd < 1 ? 3 : 2)}`;
}

function seconds(ms: number | undefined): string {
  return ms === undefined ? "never" : `${Math.round(ms / 1000)} s`;
}
