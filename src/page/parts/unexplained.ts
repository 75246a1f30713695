import { element, type Element } from "#page/dom/element.ts";
import { clockOf, type Scene } from "#page/state/scene.ts";
import { icon } from "./icon.ts";
import { panel } from "./panel.ts";

/** What burns that no pod explains, or that nobody knows whether anything does. */
export function unexplained(scene: Scene): Element | false {
  const { unexplained: found } = scene.status;
  if (found === null) return false;
  const isKnown = found.usd_per_hr !== null;
  return panel(
    { key: "unexplained", title: "Burning without a pod", looks: "unexplained" },
    element(
      "p",
      {},
      icon(isKnown ? "flame" : "unknown"),
      ` ${found.words}`,
      found.since !== null &&
        element("span", { class: "note" }, ` since ${clockOf(scene, found.since)}`),
    ),
  );
}
