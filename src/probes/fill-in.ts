import { render } from "#template/render.ts";
import type { ProbedPod } from "./finding.ts";

/** Fills `{pod_id}` and `{pod_name}`. */
export function fillIn(template: string, { podId, podName }: ProbedPod): string {
  const unknown = { balanceUsd: undefined, belowUsd: undefined, podsJson: "null" };
  return render(template, { ...unknown, name: podName, podId, podName }).text;
}

/** The same for a URL, of which ids and names then cannot change any other part. */
export function fillInUrl(template: string, { podId, podName }: ProbedPod): string {
  return fillIn(template, { podId: encoded(podId), podName: encoded(podName) });
}

/** Through a buffer, because encodeURIComponent throws on half a surrogate pair. */
function encoded(text: string): string {
  return encodeURIComponent(Buffer.from(text).toString());
}
