import { homedir } from "node:os";
import { join } from "node:path";
import { usualPlacesOf } from "#config/accounts/account.ts";
import { type FileContent, readSmallFile } from "#read-file.ts";

/** The file that the shipped unit gives the daemon as its environment; commands look there too. */
export const envFileName = "~/.runpodboss/env";

export function envFilePath(env: NodeJS.ProcessEnv, name = envFileName): string {
  return join(env["HOME"] || homedir(), name.slice(2));
}

/**
 * What the secrets of a config are looked for in. An account has an env file of its own, which stands before this
 * process's environment: what a shell has set may be meant for another account.
 */
export async function environmentOf(
  env: NodeJS.ProcessEnv,
  configPath: string,
): Promise<NodeJS.ProcessEnv> {
  const own = usualPlacesOf(configPath).env;
  if (own === envFileName) return env;
  const file = await readEnvFile(envFilePath(env, own));
  const variables = file.kind === "read" ? variablesIn(file.text) : [];
  const seen = { ...env, ...Object.fromEntries(variables), HOME: env["HOME"] };
  ownFiles.set(seen, `${own}${unreadableWords(file)}`);
  return seen;
}

/** The account's own file that stands in such an environment, and whether it cannot be read. */
const ownFiles = new WeakMap<NodeJS.ProcessEnv, string>();

/** Where a variable was looked for, in that order: `~/.runpodboss/accounts/lab/env`, `here`, `~/.runpodboss/env`. */
export function lookedIn(env: NodeJS.ProcessEnv, shared: FileContent): readonly string[] {
  const own = ownFiles.get(env);
  return [
    ...(own === undefined ? [] : [`in ${own}`]),
    "here",
    `in ${envFileName}${unreadableWords(shared)}`,
  ];
}

function unreadableWords(file: FileContent): string {
  return file.kind === "unreadable" ? `, which cannot be read: ${file.because}` : "";
}

const maxBytes = 64 * 1_024;

export function readEnvFile(path: string): Promise<FileContent> {
  return readSmallFile(path, { maxBytes });
}

const assignment = /^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)=(.*)$/s;

/**
 * The variables of a file as systemd's EnvironmentFile= has it: `NAME=value` lines, `#` and `;`
 * comments, quotes, a backslash that continues a line. `export`, which shells want, may stand before.
 * The last of two of one name counts; what is no assignment is passed over, as systemd does.
 */
export function variablesIn(text: string): ReadonlyMap<string, string> {
  const variables = new Map<string, string>();
  const lines = text
    .replace(/^\uFEFF/, "")
    .replaceAll(/\r\n?/g, "\n")
    .split("\n");
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at] ?? "";
    if (/^\s*[#;]/.test(line)) continue;
    const [, name, first] = assignment.exec(line) ?? [];
    if (name === undefined || first === undefined) continue;
    let rest = first;
    let value = valueOf(rest);
    while (value === "unfinished" && at + 1 < lines.length) {
      at += 1;
      rest += `\n${lines[at] ?? ""}`;
      value = valueOf(rest);
    }
    if (value !== "unfinished") variables.set(name, value.text);
  }
  return variables;
}

/** What the text after a `=` stands for; unfinished while a quote is open or a line is continued. */
function valueOf(text: string): { readonly text: string } | "unfinished" {
  let value = "";
  let quote: string | undefined;
  /** White space outside of quotes counts only when something comes behind it. */
  let blanks = "";
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at] ?? "";
    if (quote === undefined && /[ \t\n]/.test(char)) {
      if (value !== "") blanks += char;
    } else if (quote === undefined && (char === '"' || char === "'")) {
      quote = char;
      value += blanks;
      blanks = "";
    } else if (char === quote) {
      quote = undefined;
    } else if (char === "\\" && quote !== "'") {
      const next = text[at + 1];
      if (next === undefined) return "unfinished";
      at += 1;
      if (next === "\n") continue;
      const isEscape = quote === undefined || '"\\`$'.includes(next);
      value += `${blanks}${isEscape ? "" : char}${next}`;
      blanks = "";
    } else {
      value += blanks + char;
      blanks = "";
    }
  }
  return quote === undefined ? { text: value } : "unfinished";
}
