import { element, type Element } from "#page/dom/element.ts";
import type { Scene } from "#page/state/scene.ts";
import { banners } from "./banners.ts";
import { money } from "./money.ts";
import { pods } from "./pods/pods.ts";
import { top } from "./top.ts";

/** All that is to be seen, but the question that is open. */
export function page(scene: Scene): readonly Element[] {
  return [
    element("a", { key: "skip", class: "skip", href: "#pods" }, "Skip to the pods"),
    top(scene),
    element("div", { key: "banners", class: "banners" }, banners(scene)),
    element("main", { "data-is": scene.isStale ? "stale" : undefined }, money(scene), pods(scene)),
    element("footer", {}, `runpodboss ${scene.status.version}`),
  ];
}
