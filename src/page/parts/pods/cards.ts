import type { PodAnswer } from "#http/contract/status.ts";
import { element, type Element } from "#page/dom/element.ts";
import type { Scene } from "#page/state/scene.ts";
import { underWay } from "#page/parts/by-hand.ts";
import { buttonsOf } from "./buttons.ts";
import { type Fact, costOf, idleOf, leftOf, rateOf, uptimeOf } from "./facts.ts";
import { marksOf, statusOf } from "./marks.ts";
import { nameOf, underName } from "./name.ts";

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
    element("p", { class: "marks" }, underName(pod), statusOf(pod), marksOf(pod)),
    element("dl", { class: "facts" }, factsOf(pod, scene)),
    underWay(pod.id, scene),
    buttonsOf(pod, scene),
  );
}

/** Of a pod that does not run only what there is of it. */
function factsOf(pod: PodAnswer, scene: Scene): readonly Element[] {
  const all = [
    ["left", "Time left", leftOf(pod, scene)],
    ["cost", "Cost so far", costOf(pod, scene)],
    ["rate", "Rate", rateOf(pod)],
    ["uptime", "Uptime", uptimeOf(pod, scene)],
    ["idle", "Idle", idleOf(pod, scene)],
  ] as const;
  return all
    .filter(([, , { is }]) => pod.is_running !== false || is !== "none")
    .map(([key, title, said]) => fact(key, title, said));
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
