import { expect, onTestFinished } from "vitest";
import type { Simulator, SimulatorOptions } from "#simulator/server.ts";
import { simulatorWith } from "./ask.ts";
import { exchangeFaults } from "./exchange-faults.ts";

/** A simulator of whose requests and answers RunPod's schemas must know everything. */
export async function checkedSimulator(
  options: Partial<SimulatorOptions> = {},
): Promise<Simulator> {
  const faults: string[] = [];
  onTestFinished(() => expect(faults).toEqual([]));
  return simulatorWith({
    ...options,
    onExchange: (exchange) => faults.push(...exchangeFaults(exchange)),
  });
}
