import { commandFor } from "#config/command-for.ts";
import leven from "leven";
import type * as z from "zod";
import { UserError } from "#errors.ts";
import { isSecretPath } from "#config/channels/secret-keys.ts";
import { shownUrl } from "#config/url.ts";

/** One thing that is wrong with the config: where it is, and what to do about it. */
export interface Fault {
  readonly where: string;
  readonly what: string;
}

/** A fault's path in the config: `thresholds[1].below_usd`. */
export function pathOf(path: readonly PropertyKey[]): string {
  return path
    .map((key) => (typeof key === "number" ? `[${key}]` : `.${String(key)}`))
    .join("")
    .replace(/^\./, "");
}

type Redact = (text: string) => string;

/** Puts a zod issue into words, with the value found unless that is the API key's. */
export function explain(
  issue: z.core.$ZodIssue,
  raw: unknown,
  known: readonly string[],
  redact: Redact,
): Fault[] {
  const where = pathOf(issue.path);
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => ({
      where: pathOf([...issue.path, key]),
      what: `is not a known key; ${suggestion(key, known)}`,
    }));
  }
  const value = valueAt(raw, issue.path);
  if (issue.code === "custom" && issue.params?.["isWhole"] === true) {
    return [{ where, what: issue.message }];
  }
  const found = foundBy(issue);
  if (found !== undefined) return [{ where, what: `${allowed(issue)} (${found})` }];
  if (value === undefined) return [{ where, what: `is missing; it ${allowed(issue)}` }];
  const got = shown(value, issue.path, redact);
  return [{ where, what: `${allowed(issue)} (got ${got})${remedy(issue, value, redact)}` }];
}

/** What to write instead, where it is plain what was meant. */
function remedy(issue: z.core.$ZodIssue, value: unknown, redact: Redact): string {
  const words = wordsAllowed(issue);
  if (typeof value === "string" && words.length > 0) {
    const near = nearest(value.toLowerCase(), words);
    return near === undefined ? "" : `; did you mean ${JSON.stringify(near)}?`;
  }
  if (issue.code !== "invalid_type" || typeof value !== "string") return "";
  if (issue.expected === "boolean" && /^(yes|no|true|false|on|off)$/i.test(value)) {
    return ": write true or false, without quotes";
  }
  if (issue.expected === "array" && /^[\w./~*-]{1,20}( -{0,2}[a-z]{1,10})*$/.test(value)) {
    const list = redact(JSON.stringify(value.split(" ")).replaceAll('","', '", "'));
    return list.length > 60 ? "" : `: write ${list}`;
  }
  return "";
}

function allowed(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case "invalid_type":
      return `must be ${typeWords[issue.expected] ?? issue.expected}`;
    case "too_small":
      if (issue.origin === "number") {
        return `must be ${issue.inclusive === true ? "at least" : "greater than"} ${issue.minimum}`;
      }
      return issue.origin === "string" ? "must not be empty" : "must have at least one entry";
    case "too_big":
      return `must ${mostOf(issue)}`;
    case "invalid_value":
      return `must be ${oneOf(issue.values)}`;
    case "invalid_union":
      return optionsOf(issue) === undefined
        ? issue.message
        : `must be ${oneOf(optionsOf(issue) ?? [])}`;
    case "invalid_key":
      return issue.issues[0]?.message ?? issue.message;
    default:
      return issue.message;
  }
}

function mostOf({ origin, maximum }: z.core.$ZodIssueTooBig): string {
  if (origin === "array") return `have at most ${maximum} entries`;
  return origin === "string" ? `have at most ${maximum} characters` : `be at most ${maximum}`;
}

function oneOf(values: readonly unknown[]): string {
  return values.map((value) => JSON.stringify(value)).join(values.length > 6 ? ", " : " or ");
}

/** What a custom rule found, if that is more than the value in this place. */
function foundBy(issue: z.core.$ZodIssue): string | undefined {
  const found: unknown = issue.code === "custom" ? issue.params?.["found"] : undefined;
  return typeof found === "string" ? found : undefined;
}

const typeWords: Readonly<Record<string, string>> = {
  string: "text in quotes",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "an object in braces",
};

function valueAt(raw: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (at, key) => (typeof at === "object" && at !== null ? Reflect.get(at, key) : undefined),
    raw,
  );
}

function shown(value: unknown, path: readonly PropertyKey[], redact: Redact): string {
  if (path[0] === "api_key") return "a hidden value";
  const isOfCommand = path.some((key) => typeof key === "string" && key.endsWith("_command"));
  if (isOfCommand && typeof value === "string") return value === "" ? '""' : "text";
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : "a list";
  if (typeof value === "object" && value !== null) return "an object";
  if (isSecretPath(path)) return "a hidden value";
  // Redacted before it is cut: half a key would not be recognized.
  const text = redact(typeof value === "string" ? JSON.stringify(shownUrl(value)) : String(value));
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

/** Where only some words may stand. */
function wordsAllowed(issue: z.core.$ZodIssue): readonly string[] {
  const values = issue.code === "invalid_value" ? issue.values : optionsOf(issue);
  return values?.filter((each) => typeof each === "string") ?? [];
}

/** What an object of several kinds may have to say which of them it is. */
function optionsOf(issue: z.core.$ZodIssue): readonly unknown[] | undefined {
  return issue.code === "invalid_union" && "options" in issue ? issue.options : undefined;
}

function suggestion(key: string, known: readonly string[]): string {
  const near = nearest(key, known);
  return near === undefined
    ? "remove it, or put a _ before its name to keep it as a note"
    : `did you mean ${near}?`;
}

function nearest(word: string, known: readonly string[]): string | undefined {
  const [first] = known
    .map((name) => ({ name, distance: distance(word, name) }))
    .sort((a, b) => a.distance - b.distance);
  return first !== undefined &&
    first.distance < word.length &&
    first.distance <= Math.max(2, word.length / 3)
    ? first.name
    : undefined;
}

/** A key that was cut short is as near as its beginning is. */
function distance(key: string, name: string): number {
  return Math.min(leven(key, name), leven(key, name.slice(0, key.length)) + 1);
}

/** How the message on what is wrong with a file begins. */
export function unusableWords(path: string): string {
  return `${path} cannot be used:`;
}

/** All that is wrong with one file, as one message. */
export function unusable(path: string, faults: readonly Fault[]): UserError {
  const width = Math.max(...faults.map(({ where }) => where.length));
  const rows = faults.map(({ where, what }) => `  ${where.padEnd(width)}  ${what}`);
  return new UserError([unusableWords(path), ...rows].join("\n"), {
    hint: `Fix these, then run: ${commandFor(path)} check`,
  });
}
