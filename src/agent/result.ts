import { printable } from "#control-characters.ts";
import * as z from "zod";
import type { Outcome } from "#guard/model/effect.ts";
import { usd } from "#guard/text.ts";
import type { Ran } from "#ports.ts";
import { seconds, withWords } from "#process/outcome.ts";

/** What Claude Code says of its run. It proves nothing about the account. */
export type AgentResult =
  | {
      readonly kind: "readable";
      readonly isError: boolean;
      /** `success`, or how it ended instead: `error_max_turns`. */
      readonly subtype: string;
      readonly turns: number | undefined;
      readonly costUsd: number | undefined;
      /** What it was not allowed to do. */
      readonly denials: readonly Denial[];
      /** Its last words, cleaned and cut. */
      readonly text: string;
    }
  | { readonly kind: "unreadable"; readonly because: string };

interface Denial {
  readonly tool: string;
  readonly command: string;
}

const longestText = 2_000;
const longestCommand = 200;
const longestReason = 120;

/** Lenient, except for what decides: an error and a denial must not be overlooked. */
const resultSchema = z.object({
  is_error: z.boolean(),
  subtype: z.string().catch("no subtype"),
  num_turns: z.number().optional().catch(undefined),
  total_cost_usd: z.number().optional().catch(undefined),
  permission_denials: z.array(z.unknown()).nullish(),
  result: z.string().catch(""),
});

const denialSchema = z.object({
  tool_name: z.string().catch("a tool"),
  tool_input: z.unknown(),
});

const bashInputSchema = z.object({ command: z.string() });

/** Reads the result from all that Claude Code printed; undefined when that was too much to keep. */
export function readResult(stdout: string | undefined): AgentResult {
  if (stdout === undefined) return unreadable("it printed too much to be a result");
  if (stdout.trim() === "") return unreadable("it printed nothing");
  // With --verbose the line is an array of all messages, the result being the last of them.
  const found = stdout
    .split("\n")
    .toReversed()
    .flatMap((line) => [parsed(line)].flat().toReversed())
    .find((message) => resultSchema.safeParse(message).success);
  if (found === undefined) return unreadable("it printed no result in JSON");
  const { is_error, subtype, num_turns, total_cost_usd, permission_denials, result } =
    resultSchema.parse(found);
  return {
    kind: "readable",
    isError: is_error,
    subtype: shortLine(subtype, longestReason),
    turns: num_turns,
    costUsd: total_cost_usd,
    denials: (permission_denials ?? []).map(denialOf),
    text: visible(result, longestText),
  };
}

/**
 * How a scoped agent did. Refusals alone are no failure: it may have been refused a protected pod.
 * `endedSomething` is what the account showed when it was looked at again.
 */
export function verdictOf(
  ran: Extract<Ran, { readonly kind: "exited" }>,
  result: AgentResult,
  endedSomething: boolean | "unknown",
): Outcome {
  const because = whyFailed(ran, result, endedSomething);
  const tail = result.kind === "readable" && result.text !== "" ? result.text : ran.tail;
  return because === undefined
    ? { kind: "done", because: doneWords(ran.tookMs, result), tail }
    : { kind: "failed", because, tail };
}

function whyFailed(
  { code, tookMs, tail }: Extract<Ran, { readonly kind: "exited" }>,
  result: AgentResult,
  endedSomething: boolean | "unknown",
): string | undefined {
  const error = result.kind === "readable" && result.isError ? errorWords(result) : undefined;
  if (code !== 0) {
    const exit = `exit ${code} after ${seconds(tookMs)}`;
    const said = result.kind === "readable" ? result.text : tail;
    return error === undefined ? withWords(exit, said) : `${exit}: ${error}`;
  }
  if (result.kind === "unreadable")
    return withWords(`no readable result (${result.because})`, tail);
  if (error !== undefined) return error;
  if (result.denials.length === 0 || endedSomething === true) return undefined;
  const refused = refusedWords(result.denials);
  return endedSomething === false
    ? `${refused} and no pod stopped`
    : `${refused}, and it is not known whether a pod stopped`;
}

/** An API error calls itself a success: there its words tell what happened. */
function errorWords({
  subtype,
  text,
}: Extract<AgentResult, { readonly kind: "readable" }>): string {
  const known = endWords(subtype);
  if (known !== undefined) return known;
  const reason = subtype === "success" ? shortLine(text, longestReason) : subtype;
  return reason === ""
    ? "Claude Code reported an error"
    : `Claude Code reported an error (${reason})`;
}

/** How Claude Code names its ends; one that is new keeps its name. */
const endNames: Readonly<Record<string, string>> = {
  error_max_turns: "it used up its turns (agent_max_turns) before it was done",
  error_max_budget_usd: "it used up its budget (agent_max_budget_usd) before it was done",
  error_during_execution: "it broke off in the midst of its work",
  error_max_structured_output_retries: "it gave no answer of the wanted form",
};

function endWords(subtype: string): string | undefined {
  return Object.hasOwn(endNames, subtype) ? endNames[subtype] : undefined;
}

function doneWords(tookMs: number, result: AgentResult): string {
  const words = [`done after ${seconds(tookMs)}`];
  if (result.kind === "readable") {
    const { turns, costUsd, denials } = result;
    if (turns !== undefined) words.push(turns === 1 ? "1 turn" : `${turns} turns`);
    if (costUsd !== undefined) words.push(usd(costUsd));
    if (denials.length > 0) words.push(refusedWords(denials));
  }
  return words.join(", ");
}

function refusedWords({ length }: readonly Denial[]): string {
  return length === 1 ? "1 command was refused" : `${length} commands were refused`;
}

function denialOf(row: unknown): Denial {
  const denial = denialSchema.safeParse(row);
  const { tool_name, tool_input } = denial.data ?? { tool_name: "a tool", tool_input: row };
  const bash = bashInputSchema.safeParse(tool_input);
  const command = bash.data?.command ?? JSON.stringify(tool_input) ?? "";
  return {
    tool: shortLine(tool_name, longestCommand),
    command: shortLine(command, longestCommand),
  };
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function unreadable(because: string): AgentResult {
  return { kind: "unreadable", because };
}

function shortLine(text: string, longest: number): string {
  return visible(text.slice(0, longest * 2).replaceAll(/\s+/g, " "), longest).trim();
}

/** Cut to so many characters, without those that terminals act on or nobody sees; lines stay. */
function visible(text: string, longest: number): string {
  const cut = text.length > longest ? `${text.slice(0, longest)}…` : text;
  return printable(cut);
}
