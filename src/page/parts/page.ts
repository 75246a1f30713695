import { element, type Element } from "#page/dom/element.ts";
import type { Scene } from "#page/state/scene.ts";
import { ahead } from "./ahead.ts";
import { alarms, notes } from "./banners.ts";
import { byHand } from "./by-hand.ts";
import { events } from "./events.ts";
import { guards } from "./guards.ts";
import { money } from "./money.ts";
import { next } from "./next.ts";
import { pods } from "./pods/pods.ts";
import { top } from "./top.ts";
import { unexplained } from "./unexplained.ts";

/** All that is to be seen, but the question that is open. */
export function page(scene: Scene): readonly Element[] {
  return [
    element("a", { key: "skip", class: "skip", href: "#pods" }, "Skip to the pods"),
    top(scene),
    element("section", { key: "alarms", class: "banners", "aria-label": "Alarms" }, alarms(scene)),
    element(
      "main",
      { "data-is": scene.isStale ? "stale" : undefined },
      element(
        "div",
        { key: "first", class: "first" },
        money(scene),
        // The chart's own: `main` puts it there.
        element("div", { key: "chart", id: "chart", "data-island": true }),
      ),
      element(
        "section",
        { key: "notes", class: "banners", "aria-label": "What you should know" },
        notes(scene),
      ),
      pods(scene),
      unexplained(scene),
      element("div", { key: "columns", class: "columns" }, [
        ahead(scene),
        next(scene),
        byHand(scene),
        events(scene),
        guards(scene),
      ]),
    ),
    footer(scene),
  ];
}

function footer({ status }: Scene): Element {
  return element(
    "footer",
    {},
    element("span", {}, `runpodboss ${status.version}`),
    element(
      "form",
      { method: "post", action: "logout" },
      element("button", { class: "button small" }, "Log out"),
    ),
  );
}
