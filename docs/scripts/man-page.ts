import { readFileSync } from "node:fs";
import { version } from "#package.json";
import { commands, globalOptions, programDescription } from "./command-tree.ts";
import { keysAt, placesInConfig } from "./config-keys.ts";
import { rowsOf, sectionOf } from "./markdown.ts";

const examples = [
  ["runpodboss init", "Write a config to start from."],
  ["runpodboss check", "See what would fail at 3 a.m."],
  ["runpodboss drill", "Rehearse with your own notify command and agent."],
  ["runpodboss watch", "Run the daemon."],
  ["runpodboss extend trainer 2", "Give the pod that is called trainer two more hours."],
] as const;

/** The man page, of what the command tree, the config's schema and the documents say. */
export function manPage(): string {
  const [commandsDoc, configDoc, notificationsDoc, historyDoc] = [
    "commands",
    "config",
    "notifications",
    "history",
  ].map((name) => readFileSync(`docs/${name}.md`, "utf8"));
  if (!commandsDoc || !configDoc || !notificationsDoc || !historyDoc) throw new Error("no docs");
  return [
    `.TH RUNPODBOSS 1 "" "runpodboss ${version}" "User Commands"`,
    // No broken words and no gaps: keys and commands are to be read and copied.
    ".nh",
    ".ad l",
    ".SH NAME",
    `runpodboss \\- watch a prepaid RunPod account, and stop pods in time`,
    ".SH SYNOPSIS",
    ...commands.flatMap(({ usage }, n) => [...(n === 0 ? [] : [".br"]), bold(usage)]),
    ".SH DESCRIPTION",
    roff(programDescription),
    ".PP",
    roff("POD is a pod's id, its name, or the start of an id or name, if only one pod has it."),
    ".SH COMMANDS",
    ...commands.flatMap(({ name, description, parts }) => [
      ".SS",
      `runpodboss ${roff(name)}`,
      roff(sentence(description)),
      ...parts.flatMap((part) => entry(part.term, sentence(part.description))),
    ]),
    ".SH OPTIONS",
    "These stand before or after any command.",
    ...globalOptions.flatMap(({ term, description }) => entry(term, sentence(description))),
    ".SH CONFIGURATION",
    roff("A JSON file; comments and trailing commas are fine. Keys, with their defaults:"),
    ...placesInConfig().flatMap((place) => [
      ".SS",
      place === "." ? "All of it" : roff(`In ${place}`),
      ...keysAt(place).flatMap((key) => {
        const initial = key.default === undefined ? "" : ` Default: ${key.default}.`;
        return entry(key.name, `${key.meaning}${key.isRequired ? " Required." : initial}`);
      }),
    ]),
    ".SS",
    "Placeholders",
    "In prompts, and in the arguments of commands:",
    ...entriesOf(configDoc, "Placeholders"),
    ".SH ENVIRONMENT",
    ...entriesOf(configDoc, "Environment variables"),
    ".PP",
    "Notify commands are given:",
    ...entriesOf(notificationsDoc, "What the command is given"),
    ".SH FILES",
    ...entry("~/.runpodboss/config.json", "The config, unless --config names another."),
    ...entriesOf(historyDoc, "Files", (name) => `~/.runpodboss/${name}`),
    ".SH EXIT STATUS",
    ...entriesOf(commandsDoc, "Exit codes"),
    ".SH EXAMPLES",
    ...examples.flatMap(([command, meaning]) => entry(command, meaning)),
    ".SH SEE ALSO",
    `.BR systemctl (1),`,
    `.BR tmux (1)`,
    ".PP",
    roff(
      "The README and the folder docs of the package say more: how it works, recipes, a glossary.",
    ),
    "",
  ].join("\n");
}

/** The rows of the first table under a heading. */
function entriesOf(
  markdown: string,
  heading: string,
  term: (name: string) => string = (name) => name,
): readonly string[] {
  return rowsOf(sectionOf(markdown, heading)).flatMap(([name = "", meaning = ""]) =>
    entry(term(plain(name)), plain(meaning)),
  );
}

function entry(term: string, meaning: string): readonly string[] {
  return [".TP", bold(term), roff(meaning)];
}

function bold(text: string): string {
  return `.B ${escaped(text)}`;
}

/** Markdown without its marks. */
function plain(text: string): string {
  return text
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1")
    .replaceAll("`", "")
    .replaceAll(/(?<!\w)_([^_]+)_(?!\w)/g, "$1");
}

function sentence(words: string): string {
  const text = `${words.slice(0, 1).toUpperCase()}${words.slice(1)}`;
  return /[.)]$/.test(text) ? text : `${text}.`;
}

/** Lines of text of no great length, none of which roff takes for a request. */
function roff(text: string): string {
  const lines = escaped(text).match(/.{1,78}(?:\s|$)|\S+/g) ?? [];
  return lines.map((line) => line.trimEnd().replace(/^(?=[.'])/, String.raw`\&`)).join("\n");
}

/** What is special to roff is escaped, and what its fonts lack is spelt out. */
function escaped(text: string): string {
  return text
    .replaceAll("\\", String.raw`\e`)
    .replaceAll("-", String.raw`\-`)
    .replaceAll("~", String.raw`\(ti`)
    .replaceAll("^", String.raw`\(ha`)
    .replaceAll("…", "...")
    .replaceAll("×", String.raw`\(mu`);
}
