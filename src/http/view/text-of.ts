import type { StatusAnswer } from "#http/contract/status.ts";

const texts = new WeakMap<StatusAnswer, string>();

/** As JSON, made once for all who are answered with the same one. */
export function textOf(answer: StatusAnswer, redact: (text: string) => string): string {
  const text = texts.get(answer) ?? redact(JSON.stringify(answer));
  texts.set(answer, text);
  return text;
}
