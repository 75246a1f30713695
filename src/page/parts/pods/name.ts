import type { PodAnswer } from "#http/contract/status.ts";
import { element, type Element } from "#page/dom/element.ts";

/** Names are anybody's: each keeps its own direction to itself. */
export function nameOf({ name }: PodAnswer): Element {
  return element("bdi", { key: "name", class: "pod-name" }, name);
}

export function underName(pod: PodAnswer): Element {
  return element(
    "span",
    { key: "under-name", class: "note" },
    element("bdi", { class: "pod-id" }, pod.id),
    ` · ${gpuWords(pod)}`,
    pod.started_words !== null && [" · ", element("bdi", {}, pod.started_words)],
  );
}

function gpuWords({ gpu_type: type, gpu_count: count }: PodAnswer): string {
  if (count === 0) return "no GPU";
  if (type === null) return "GPU unknown";
  return count === null || count === 1 ? type : `${count} × ${type}`;
}
