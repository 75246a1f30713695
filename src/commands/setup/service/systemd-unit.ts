import { createHash } from "node:crypto";
import { inAssignment, inCommand } from "./systemd-words.ts";

export interface UnitParts {
  /** Of the service. */
  readonly name: string;
  /** Node, the script, and what else starts this program, without a command of it. */
  readonly program: readonly string[];
  readonly configPath: string;
  /** The PATH of the service. */
  readonly path: string;
}

/** Any of the shipped unit's lines that is another one here. */
type Lines = Readonly<Record<string, string>>;

const mark = "# Written by `runpodboss setup`; this stays true while nobody edits it: ";

/** The shipped unit with what this machine needs, and a mark that tells whether somebody edited it. */
export function unitText(shipped: string, { name, program, configPath, path }: UnitParts): string {
  const lines: Lines = {
    "SyslogIdentifier=": `SyslogIdentifier=${name}`,
    "Environment=PATH=": `Environment=${inAssignment(`PATH=${path}`)}`,
    "ExecStart=": `ExecStart=${[...starter(program), "-c", configPath, "watch"].map(inCommand).join(" ")}`,
  };
  let text = shipped.replace(/^(?:#.*\n)+\n/, "");
  for (const [start, line] of Object.entries(lines)) {
    const at = text.split("\n").findIndex((each) => each.startsWith(start));
    if (at === -1) throw new Error(`the shipped unit has no line ${start}`);
    text = text.split("\n").with(at, line).join("\n");
  }
  const body = `# To change it: systemctl --user edit ${name}\n\n${text}`;
  return `${mark}${digestOf(body)}\n${body}`;
}

/** Whether it stands as it was written here. */
export function isOwnUnit(text: string): boolean {
  const [first = "", ...rest] = text.split("\n");
  return first === `${mark}${digestOf(rest.join("\n"))}`;
}

function digestOf(body: string): string {
  return createHash("sha256").update(body).digest("hex").slice(0, 16);
}

/** Without WATCHDOG_PID, as the shipped unit says. `env` would take a program with = for a variable. */
function starter(program: readonly string[]): readonly string[] {
  const [node = ""] = program;
  return node.includes("=")
    ? ["/bin/sh", "-c", 'unset WATCHDOG_PID; exec "$0" "$@"', ...program]
    : ["/usr/bin/env", "-u", "WATCHDOG_PID", ...program];
}
