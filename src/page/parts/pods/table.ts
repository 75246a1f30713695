import type { PodAnswer } from "#http/contract/status.ts";
import { element, type Element } from "#page/dom/element.ts";
import type { Scene } from "#page/state/scene.ts";
import { underWay } from "#page/parts/by-hand.ts";
import { buttonsOf } from "./buttons.ts";
import { costOf, type Fact, idleOf, leftOf, rateOf, uptimeOf } from "./facts.ts";
import { marksOf, statusOf } from "./marks.ts";
import { nameOf, underName } from "./name.ts";

const columns = [
  ["pod", "Pod"],
  ["state", "Status"],
  ["left", "Time left"],
  ["uptime", "Uptime"],
  ["idle", "Idle"],
  ["rate", "Rate"],
  ["cost", "Cost so far"],
] as const;

/** A row a pod, for a desk. */
export function table(all: readonly PodAnswer[], scene: Scene): Element {
  return element(
    "table",
    { key: "table" },
    element("caption", { class: "visually-hidden" }, "The pods and what they cost"),
    element(
      "thead",
      {},
      element(
        "tr",
        {},
        columns.map(([name, title]) =>
          element("th", { key: name, scope: "col", class: name }, title),
        ),
        element(
          "th",
          { key: "buttons", scope: "col" },
          element("span", { class: "visually-hidden" }, "What can be done"),
        ),
      ),
    ),
    element(
      "tbody",
      {},
      all.map((pod) => row(pod, scene)),
    ),
  );
}

function row(pod: PodAnswer, scene: Scene): Element {
  return element(
    "tr",
    { key: pod.id, "data-is": pod.is_running === false ? "stopped" : undefined },
    element("th", { scope: "row", class: "pod" }, nameOf(pod), underName(pod)),
    element("td", { key: "state", class: "state" }, statusOf(pod), marksOf(pod)),
    cell("left", leftOf(pod, scene)),
    cell("uptime", uptimeOf(pod, scene)),
    cell("idle", idleOf(pod, scene)),
    cell("rate", rateOf(pod)),
    cell("cost", costOf(pod, scene)),
    element("td", { key: "buttons" }, buttonsOf(pod, scene), underWay(pod.id, scene)),
  );
}

function cell(key: string, { words, note, is }: Fact): Element {
  return element(
    "td",
    { key, class: key, "data-is": is },
    words,
    note !== undefined && element("span", { class: "note" }, note),
  );
}
