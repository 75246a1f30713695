import { describe, expect, it } from "vitest";
import { documents, forContributors, prose, proseAndOutput, textOf } from "./documents.ts";

/** What readers stumbled over, and what they are to read instead. */
const hard: readonly (readonly [words: RegExp, instead: string])[] = [
  [/\bpeople\b/i, "you are notified, or what your notify command does"],
  [/\bthe line\b(?! of)/i, "the threshold"],
  [/\bowed?\b/i, "still to be done"],
  [/\bsighted\b/i, "the account is seen again"],
  [/\bone reason an end\b/i, "the history names only one"],
  [/\ban answer that is not one\b/i, "an answer that is missing, malformed or refused"],
  [/\bhalf a sight\b/i, "the pods cannot be read"],
  [/\bwhat it holds back\b/i, "the pods that have to wait"],
  [/\bruns? no more\b/i, "stopped"],
  [/\bmend(?:s|ed)? these\b/i, "correct these"],
  [/\bso many hours back\b/i, "how many hours back"],
  [/\bteach(?:es)? a shell\b/i, "makes a shell complete"],
  [/\bhad it run on to its cap\b/i, "what it would have cost until its lease or hard timeout"],
];

/** Terms that have another name here: see the glossary. Names in the code may have them. */
const otherTerms: readonly (readonly [words: RegExp, term: string])[] = [
  [/\bnotices?\b/i, "notification"],
  [/\btrip(?:s|ped)?\b/i, "crossing"],
  [/\bre-?arm(?:s|ed)?\b/i, "armed again"],
  [/\brunway\b/i, "hours left"],
  [/\bunattended\b/i, "idle"],
];

describe.each(documents)("$path", ({ text }) => {
  it.each(hard)("does without %s", (words) => {
    expect(linesWith(words, proseAndOutput(text))).toEqual([]);
  });

  it.each(otherTerms)("has one word for a thing, and not %s", (words) => {
    expect(linesWith(words, prose(text))).toEqual([]);
  });
});

it.each([...documents, ...forContributors])(
  "$path has no table row of over 120 characters",
  ({ text }) => {
    expect(text.split("\n").filter((line) => line.startsWith("|") && line.length > 120)).toEqual(
      [],
    );
  },
);

it("the glossary has its terms in order, each once", () => {
  const [, glossary = ""] = textOf("docs/how-it-works.md").split("## Glossary");
  const terms = [...glossary.matchAll(/^- \*\*(.+?)\*\*: \S/gm)].map(([, term = ""]) => term);

  expect(terms.length).toBeGreaterThan(15);
  expect(terms).toEqual([...new Set(terms)].toSorted());
});

describe("the README", () => {
  const readme = textOf("README.md");

  it("has at most 200 lines", () => {
    expect(readme.trimEnd().split("\n").length).toBeLessThanOrEqual(200);
  });

  it("comes to the point in this order", () => {
    expect([...readme.matchAll(/^## (.+)$/gm)].map(([, heading]) => heading)).toEqual([
      "Two commands",
      "Install and update",
      "Three minutes to safe",
      "Daily use",
      "A page to look at",
      "Ahead of the clock",
      "Where to run it",
      "What it will not do",
      "Coming from the Python tool",
      "Read more",
    ]);
  });
});

function linesWith(words: RegExp, text: string): readonly string[] {
  return text.split("\n").filter((line) => words.test(line));
}
