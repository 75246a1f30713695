import { expect, it } from "vitest";
import { withoutEnvOf } from "#runpod/launch/env-values.ts";

const value = 'hf "much>>?too~\u00fc secret/';
const base64 = (text: string): string => Buffer.from(text).toString("base64");
const hex = Buffer.from(value).toString("hex");

it.each<[string, string]>([
  ["as it is", value],
  ["in base64", base64(value)],
  ["in base64 for URLs", Buffer.from(value).toString("base64url")],
  ["in base64 behind one character", base64(`=${value}&more`)],
  ["in base64 behind two", base64(`n=${value}&more`)],
  ["in base64 behind its name", base64(JSON.stringify({ HF_TOKEN: 1, x: 2 }).slice(0, 12) + value)],
  ["in hexadecimal", hex],
  ["in hexadecimal in large letters", hex.toUpperCase()],
  ["in a URL", encodeURIComponent(value)],
  ["in a form", encodeURIComponent(value).replaceAll("%20", "+")],
  ["in a URL in small letters", encodeURIComponent(value).toLowerCase()],
  ["in JSON", JSON.stringify(value)],
  ["in JSON in JSON", JSON.stringify(JSON.stringify(value))],
])("a value is not shown %s", (_sentence, written) => {
  const shown = withoutEnvOf({ env: { HF_TOKEN: value } })(`cannot start: ${written}, try again`);

  expect(shown).toMatch(/^cannot start: [^]{0,24}\[redacted\][^]{0,14}, try again$/);
});

it("what has a short value in it stays as it is", () => {
  const redact = withoutEnvOf({ env: { DEBUG: "1", MODE: "gpu", PIN: "4711" } });

  expect(redact("no gpus: MQ== 34373131 Z3B1, 4711")).toBe(
    "no gpus: MQ== 34373131 Z3B1, [redacted]",
  );
});
