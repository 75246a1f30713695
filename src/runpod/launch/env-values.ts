import type { PodOrder } from "#guard/model/launch.ts";
import { createRedactor } from "#redact.ts";
import type { HttpRequest } from "#requests/answer.ts";

/** Shorter ones say nothing. */
const shortestValue = 3;
/** From here on a value is blanked out wherever it stands, and below only as a word of its own. */
const shortestAnywhere = 6;

/** A value, and how an answer may write it without saying so: in base64 within longer text, too, and in hexadecimal. */
function spellingsOf(value: string): readonly string[] {
  if (value.length < shortestAnywhere) return [value];
  const bytes = Buffer.from(value);
  const hex = bytes.toString("hex");
  const inBase64 = [0, 1, 2].flatMap((before) => {
    const all = Buffer.concat([Buffer.alloc(before), bytes]).toString("base64");
    // Without the characters that are of what stands before and behind, too.
    const whole = all.slice(
      Math.ceil((before * 4) / 3),
      Math.floor(((before + bytes.length) * 4) / 3),
    );
    return [whole, whole.replaceAll("+", "-").replaceAll("/", "_")];
  });
  const asUrl = encodeURIComponent(value.replaceAll(/\p{Cs}/gu, "\u{fffd}"));
  const inUrls = [
    asUrl.replaceAll("%20", "+"),
    asUrl.replaceAll(/%../g, (each) => each.toLowerCase()),
  ];
  const inJsonTwice = JSON.stringify(value).slice(1, -1);
  return [value, inJsonTwice, hex, hex.toUpperCase(), ...inBase64, ...inUrls];
}

function redactorOf({ env }: Pick<PodOrder, "env">): (text: string) => string {
  return createRedactor([...new Set(Object.values(env).flatMap(spellingsOf))]);
}

/** Blanks out every value of the order's environment. */
export function withoutEnvOf(order: Pick<PodOrder, "env">): (text: string) => string {
  const redact = redactorOf(order);
  const words = Object.values(order.env)
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
  order: Pick<PodOrder, "env">,
): HttpRequest {
  const redact = redactorOf(order);
  return async (url, asked, limits) => {
    const answer = await request(url, asked, limits);
    return { ...answer, text: redact(answer.text) };
  };
}
