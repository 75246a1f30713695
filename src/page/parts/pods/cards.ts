import type { PodAnswer } from "#http/contract/status.ts";
import { element, type Element } from "#page/dom/element.ts";
import type { Scene } from "#page/state/scene.ts";
import { buttonsOf } from "./buttons.ts";
import { type Fact, costOf, idleOf, leftOf, rateOf, uptimeOf } from "./facts.ts";
import { marksOf, statusOf } from "./marks.ts";
import { gpuWords, nameOf } from "./name.ts";

/** A card a pod, for a phone. */
export function cards(all: readonly PodAnswer[], scene: Scene): Element {
  return element(
    "ul",
    { key: "cards", class: "cards" },
    all.map((pod) => element("li", { key: pod.id }, card(pod, scene))),
  );
}

function card(pod: PodAnswer, scene: Scene): Element {
  const titleId = `pod-${pod.id}`;
  return element(
    "article",
    {
      class: "card",
      "aria-labelledby": titleId,
      "data-is": pod.is_running === false ? "stopped" : undefined,
    },
    element("h3", { id: titleId }, nameOf(pod)),
    element(
      "p",
      { class: "marks" },
      statusOf(pod),
      marksOf(pod),
      element("span", { class: "note" }, gpuWords(pod)),
    ),
    element(
      "dl",
      { class: "facts" },
      fact("left", "Time left", leftOf(pod, scene)),
      fact("cost", "Cost so far", costOf(pod, scene)),
      fact("rate", "Rate", rateOf(pod)),
      fact("uptime", "Uptime", uptimeOf(pod, scene)),
      fact("idle", "Idle", idleOf(pod, scene)),
    ),
    buttonsOf(pod, scene),
  );
}

function fact(key: string, title: string, { words, note, is }: Fact): Element {
  return element(
    "div",
    { key, class: `fact ${key}` },
    element("dt", {}, title),
    element(
      "dd",
      { "data-is": is },
      words,
      note !== undefined && element("span", { class: "note" }, note),
    ),
  );
}
