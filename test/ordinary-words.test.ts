import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { wordsAtEnd, wordsAtStart } from "#ordinary-words.ts";
import { createRedactor } from "#redact.ts";

describe("of a secret the words that a person has chosen are known:", () => {
  it.each([
    ["production-llm-alerts", "production-llm-", "-llm-alerts"],
    ["gpu-budget-critical-7x", "gpu-budget-critical-", ""],
    ["7Hq2_gpu.budget", "", "_gpu.budget"],
    ["Mueller Gpu Alerts 2 f8Xq", "Mueller Gpu Alerts 2 ", ""],
    // Passwords and tokens, also those of letters alone.
    ["correct-horse-battery-staple", "", ""],
    ["abcd efgh ijkl mnop", "", ""],
    ["123e4567-e89b-12d3-a456-426614174000", "", ""],
    ["productionllmalerts", "", ""],
    ["", "", ""],
  ])("%s", (secret, start, end) => {
    expect(secret.slice(0, wordsAtStart(secret))).toBe(start);
    expect(secret.slice(secret.length - wordsAtEnd(secret))).toBe(end);
  });
});

const random = (characters: string): fc.Arbitrary<string> =>
  fc
    .array(fc.constantFrom(...characters.split("")), { minLength: 16, maxLength: 60 })
    .map((all) => all.join(""));
const letters = "abcdefghijklmnopqrstuvwxyz";
const generated = fc.oneof(
  fc.uuid(),
  random("0123456789abcdef"),
  random(letters),
  random(`${letters}${letters.toUpperCase()}0123456789`),
  random(`${letters}${letters.toUpperCase()}0123456789-_`),
);

it("of no generated secret a start or end of twelve characters stays, whatever stands around it", () => {
  const around = fc.constantFrom("", "…", " ", "x", '"', "/");
  fc.assert(
    fc.property(generated, fc.nat(), around, (secret, more, by) => {
      const redact = createRedactor([secret]);
      const length = 12 + (more % (secret.length - 11));
      const start = secret.slice(0, length);
      const end = secret.slice(-length);

      expect(redact(`${by}${start}${by}`)).not.toContain(secret.slice(0, 12));
      expect(redact(`${by}${end}${by}`)).not.toContain(secret.slice(-12));
    }),
    { numRuns: 500 },
  );
});

const usual = fc.constantFrom(
  "production",
  "gpu",
  "alerts",
  "llm",
  "phone",
  "critical",
  "training",
);
const any = fc.oneof(usual, fc.constantFrom("mueller", "whisper", "zelda", "flux", "nebula"));
const wordy = fc
  .tuple(usual, fc.array(any, { minLength: 2, maxLength: 4 }), fc.constantFrom("-", "_", "."))
  .map(([first, others, between]) => [[first, ...others], between] as const);

it("names that share words with a topic made of words stay, and the topic does not", () => {
  fc.assert(
    fc.property(wordy, fc.constantFrom("", "7Hq2", "x9"), fc.nat(), ([words, between], tail, n) => {
      const all = tail === "" ? words : [...words, tail];
      const topic = all.join(between);
      const redact = createRedactor([topic, `/${topic}`]);
      const name = all.slice(0, 1 + (n % (all.length - 1))).join(between);
      const typed = `runpodboss notify test ${name}`;

      expect(redact(typed)).toBe(typed);
      expect(redact(`at ${topic}, and https://ntfy.example.com/${topic}`)).not.toContain(topic);
    }),
    { numRuns: 300 },
  );
});

it.each([
  ["production-llm-alerts", ["production-llm", "llm-alerts", "production-llm-2"]],
  ["gpu-budget-critical-7x", ["gpu-budget-critical"]],
  ["gpu-alerts-phone-7Hq2", ["gpu-alerts-phone", "gpu-alerts-phone-2"]],
])("beside the topic %s ordinary names are shown as they are", (topic, names) => {
  const redact = createRedactor([topic]);

  expect(names.map(redact)).toEqual(names);
  expect(redact(`cut: ${topic.slice(0, -1)}`)).not.toContain(topic.slice(0, -1));
});
