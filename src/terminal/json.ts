import { escapeHidden } from "#control-characters.ts";
import type { Context } from "./context.ts";

/** What programs are told of an error. */
export interface SaidError {
  readonly message: string;
  readonly hint?: string | undefined;
  /** That of the process, if nothing else goes wrong. */
  readonly exitCode: number;
}

/** Whether what was typed asks for JSON. It counts before it is understood: why it is not is told in JSON, too. */
export function asksForJson(args: readonly string[]): boolean {
  const end = args.indexOf("--");
  return args.slice(0, end === -1 ? undefined : end).includes("--json");
}

/** A line of standard error. */
export function errorLine({ message, hint, exitCode }: SaidError): string {
  return `${inLine({ error: { message, hint: hint ?? null, exit_code: exitCode } })}\n`;
}

/** A line of standard error. */
export function warningLine(warning: string): string {
  return `${inLine({ warning })}\n`;
}

function inLine(value: object): string {
  return escapeHidden(JSON.stringify(value));
}

/** The result of a command, which is all that it writes to standard output. */
export function printJson(value: unknown, { printData }: Pick<Context, "printData">): void {
  printData(escapeHidden(JSON.stringify(value, null, 2)));
}
