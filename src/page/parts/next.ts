import type { StatusAnswer } from "#http/contract/status.ts";
import { element, type Element } from "#page/dom/element.ts";
import { clockOf, type Scene } from "#page/state/scene.ts";
import { secondMs, until } from "#page/words/spans.ts";
import { panel } from "./panel.ts";

type Coming = StatusAnswer["next"][number];

const mostShown = 12;

/** What the guards will do, the next first. */
export function next(scene: Scene): Element {
  const { next: all } = scene.status;
  const more = all.length - mostShown;
  return panel(
    { key: "next", title: "What comes next" },
    all.length === 0
      ? element("p", { key: "none", class: "note" }, "Nothing, as things stand.")
      : element(
          "ol",
          { key: "list", class: "timeline" },
          all
            .slice(0, mostShown)
            .map((each, n) =>
              element(
                "li",
                { key: `${each.guard} ${each.pod_id ?? n}` },
                element("span", { class: "when" }, whenWords(each, scene)),
                element("span", {}, upper(each.what)),
                element("span", { class: "note" }, noteOf(each, scene)),
              ),
            ),
        ),
    more > 0 && element("p", { key: "more", class: "note" }, `and ${more} more after that`),
  );
}

/** When it comes; `at once` where nothing is waited for. */
export function whenWords({ at }: Pick<Coming, "at">, { shownMs }: Scene): string {
  if (at === null) return "at once";
  const leftMs = Date.parse(at) - shownMs;
  return leftMs < secondMs ? "due now" : until(leftMs);
}

/** A sentence's beginning. */
export function upper(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function noteOf({ at, guard, is_fixed: isFixed }: Coming, scene: Scene): string {
  const clock = at === null ? "" : `${clockOf(scene, at)}, `;
  return `${clock}${guardName(guard)}${isFixed ? "" : ", if all goes on as now"}`;
}

export function guardName(name: string): string {
  return name.replaceAll("_", " ");
}
