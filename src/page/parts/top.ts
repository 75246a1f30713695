import { element, type Element } from "#page/dom/element.ts";
import type { Scene } from "#page/state/scene.ts";
import { ago } from "#page/words/spans.ts";

/** The name, and how fresh all below is. */
export function top(scene: Scene): Element {
  return element(
    "header",
    { class: "top" },
    element("h1", { class: "name" }, "runpodboss"),
    element(
      "p",
      { class: "live", "data-is": scene.isStale || scene.status.error !== null ? "stale" : "live" },
      element("span", { class: "dot", "aria-hidden": "true" }),
      liveWords(scene),
    ),
  );
}

function liveWords({ status, nowMs, isStale }: Scene): string {
  const { last_at: lastAt } = status.poll;
  const isFailing = status.error !== null;
  const polled = lastAt === null ? "not polled yet" : `polled ${ago(nowMs - Date.parse(lastAt))}`;
  if (isStale) return `Not live, ${polled}`;
  return isFailing ? `Live, but RunPod is not seen: ${polled} in vain` : `Live, ${polled}`;
}
