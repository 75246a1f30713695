import { STATUS_CODES } from "node:http";
import type { Answer } from "#simulator/sending.ts";

/** How REST says no. */
export function problem(
  status: number,
  detail: string,
  headers: Readonly<Record<string, string>> = {},
): Answer {
  const title = STATUS_CODES[status] ?? "Error";
  return {
    status,
    type: "application/problem+json",
    body: JSON.stringify({ title, status, detail }),
    headers,
  };
}

export const done: Answer = { status: 204, body: "" };
