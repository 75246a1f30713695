import type { Found } from "./found.ts";
import { looksMutating } from "./programs/names.ts";
import { scopeOf } from "./walk/scope.ts";
import { walkScript } from "./walk/run.ts";

/** Longer lines are judged by their words. */
const longest = 4_000_000;

/**
 * What a shell's line creates or starts at RunPod past this guard, as far as the line says it; empty for none.
 * What cannot be followed to its end and has such words counts as one.
 */
export function inCommand(command: string): readonly Found[] {
  // A shell drops the first; the others are the marks of the walk, and no letters of anything it runs.
  const text = command.replaceAll("\u0000", "").replaceAll(/[\uE000-\uE006]/g, "");
  const scope = scopeOf(text, walkScript);
  if (text.length > longest) scope.line.isTooMuch = true;
  else walkScript(text, scope, undefined);
  if (scope.line.found.length > 0 || !scope.line.isTooMuch || !looksMutating(text))
    return scope.line.found;
  return [
    {
      kind: "creates",
      what: "something",
      because:
        "this is too long or too deeply nested to be read, and its words are those of such a command",
    },
  ];
}
