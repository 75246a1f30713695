import { describe, expect, it } from "vitest";
import { commands, globalOptions } from "../../docs/scripts/command-tree.ts";
import { keysAt, placesInConfig } from "../../docs/scripts/config-keys.ts";
import { manPage } from "../../docs/scripts/man-page.ts";

const page = manPage();
const lines = page.split("\n");
/** As a reader sees it, but for the fonts. */
const shown = page.replaceAll(String.raw`\-`, "-").replaceAll(String.raw`\(ti`, "~");

describe("the man page", () => {
  it("has the usual sections in the usual order", () => {
    expect(lines.filter((line) => line.startsWith(".SH ")).map((line) => line.slice(4))).toEqual([
      "NAME",
      "SYNOPSIS",
      "DESCRIPTION",
      "COMMANDS",
      "OPTIONS",
      "CONFIGURATION",
      "ENVIRONMENT",
      "FILES",
      "EXIT STATUS",
      "EXAMPLES",
      "SEE ALSO",
    ]);
  });

  it("has nothing but text and requests that every man knows", () => {
    const requests = lines.filter((line) => /^[.']/.test(line)).map((line) => line.split(" ")[0]);

    expect(new Set(requests)).toEqual(
      new Set([".B", ".BR", ".PP", ".SH", ".SS", ".TH", ".TP", ".ad", ".br", ".nh"]),
    );
    expect(lines.filter((line) => /[^\x20-\x7e]/.test(line))).toEqual([]);
    expect(page).not.toMatch(/\n\n/);
    expect(lines.filter((line) => line.length > 120)).toEqual([]);
  });

  it.each(commands)("has the command $name with all its words", ({ usage, parts }) => {
    expect(shown).toContain(usage);
    for (const { term } of [...parts, ...globalOptions]) expect(shown).toContain(`.B ${term}`);
  });

  it.each(placesInConfig())("has every key of the config, at %s", (place) => {
    for (const { name } of keysAt(place)) expect(shown).toContain(`.TP\n.B ${name}\n`);
  });

  it.each([
    "RUNPOD_API_KEY",
    "RUNPODBOSS_MESSAGE",
    "~/.runpodboss/state.json",
    "{pods_json}",
    "130",
  ])("has what the documents say of %s", (term) => {
    expect(shown).toContain(`.TP\n.B ${term}`);
  });
});
