import { render } from "#template/render.ts";
import type { ProbedPod } from "./finding.ts";

/** Fills `{pod_id}` and `{pod_name}` in an argument of a program. */
export function fillIn(template: string, pod: ProbedPod): string {
  return filled(template, pod, true);
}

/** The same for a URL, of which ids and names then cannot change any other part. */
export function fillInUrl(template: string, { podId, podName }: ProbedPod): string {
  return filled(template, { podId: encoded(podId), podName: encoded(podName) }, false);
}

function filled(template: string, { podId, podName }: ProbedPod, isArgument: boolean): string {
  const unknown = { balanceUsd: undefined, belowUsd: undefined, podsJson: "null" };
  return render(template, { ...unknown, name: podName, podId, podName, isArgument }).text;
}

/** Through a buffer, because encodeURIComponent throws on half a surrogate pair. */
function encoded(text: string): string {
  return encodeURIComponent(Buffer.from(text).toString());
}
