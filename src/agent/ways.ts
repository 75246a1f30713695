import type { OwnProgram } from "#ports.ts";
import { inShell } from "#shell-word.ts";
import { generationOf, type Runpodctl } from "./runpodctl.ts";
import { isBefore } from "./version.ts";

/** What an agent can look at the account and end pods with. */
export interface AgentTools {
  readonly program: OwnProgram;
  readonly configPath: string;
  readonly runpodctl: Runpodctl;
}

type ForPod = (id: string) => string;

/** Commands of one program, as they are typed. */
export interface Way {
  readonly looks: readonly string[];
  readonly stops: readonly ForPod[];
  /** Empty: it may not. */
  readonly terminates: readonly ForPod[];
}

/**
 * The ways that an agent has, the preferred one first. Ours proves the end and refuses protected pods
 * by itself; runpodctl has the verbs of its version and no others, and of an unknown one only the stop,
 * in both spellings, and only where there is no other way.
 */
export function waysOf(tools: AgentTools, mayTerminate: boolean): readonly Way[] {
  const own = ownWay(tools);
  const ours = fitsRule(tools) ? [mayTerminate ? own : { ...own, terminates: [] }] : [];
  return [...ours, ...runpodctlWays(tools.runpodctl, ours.length > 0)];
}

/** How this program looks and ends pods, whether a rule can hold it or not. */
export function ownWay({ program, configPath }: Pick<AgentTools, "program" | "configPath">): Way {
  const start = program.argv.map(inShell).join(" ");
  const config = `--config ${inShell(configPath)}`;
  return {
    looks: [`${start} status --json ${config}`],
    stops: [(id) => `${start} stop ${id} --exact -y ${config}`],
    terminates: [(id) => `${start} terminate ${id} --exact -y ${config}`],
  };
}

/** Whether a rule can hold our own commands. */
export function fitsRule({
  program,
  configPath,
}: Pick<AgentTools, "program" | "configPath">): boolean {
  const words = [...program.argv, configPath];
  return program.argv.length > 0 && words.every((word) => meansItself.test(word));
}

/**
 * Of what a path may hold, what is known to mean itself in quotes within `Bash(…)`: a parenthesis would
 * end the rule, `*` widen it, and with `$(` it is refused.
 */
const meansItself = /^[\p{L}\p{M}\p{N} _./+:@%=,~#'&;-]+$/u;

function runpodctlWays(runpodctl: Runpodctl, hasOther: boolean): readonly Way[] {
  switch (runpodctl.kind) {
    case "missing":
      return [];
    case "unknown":
      return hasOther ? [] : [unknownVerbs];
    case "found":
      if (generationOf(runpodctl.version) === 1) return [firstVerbs];
      return [isBefore(runpodctl.version, [2, 1, 0]) ? secondVerbsWithoutAll : secondVerbs];
  }
}

const firstVerbs: Way = {
  looks: ["runpodctl get pod"],
  stops: [(id) => `runpodctl stop pod ${id}`],
  terminates: [(id) => `runpodctl remove pod ${id}`],
};

const secondVerbsWithoutAll: Way = {
  looks: ["runpodctl pod list"],
  stops: [(id) => `runpodctl pod stop ${id}`],
  terminates: [(id) => `runpodctl pod delete ${id}`],
};

const secondVerbs: Way = {
  ...secondVerbsWithoutAll,
  looks: ["runpodctl pod list", "runpodctl pod list --all"],
};

const unknownVerbs: Way = {
  looks: [...secondVerbsWithoutAll.looks, ...firstVerbs.looks],
  stops: [...secondVerbsWithoutAll.stops, ...firstVerbs.stops],
  terminates: [],
};
