import { whyKeptAlone } from "#guard/account/may-end.ts";
import type { Pod } from "#guard/model/account.ts";
import { isPlainId } from "#guard/text.ts";
import { mostUrgentFirst } from "#template/fit.ts";

const lookingRules = [
  "Bash(runpodctl pod list)",
  "Bash(runpodctl pod list --all)",
  "Bash(runpodctl get pod)",
];

/** One argument may hold 131,071 bytes. */
const mostBytes = 100_000;

export interface AgentRules {
  /** Joined by commas. */
  readonly text: string;
  /** How many unprotected pods got none: there was no room, or their id is none that a rule can hold. */
  readonly withoutRules: number;
}

/**
 * What an agent may run: looking, and stopping and deleting exactly those pods that are not
 * protected and of which all is known that decides it, in runpodctl's new and old spelling.
 */
export function rulesFor(pods: readonly Pod[], protect: readonly string[]): AgentRules {
  // An id that any row bears that must not be ended gets none, whatever the other rows say.
  // Nor does a cluster, or a pod that is in one.
  const kept = new Set([
    ...pods.filter((pod) => whyKeptAlone(pod, protect) !== undefined).map(({ id }) => id),
    ...pods.flatMap(({ cluster }) => cluster?.members ?? []).map(({ id }) => id),
  ]);
  const ids = new Set(
    mostUrgentFirst(pods)
      .map(({ id }) => id)
      .filter((id) => !kept.has(id)),
  );
  const rules = [lookingRules.join(",")];
  // Ids and rules are ASCII: a character is a byte.
  let bytes = rules.join().length;
  // In a rule a comma or a parenthesis would end it, `*` widen it, and `--all` be no id.
  for (const id of [...ids].filter(isPlainId)) {
    const more = endingRules(id).join(",");
    if (bytes + 1 + more.length > mostBytes) continue;
    rules.push(more);
    bytes += 1 + more.length;
  }
  return { text: rules.join(","), withoutRules: ids.size - (rules.length - 1) };
}

function endingRules(id: string): readonly string[] {
  return ["pod stop", "pod delete", "stop pod", "remove pod"].map(
    (words) => `Bash(runpodctl ${words} ${id})`,
  );
}
