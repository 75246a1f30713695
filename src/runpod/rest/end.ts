import type { EndAction } from "#guard/model/account.ts";
import type { EndAnswer } from "#ports.ts";
import { addressOfId } from "./address.ts";
import { type Ask, type Asked, isWindowSpent, type Refused } from "./ask.ts";
import { isForbidden, withScope } from "./scopes.ts";

/** What the last whole list said of a pod, as far as an end asks. */
export interface Known {
  readonly actions: readonly string[] | undefined;
  readonly clusterId: string | undefined;
}

interface Target {
  readonly id: string;
  readonly isCluster: boolean;
  readonly known: Known | undefined;
}

/** Asks once for the end of a pod or a cluster. Never throws. */
export async function askForEnd(
  { base, ask }: { readonly base: string; readonly ask: Ask },
  target: Target,
  action: EndAction,
  signal: AbortSignal,
): Promise<EndAnswer> {
  const { id, isCluster, known } = target;
  if (known?.clusterId !== undefined) {
    return failed(`it is a member of cluster ${known.clusterId}, which can only end as a whole`);
  }
  if (isCluster && action === "stop") return failed("a cluster cannot be stopped, only terminated");
  const [url, asked] = requestFor(base, target, action);
  if (url === undefined) return failed(`RunPod has no address for the id ${id}`);
  const answered = await ask(url, { ...asked, signal });
  return answered.kind === "told" ? { kind: "accepted" } : refused(answered, target, action);
}

function requestFor(
  base: string,
  { id, isCluster }: Target,
  action: EndAction,
): readonly [URL | undefined, Omit<Asked, "signal">] {
  if (isCluster) return [addressOfId(base, "clusters", id), { method: "DELETE" }];
  return action === "stop"
    ? [addressOfId(base, "pods", id, "/action"), { method: "POST", body: { action } }]
    : [addressOfId(base, "pods", id), { method: "DELETE" }];
}

function refused(found: Refused, { isCluster, known }: Target, action: EndAction): EndAnswer {
  const kind = isCluster ? "cluster" : "pod";
  const isReadOnlyKey = found.cause === "key-refused" || isForbidden(found);
  const { because } = withScope(found, `a scope to ${action} ${kind}s`);
  const more = hintOf(found, kind, known);
  return {
    kind: "failed",
    because: more === undefined ? because : `${because} (${more})`,
    isReadOnlyKey,
    ...(isWindowSpent(found) &&
      found.retryAfterMs !== undefined && { windowOpensInMs: found.retryAfterMs }),
  };
}

function hintOf({ status, isRunPods }: Refused, kind: string, known: Known | undefined) {
  if (!isRunPods) return undefined;
  // It proves nothing: only a whole list without the pod does.
  if (status === 404) return `RunPod knows no such ${kind}`;
  if (status === 402) return "the balance is too low for it";
  if (status !== 409 || known?.actions === undefined) return undefined;
  const allowed = known.actions.length === 0 ? "nothing" : known.actions.join(", ");
  return `when last seen, its state allowed ${allowed}`;
}

function failed(because: string): EndAnswer {
  return { kind: "failed", because, isReadOnlyKey: false };
}
