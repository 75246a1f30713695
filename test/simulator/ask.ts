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

/** The status, the headers and the parsed answer of a request to REST; an empty body is undefined. */
export async function rest(
  simulator: Simulator,
  method: string,
  path: string,
  { body, key = apiKey }: { readonly body?: unknown; readonly key?: string } = {},
) {
  const response = await fetch(`${simulator.restUrl}${path}`, {
    method,
    headers: { authorization: `Bearer ${key}`, "user-agent": "tester/1" },
    ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  const { status, headers } = response;
  return { status, headers, body: text === "" ? undefined : (JSON.parse(text) as unknown) };
}
