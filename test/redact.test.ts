import type { GuardState } from "#guard/model/state.ts";
import { describe, expect, it } from "vitest";
import { createRedactor, redactedJson, withoutSecrets } from "#redact.ts";

const key = "rpa_ABCDEFGHIJ0123456789";

describe("createRedactor", () => {
  it.each([
    ["a secret", ["hunter22"], "key=hunter22.", "key=[redacted]."],
    ["every place of it", ["hunter22"], "hunter22hunter22", "[redacted][redacted]"],
    ["the longest secret first", ["abcdef", "abcdefghi"], "abcdefghi", "[redacted]"],
    [
      "a secret as JSON writes it",
      ['pass"word'],
      String.raw`{"a":"pass\"word"}`,
      '{"a":"[redacted]"}',
    ],
    ["a secret as a URL writes it", ["pass word&"], "?k=pass%20word%26", "?k=[redacted]"],
    ["a secret made of special characters", ["a.*(b)[c]$1"], "a.*(b)[c]$1", "[redacted]"],
    ["half a surrogate pair in a secret", ["secret\ud800"], "secret\ud800", "[redacted]"],
    ["no secret that is too short", ["12345"], "12345", "12345"],
    ["no empty secret", [""], "text", "text"],
    ["a key that nobody told us of", [], `a ${key} b`, "a [redacted] b"],
    ["no word that only starts like a key", [], "rpa_short rpa_", "rpa_short rpa_"],
    [
      "a Bearer token",
      [],
      '{"authorization":"Bearer abc.def-1=="}',
      '{"authorization":"Bearer [redacted]"}',
    ],
    [
      "what opens a page",
      [],
      "https://a.example/page/main?until=1795000000&sig=0123456789abcdef",
      "https://a.example/page/main?until=1795000000&sig=[redacted]",
    ],
    ["a bearer token in small letters", [], "bearer abc", "bearer [redacted]"],
    [
      "a Bearer token that is a known, odd secret, whole",
      ["tok!en#1"],
      "Bearer tok!en#1",
      "Bearer [redacted]",
    ],
    ["a key with odd characters behind it, whole", [`${key}!tail`], `${key}!tail`, "[redacted]"],
    ["the end of a secret in a text that was cut", [key], "CDEFGHIJ0123456789x", "[redacted]x"],
    ["the start of one", [key], `a ${key.slice(0, 14)}`, "a [redacted]"],
    [
      "no host that a secret address has in common with others",
      ["https://api.example.com/hooks/s3cr3t-t0k3n"],
      "https://api.example.com/ https://api.runpod.io/graphql",
      "https://api.example.com/ https://api.runpod.io/graphql",
    ],
    [
      "the start of such an address that goes on behind its host",
      ["https://api.example.com/hooks/s3cr3t-t0k3n"],
      "https://api.example.com/hooks/s3c",
      "[redacted]",
    ],
    [
      "the start of an address with a password",
      ["smtps://me:hunter22hunter22@mail.example.com:465"],
      "smtps://me:hunter22hu",
      "[redacted]",
    ],
    ["nothing else", [key], "balance: $4.23", "balance: $4.23"],
  ])("replaces %s", (_sentence, secrets, text, expected) => {
    const redact = createRedactor(secrets);

    expect(redact(text)).toBe(expected);
  });

  it.each([
    ["nearly secrets", "hunter2".repeat(150_000)],
    ["nearly keys", "rpa_".repeat(250_000)],
    ["nearly Bearers", "Bearer ".repeat(140_000)],
    ["blanks behind a Bearer", `Bearer${" ".repeat(1_000_000)}`],
  ])("stays quick on a megabyte of %s", (_sentence, text) => {
    const redact = createRedactor(["hunter22", key]);

    // In time that grew faster than the text it would take longer than a test may.
    expect(redact(text)).not.toContain("hunter22");
  });
});

describe("a secret of many thousand characters", () => {
  const long = `k${"0123456789abcdef".repeat(4_000)}`;

  it.each([
    ["whole", `a ${long} b`, "a [redacted] b"],
    ["its start", `a ${long.slice(0, 30_000)}!`, "a [redacted]!"],
    ["its end", `a! ${long.slice(-30_000)} b`, "a! [redacted] b"],
  ])("costs memory and time in proportion only: %s", (_sentence, text, expected) => {
    const redact = createRedactor([long]);

    expect(redact(text)).toBe(expected);
  });

  it("that repeats itself, in a text that does too", () => {
    const redact = createRedactor(["a".repeat(20_000)]);

    expect(redact(`${"a".repeat(1_000_000)}b`)).toMatch(/^(\[redacted\])+b$/);
  });
});

describe("withoutSecrets", () => {
  const redact = createRedactor(["hunter22"]);

  it("takes secrets out of every text of the data, however deep", () => {
    const data = { because: "x hunter22", pods: [{ name: "hunter22", tries: 1, at: undefined }] };

    expect(withoutSecrets(data, redact)).toEqual({
      because: "x [redacted]",
      pods: [{ name: "[redacted]", tries: 1, at: undefined }],
    });
  });

  it("leaves what things are known by", () => {
    const data = { id: "hunter22", podId: "hunter22", rawName: "hunter22", hunter22: null };

    expect(withoutSecrets(data, redact)).toEqual(data);
  });

  it("leaves a saved state's rules, channels and thresholds, though a topic begins like them", () => {
    const bySecret = createRedactor(["production-llm-alerts-7Hq2"]);
    const saved = {
      kept: { p1: { name: "db", rule: "production-llm" } },
      owed: [
        {
          id: "notify:trip:production-llm:1@production-llm-alerts",
          channel: "production-llm-alerts",
          threshold: "production-llm",
          topic: "threshold:production-llm",
          incident: "threshold:production-llm",
          podIds: ["production-llm"],
          toldBy: ["production-llm-alerts"],
          knownWays: ["production-llm-alerts"],
        },
      ],
      openIncidents: [
        {
          incident: "trouble:channel production-llm-alerts",
          way: "production-llm-alerts",
          atMs: 1,
        },
      ] satisfies GuardState["openIncidents"],
      pods: [{ id: "c1", otherNames: ["production-llm"], rawName: "production-llm" }],
    };

    expect(withoutSecrets(saved, bySecret)).toEqual(saved);
  });
});

describe("a line of JSON", () => {
  const redact = createRedactor([key]);
  const line = (text: string) => `${JSON.stringify({ msg: text })}\n`;

  it.each([
    ["with a zero-width space in the key", `rpa_ABCDE\u200BFGHIJ0123456789`],
    ["with a control character in it", `rpa_ABCDE\u0007FGHIJ0123456789`],
    ["with one that turns the direction around", `rpa_ABCDE\u202EFGHIJ0123456789`],
  ])("%s holds no key that a reader could see", (_sentence, text) => {
    expect(redactedJson(line(text), redact)).toBe(line("[redacted]"));
  });

  it("with hidden characters elsewhere keeps them", () => {
    expect(redactedJson(line("a\u202Eb"), redact)).toBe(line("a\u202Eb"));
  });
});
