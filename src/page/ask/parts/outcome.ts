import { element, type Element } from "#page/dom/element.ts";
import { icon, type Icon } from "#page/parts/icon.ts";

/** How it stands, in a box of its own. */
export function outcome(
  is: string,
  drawing: Icon,
  title: string,
  words: readonly (string | null)[],
): Element {
  return element(
    "div",
    {
      key: "outcome",
      class: "outcome",
      "data-is": is,
      role: is === "running" ? "status" : "alert",
    },
    icon(drawing),
    element(
      "div",
      {},
      element("strong", {}, title),
      words.map((each) => each !== null && element("p", {}, each)),
    ),
  );
}
