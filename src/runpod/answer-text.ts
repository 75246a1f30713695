import { type Answer, TransportError } from "#requests/answer.ts";
import { shapeFault } from "./json-shape.ts";

/** Anything shorter stands in ordinary words and numbers. */
const shortestSecret = 6;

function withoutSecret(secret: string, text: string): string {
  return secret.length < shortestSecret ? text : text.replaceAll(secret, "[redacted]");
}

/**
 * The text of an answer that may be a JSON object of a bearable size, the secret blanked out before
 * anything of it is cut or shown. Throws a TransportError whose words say what came instead.
 */
export function objectTextOf(answer: Answer, secret: string): string {
  const { status, type, retryAfterMs } = answer;
  const text = withoutSecret(secret, answer.text);
  if (!text.trimStart().startsWith("{")) {
    const start = JSON.stringify(text.trim().slice(0, 80));
    const words = `HTTP ${status} with ${withoutSecret(secret, type)}: ${start}`;
    throw new TransportError(words, { status, retryAfterMs });
  }
  const fault = shapeFault(text);
  if (fault !== undefined) {
    throw new TransportError(`the answer ${fault}`, { status, retryAfterMs });
  }
  return text;
}
