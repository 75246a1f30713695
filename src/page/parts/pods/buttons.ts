import type { Action } from "#http/contract/operation.ts";
import type { PodAnswer } from "#http/contract/status.ts";
import { element, type Element } from "#page/dom/element.ts";
import type { Scene } from "#page/state/scene.ts";

export const labels: Readonly<Record<Action, string>> = {
  extend: "Extend",
  touch: "Touch",
  stop: "Stop",
  terminate: "Terminate",
};

/** Those that can be pressed; each names its pod for those who hear it. */
export function buttonsOf(pod: PodAnswer, { isStale }: Scene): Element {
  return element(
    "div",
    { class: "buttons" },
    pod.may.map((action) =>
      element(
        "button",
        {
          key: action,
          type: "button",
          class: "button",
          "data-do": "ask",
          "data-action": action,
          "data-pod": pod.id,
          "aria-label": `${labels[action]} ${pod.name}`,
          "aria-disabled": isStale ? "true" : undefined,
          "aria-describedby": isStale ? "cannot-send" : undefined,
        },
        labels[action],
      ),
    ),
    pod.may_not !== null &&
      element("p", { key: "may-not", class: "note" }, `Cannot be ended: ${pod.may_not}`),
  );
}
