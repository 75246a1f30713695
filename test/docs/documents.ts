import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

export interface Document {
  /** From the top of the repository. */
  readonly path: string;
  readonly text: string;
}

/** What is written for users: the README and the documents it leads to. */
export const documents: readonly Document[] = [
  "README.md",
  ...readdirSync("docs")
    .filter((name) => name.endsWith(".md"))
    .map((name) => join("docs", name)),
].map(documentAt);

/** What is written for those who change it. */
export const forContributors: readonly Document[] = [
  "AGENTS.md",
  "CONTRIBUTING.md",
  "CHANGELOG.md",
].map(documentAt);

/** What the plugin says to those who install it, and to their agents. */
export const ofPlugin: readonly Document[] = [
  "plugin/README.md",
  ...readdirSync("plugin/skills").map((name) => join("plugin/skills", name, "SKILL.md")),
].map(documentAt);

function documentAt(path: string): Document {
  return { path, text: readFileSync(path, "utf8") };
}

/** The text of the document of this path. */
export function textOf(path: string): string {
  return documentAt(path).text;
}

/** What stands in backquotes, outside of blocks. */
export function inlineCode(text: string): readonly string[] {
  return [...withoutBlocks(text).matchAll(/(`+)(.+?)\1/g)].map(([, , code = ""]) => code.trim());
}

/** The blocks of a language, without their fences. */
export function blocksOf(text: string, language: string): readonly string[] {
  return [...text.matchAll(/^```(\w*)\n([^]*?)^```$/gm)]
    .filter(([, found]) => found === language)
    .map(([, , block = ""]) => block);
}

export function withoutBlocks(text: string): string {
  return text.replaceAll(/^```\w*\n[^]*?^```$/gm, "");
}

/** What is neither code nor the address of a link. */
export function prose(text: string): string {
  return withoutBlocks(text)
    .replaceAll(/<!--.*?-->/g, "")
    .replaceAll(/(`+)(.+?)\1/g, "")
    .replaceAll(/\]\([^)]*\)/g, "]");
}

/** What is read as text: the prose, and what commands print. */
export function proseAndOutput(text: string): string {
  return [prose(text), ...blocksOf(text, "text")].join("\n");
}
