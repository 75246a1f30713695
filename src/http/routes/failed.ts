import type { Context } from "hono";
import type { Failure } from "#http/contract/failure.ts";
import type { HttpEnv } from "#http/asker.ts";
import { Refused, type Refusal } from "#http/operations/refused.ts";

const statusOf = {
  "not-found": 404,
  conflict: 409,
  "too-many": 429,
  unavailable: 503,
} as const satisfies Record<Refusal, number>;

/** Why it is not done, in words. Throws what is no refusal. */
export function failed(c: Context<HttpEnv>, error: unknown, redact: (text: string) => string) {
  if (!(error instanceof Refused)) throw error;
  const { message, hint } = error;
  const answer: Failure = {
    error: redact(message),
    hint: hint === undefined ? null : redact(hint),
  };
  return c.json(answer, statusOf[error.refusal]);
}
