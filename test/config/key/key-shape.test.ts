import { describe, expect, it } from "vitest";
import { keyFault, longestKey } from "#config/key/key-shape.ts";

const secret = "rpa_0123456789ABCDEFGHIJ";

describe("what a person hears of a key that is none", () => {
  it.each([
    ["in double quotes", `"${secret}"`, "has quotes around it"],
    ["in single quotes", `'${secret}'`, "has quotes around it"],
    ["in both, as docker and a shell leave them", `'"${secret}"'`, "has quotes around it"],
    [
      "with its name before it",
      `RUNPOD_API_KEY=${secret}`,
      "without the RUNPOD_API_KEY= before it",
    ],
    ["with export before it", `export MY_KEY=${secret}`, "without the MY_KEY= before it"],
    [
      "with a name in small letters, which may be a secret's part",
      `key=${secret}`,
      "without the NAME= before it",
    ],
    [
      "of 20,000 characters",
      "k".repeat(20_000),
      "is 20000 characters long; no key has more than 1024",
    ],
    ["of one character too many", "k".repeat(longestKey + 1), "no key has more than 1024"],
    ["none at all", "", "is empty"],
    ["with a space in it", "rpa 0", "has spaces"],
  ])("%s", (_sentence, text, words) => {
    const fault = keyFault(text);

    expect(fault).toContain(words);
    expect(fault).not.toContain(secret);
  });

  it.each([
    ["RunPod's", secret],
    ["one of a proxy, with dots and padding", "abc.def-1=="],
    ["as long as it may be", "k".repeat(longestKey)],
  ])("nothing of a good one: %s", (_sentence, text) => {
    expect(keyFault(text)).toBeUndefined();
  });
});
