import { onTestFinished } from "vitest";
import { startSimulator, type Simulator, type SimulatorOptions } from "#simulator/server.ts";

export const apiKey = "rpa_test";

/** A simulator that ends with the test, its clock standing still unless told otherwise. */
export async function simulatorWith(options: Partial<SimulatorOptions> = {}): Promise<Simulator> {
  const simulator = await startSimulator({ apiKey, balanceUsd: 10, nowMs: () => 0, ...options });
  onTestFinished(() => simulator.close());
  return simulator;
}

export function post(
  simulator: Simulator,
  query: string,
  variables: Record<string, unknown> = {},
  headers: Record<string, string> = { authorization: `Bearer ${apiKey}` },
): Promise<Response> {
  return fetch(simulator.url, {
    method: "POST",
    headers: { "content-type": "application/json", "user-agent": "tester/1", ...headers },
    body: JSON.stringify({ query, variables }),
  });
}

/** The status and the parsed answer of a request that gets one. */
export async function ask(
  simulator: Simulator,
  query: string,
  variables?: Record<string, unknown>,
): Promise<{ readonly status: number; readonly body: unknown }> {
  const response = await post(simulator, query, variables);
  return { status: response.status, body: await response.json() };
}
