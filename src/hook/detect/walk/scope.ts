import type { Found } from "#hook/detect/found.ts";
import type { Item } from "#hook/detect/shell/syntax.ts";

/** Follows a script, in a scope, with what comes in; gives what it puts out. */
export type Walk = (script: string, scope: Scope, input: Text | undefined) => Text;

/** What is shared by all that one line holds. */
interface Line {
  readonly text: string;
  readonly walk: Walk;
  /** Whether its words, however they stand, may be such a command; undefined before it is asked. */
  isDoubtful: boolean | undefined;
  readonly found: Found[];
  steps: number;
  /** Characters of scripts that may still be read: scripts in scripts come from the same words. */
  room: number;
  files: number;
  /** It held more than is looked at. */
  isTooMuch: boolean;
}

/** What a program put out, or gets. */
export interface Text {
  /** Undefined where it cannot be known. */
  readonly known: string | undefined;
  /** All words that it could have been made of. */
  readonly seen: string;
}

export interface Scope {
  readonly line: Line;
  /** What a name may hold; the fields of an array stand apart. */
  readonly variables: Map<string, readonly string[]>;
  readonly functions: Map<string, readonly Item[]>;
  readonly aliases: Map<string, string>;
  /** Files whose content stands on the line. */
  readonly files: Map<string, string>;
  /** What reads a file that is written to. */
  readonly sinks: Map<string, readonly Item[]>;
  /** Names given to RunPod's program on the line. */
  readonly renamed: Set<string>;
  /** Names that the line gives a value which cannot be read of it. */
  readonly unsure: Set<string>;
  /** Functions that were called. */
  readonly called: Set<string>;
  /** `$1`, `$2` and on; what they are is unknown in a function that nobody called. */
  readonly positional: { words: readonly string[] | undefined };
  readonly depth: number;
  /** Only what clearly is a command counts: these words may be meant for people. */
  readonly isStrict: boolean;
  /** What the group of commands gets. */
  readonly input: Text | undefined;
}

const mostSteps = 20_000;
const mostRead = 8_000_000;
const deepestCalls = 24;

export function scopeOf(text: string, walk: Walk): Scope {
  return {
    line: {
      text,
      walk,
      isDoubtful: undefined,
      found: [],
      steps: 0,
      room: mostRead,
      files: 0,
      isTooMuch: false,
    },
    variables: new Map(),
    functions: new Map(),
    aliases: new Map(),
    files: new Map(),
    sinks: new Map(),
    renamed: new Set(),
    unsure: new Set(),
    called: new Set(),
    positional: { words: [] },
    depth: 0,
    isStrict: false,
    input: undefined,
  };
}

/** Whether one more step may be taken; says so on the line where not. */
export function mayStep(scope: Scope): boolean {
  scope.line.steps += 1;
  if (scope.line.steps <= mostSteps && scope.depth <= deepestCalls) return true;
  scope.line.isTooMuch = true;
  return false;
}

export function mayRead(scope: Scope, text: string): boolean {
  scope.line.room -= text.length;
  if (scope.line.room >= 0 && scope.depth <= deepestCalls) return true;
  scope.line.isTooMuch = true;
  return false;
}

export function addFound(scope: Scope, found: readonly Found[]): void {
  for (const each of found) {
    const words = JSON.stringify(each);
    const isNew = scope.line.found.every((before) => JSON.stringify(before) !== words);
    if (isNew && scope.line.found.length < 20) scope.line.found.push(each);
  }
}
