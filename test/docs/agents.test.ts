import { readdirSync } from "node:fs";
import { expect, it } from "vitest";
import { rowsOf, sectionOf } from "../../docs/scripts/markdown.ts";
import { inlineCode, textOf } from "./documents.ts";

const text = textOf("AGENTS.md");

it("AGENTS.md is short", () => {
  expect(text.trimEnd().split("\n").length).toBeLessThan(100);
});

it("AGENTS.md has every folder of src", () => {
  const named = rowsOf(sectionOf(text, "Where things live")).flatMap(([name = ""]) =>
    inlineCode(name).filter((path) => /^src\/.+\/$/.test(path)),
  );
  const folders = readdirSync("src", { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => `src/${name}/`);

  expect(named.toSorted()).toEqual(folders.toSorted());
});

it("CONTRIBUTING.md points to it", () => {
  expect(textOf("CONTRIBUTING.md")).toContain("(AGENTS.md)");
});
