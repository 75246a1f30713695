import type { OperationAnswer } from "#http/contract/operation.ts";
import { danger, stateWords } from "#page/ask/parts/proof.ts";
import { element, type Element } from "#page/dom/element.ts";
import { clockOf, type Scene } from "#page/state/scene.ts";
import { icon } from "./icon.ts";
import { labels } from "./pods/buttons.ts";
import { panel } from "./panel.ts";

const mostShown = 8;

/** What people have asked for of late, and what came of it. */
export function byHand(scene: Scene): Element | false {
  const { operations } = scene.state;
  if (operations.length === 0) return false;
  return panel(
    { key: "by-hand", title: "By hand" },
    element(
      "ol",
      { class: "by-hand" },
      operations.slice(0, mostShown).map((each) => row(each, scene)),
    ),
  );
}

function row(operation: OperationAnswer, scene: Scene): Element {
  const { id, action, pod_name: podName, state, words, steps, asked_at: askedAt } = operation;
  const [drawing, called] = stateWords[state];
  const said = danger(operation) ?? words ?? steps.at(-1)?.words;
  return element(
    "li",
    { key: id, "data-is": state },
    element("time", { class: "note", datetime: askedAt }, clockOf(scene, askedAt)),
    element(
      "div",
      {},
      element("p", {}, element("strong", {}, labels[action]), " ", element("bdi", {}, podName)),
      element("p", { class: "state-words" }, icon(drawing), ` ${called}`),
      said !== undefined && element("p", { class: "note" }, said),
    ),
    showButton(id, `Show how it went: ${labels[action]} ${podName}`),
  );
}

/** Under a pod: what is being done to it, or what did not come to its end. */
export function underWay(podId: string, scene: Scene): Element | false {
  const operation = scene.state.operations.find(({ pod_id: id }) => id === podId);
  if (operation === undefined) return false;
  const { state, action, id, steps, pod_name: podName } = operation;
  const warned = danger(operation);
  if (state !== "running" && warned === undefined) return false;
  const words =
    state === "running"
      ? `${labels[action]} is under way. ${steps.at(-1)?.words ?? ""}`
      : `${labels[action]}: ${stateWords[state][1].toLowerCase()}. ${warned ?? ""}`;
  return element(
    "p",
    { key: "under-way", class: "under-way", "data-is": state },
    icon(stateWords[state][0]),
    element("span", {}, words.trim()),
    showButton(id, `Show how it goes: ${labels[action]} ${podName}`),
  );
}

/** Opens what is known of an operation, from its steps on. */
function showButton(id: string, label: string): Element {
  return element(
    "button",
    {
      type: "button",
      class: "button small",
      "data-do": "show",
      "data-operation": id,
      "aria-label": label,
    },
    "Show",
  );
}
