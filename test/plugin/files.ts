import { readFileSync } from "node:fs";
import { join } from "node:path";

interface HookCall {
  readonly type: string;
  readonly command: string;
  readonly timeout: number;
  readonly onFailure?: string;
}

export interface HookRule {
  readonly event: string;
  /** Undefined where the event has no tools. */
  readonly matcher: string | undefined;
  readonly calls: readonly HookCall[];
}

/** A file of the plugin for Claude Code, or of the repository where the path says so. */
export function jsonOf(...path: readonly string[]): unknown {
  return JSON.parse(textOf(...path));
}

export function textOf(...path: readonly string[]): string {
  return readFileSync(join("plugin", ...path), "utf8");
}

const { hooks: rulesByEvent } = jsonOf("hooks/hooks.json") as HooksFile;
/** What the plugin has called at which event, in order. */
export const hookRules: readonly HookRule[] = Object.entries(rulesByEvent).flatMap(
  ([event, rules]) => rules.map(({ matcher, hooks }) => ({ event, matcher, calls: hooks })),
);

interface HooksFile {
  readonly hooks: Readonly<
    Record<string, readonly { readonly matcher?: string; readonly hooks: readonly HookCall[] }[]>
  >;
}

/** The front matter of a skill: a name and its words a line. */
export function frontMatterOf(skill: string): Readonly<Record<string, string>> {
  const [, matter = ""] = /^---\n([^]*?)\n---\n/.exec(skill) ?? [];
  return Object.fromEntries(
    matter.split("\n").map((line) => {
      const at = line.indexOf(": ");
      return [line.slice(0, at), line.slice(at + 2)];
    }),
  );
}
