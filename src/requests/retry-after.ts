import type { Answer } from "./answer.ts";

/** In seconds or as a date (RFC 9110, 10.2.3), which is read by the clock of whoever sent it. */
export function retryAfterMs(status: number, headers: Answer["headers"]): number | undefined {
  if (status !== 429 && status !== 503) return undefined;
  const asked = headers["retry-after"]?.trim() ?? "";
  if (/^\d+$/.test(asked)) return Number(asked) * 1000;
  const unsaid = status === 429 ? 0 : undefined;
  if (!asked.endsWith("GMT")) return unsaid;
  const atMs = Date.parse(asked);
  const sentAtMs = Date.parse(headers["date"] ?? "");
  const waitMs = atMs - (Number.isNaN(sentAtMs) ? Date.now() : sentAtMs);
  return Number.isNaN(waitMs) ? unsaid : Math.max(0, waitMs);
}
