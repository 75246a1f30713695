import type { CallToolResult } from "@modelcontextprotocol/server";
import { escapeHidden, printable } from "#control-characters.ts";
import { stackOf, UserError, wordsOf } from "#errors.ts";
import { redactedJson } from "#redact.ts";
import { GivenUp } from "#within-limit.ts";
import type { McpDeps } from "./deps.ts";
import { adviceForTools, wordsForTools } from "./for-tools.ts";

/** What a tool came to. */
export interface Came<Data> {
  /** For the model to read; undefined: the data says it all. */
  readonly words?: readonly string[];
  readonly data: Data;
  /** Why it is an error all the same, such as an account that cannot be seen. */
  readonly fault?: UserError | undefined;
}

type ResultDeps = Pick<McpDeps, "configPath" | "redact" | "say">;

/** The result with its data, as JSON and in words: without secrets, and without what cannot be seen. */
export function resultOf(
  { words, data, fault }: Came<object>,
  { redact, configPath }: ResultDeps,
): CallToolResult {
  const toTell = words?.map((each) =>
    each.startsWith("Warning: ") ? wordsForTools(each, configPath) : each,
  );
  const json = redactedJson(escapeHidden(JSON.stringify(warned(data, configPath))), redact);
  const told = toTell ?? [json];
  // Of an error clients show the words alone, else the data alone.
  const said =
    fault === undefined ? told : [faultWords(fault, configPath), ...(toTell ?? []), json];
  return {
    content: [{ type: "text", text: printable(redact(said.join("\n"))) }],
    structuredContent: JSON.parse(json) as Record<string, unknown>,
    ...(fault !== undefined && { isError: true }),
  };
}

/** What else stands in it may be other people's text. */
function warned(data: object, configPath: string): object {
  const told = ["warnings", "troubles"].flatMap((key) => {
    const words: unknown = Reflect.get(data, key);
    if (!Array.isArray(words)) return [];
    return [[key, words.map((each) => wordsForTools(String(each), configPath))] as const];
  });
  return { ...data, ...Object.fromEntries(told) };
}

/** Why a tool did not do what it was called for. What is a bug of ours is said on standard error, too. */
export function errorOf(error: unknown, { redact, configPath, say }: ResultDeps): CallToolResult {
  const text = errorWords(error, configPath);
  if (!(error instanceof UserError || error instanceof GivenUp)) {
    say(`This is a bug in runpodboss: ${stackOf(error)}`);
  }
  return { content: [{ type: "text", text: printable(redact(text)) }], isError: true };
}

function errorWords(error: unknown, configPath: string): string {
  if (error instanceof UserError) return faultWords(error, configPath);
  if (error instanceof GivenUp) {
    return `Not waited for any longer: ${error.message}. What was begun may still be done.\nLook with status before anything is tried again.`;
  }
  return `This is a bug in runpodboss: ${wordsOf(error)}\nWhat was begun may have been done: look with status, and tell the person you work for.`;
}

function faultWords({ message, hint }: UserError, configPath: string): string {
  const words = wordsForTools(message, configPath);
  return hint === undefined ? words : `${words}\n${adviceForTools(hint, configPath)}`;
}
