import type { StartedFacts } from "#guard/model/run.ts";

/** Who started a pod, for `--json` and the page. A `kind` of null: nobody knows. */
export function startedByJson(facts: StartedFacts | undefined) {
  const { kind = null, agent = null, session = null, host = null } = facts ?? {};
  return { kind, agent, session, host };
}
