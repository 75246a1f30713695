import { expect, it } from "vitest";
import { overspendFaults } from "../bench/faults/overspend-faults.ts";
import type { Scenario } from "../bench/faults/overspend-scenario.ts";
import { overspend } from "../bench/faults/overspend.ts";

/** A handful of what `npm run bench:faults` measures, side by side on compressed time. */
const speed = 40;
const leadMs = 20_000;

type Row = readonly [sentence: string, fault: string, burnPerHrUsd: number];

const rows: readonly Row[] = [
  ["the agent lies", "agent lying", 80],
  ["the agent works", "none, the agent works", 24],
  ["the agent is refused what it must do", "agent refused", 24],
  ["the API answers 500 at two polls", "API 500, two polls", 1.49],
  ["the API is silent at two polls", "API silence, two polls", 24],
  ["the telemetry is never answered", "telemetry silent", 24],
  ["the state cannot be saved", "state cannot be saved, as on a full disk", 24],
  ["the notify command hangs", "notify hanging", 24],
  ["a stop is answered with yes and does nothing", "a stop says yes, does nothing", 24],
];

it.concurrent.each(rows)(
  "the spending ends within its bound when %s",
  async (_sentence, name, burnPerHrUsd) => {
    const result = await overspend({ fault: faultNamed(name), burnPerHrUsd, leadMs, speed });

    expect(result.wrongs, told(result)).toEqual([]);
    expect(result.usd ?? Infinity, told(result)).toBeLessThanOrEqual(result.boundUsd);
  },
);

it.concurrent.each([
  ["the balance stays above the line", "stays above"],
  ["the account is topped up before the backstop", "is topped up"],
] as const)("no pod is stopped when %s", async (_sentence, course) => {
  const fault = faultNamed("agent lying");

  const result = await overspend({ fault, burnPerHrUsd: 24, leadMs, speed, course });

  expect(result.wrongs, told(result)).toEqual([]);
});

function faultNamed(name: string): Scenario["fault"] {
  const fault = overspendFaults.find((each) => each.name === name);
  if (fault === undefined) throw new Error(`no fault is called ${name}`);
  return fault;
}

/** The guard's log, for the one who must find out why. */
function told({ lines }: Awaited<ReturnType<typeof overspend>>): string {
  const firstMs = lines[0]?.atMs ?? 0;
  return lines
    .map(({ atMs, message, fields }) => {
      const seconds = ((atMs - firstMs) / 1000).toFixed(1);
      return `${seconds} s  ${message}  ${JSON.stringify(fields)}`;
    })
    .join("\n");
}
