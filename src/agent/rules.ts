import { whyKeptAlone } from "#guard/account/may-end.ts";
import { type Pod, runStateOf } from "#guard/model/account.ts";
import { isPlainId } from "#guard/text.ts";
import { mostUrgentFirst } from "#template/fit.ts";
import type { Way } from "./ways.ts";

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
 * protected and of which all is known that decides it; stopping only where there is something to stop.
 * Every pod has its first way before any has its second.
 */
export function rulesFor(
  pods: readonly Pod[],
  protect: readonly string[],
  ways: readonly Way[],
): AgentRules {
  const rules: string[] = [];
  let bytes = 0;
  const addAll = (commands: readonly string[]): boolean => {
    const more = commands.map((command) => `Bash(${command})`);
    const size = Buffer.byteLength(more.join(",")) + 1;
    if (bytes + size > mostBytes) return false;
    rules.push(...more);
    bytes += size;
    return true;
  };
  addAll(ways.flatMap(({ looks }) => looks));

  const wanted = endable(pods, protect);
  const served = new Set<string>();
  for (const { stops, terminates } of ways) {
    for (const { id, hasEnded } of wanted) {
      // In a rule a comma or a parenthesis would end it, `*` widen it, and `--all` be no id.
      if (!isPlainId(id)) continue;
      const verbs = hasEnded ? terminates : [...stops, ...terminates];
      if (verbs.length === 0) continue;
      if (addAll(verbs.map((verb) => verb(id)))) served.add(id);
    }
  }
  const mayDelete = ways.some(({ terminates }) => terminates.length > 0);
  const isLeftOut = ({ id, hasEnded }: Endable) => !served.has(id) && (mayDelete || !hasEnded);
  return { text: rules.join(","), withoutRules: wanted.filter(isLeftOut).length };
}

interface Endable {
  readonly id: string;
  readonly hasEnded: boolean;
}

/** The most urgent first. */
function endable(pods: readonly Pod[], protect: readonly string[]): readonly Endable[] {
  // An id that any row bears that must not be ended gets none, whatever the other rows say.
  // Nor does a cluster, or a pod that is in one: they end as a whole, and not by an agent.
  const kept = new Set([
    ...pods.filter((pod) => whyKeptAlone(pod, protect) !== undefined).map(({ id }) => id),
    ...pods.flatMap(({ cluster }) => cluster?.members ?? []).map(({ id }) => id),
  ]);
  const running = new Set(pods.filter((pod) => runStateOf(pod) !== "ended").map(({ id }) => id));
  const ids = new Set(mostUrgentFirst(pods).map(({ id }) => id));
  return [...ids].filter((id) => !kept.has(id)).map((id) => ({ id, hasEnded: !running.has(id) }));
}
