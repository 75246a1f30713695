import type { PodOrder } from "#guard/model/launch.ts";
import { createRedactor } from "#redact.ts";
import type { HttpRequest } from "#requests/answer.ts";

/** Shorter ones say nothing. */
const shortestValue = 3;
/** From here on a value is blanked out wherever it stands, and below only as a word of its own. */
const shortestAnywhere = 6;

/** Blanks out every value of the order's environment. */
export function withoutEnvOf({ env }: Pick<PodOrder, "env">): (text: string) => string {
  const values = Object.values(env);
  const redact = createRedactor(values);
  const words = values
    .filter(({ length }) => length >= shortestValue && length < shortestAnywhere)
    .map((value) => value.replaceAll(/[^\w]/g, String.raw`\$&`));
  if (words.length === 0) return redact;
  const alone = new RegExp(String.raw`(?<!\w)(?:${words.join("|")})(?!\w)`, "g");
  return (text) => redact(text).replaceAll(alone, "[redacted]");
}

/**
 * The same request, but its answer repeats none of the order's longer values: of what it says, pieces are
 * cut and shown.
 */
export function withoutEnvInAnswer(
  request: HttpRequest,
  { env }: Pick<PodOrder, "env">,
): HttpRequest {
  const redact = createRedactor(Object.values(env));
  return async (url, asked, limits) => {
    const answer = await request(url, asked, limits);
    return { ...answer, text: redact(answer.text) };
  };
}
