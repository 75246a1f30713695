import type { StatusAnswer } from "#http/contract/status.ts";
import { element, type Element } from "#page/dom/element.ts";
import type { Scene } from "#page/state/scene.ts";
import { icon } from "./icon.ts";
import { guardName, whenWords } from "./next.ts";
import { panel } from "./panel.ts";

type Guard = StatusAnswer["guards"][number];

/** Each guard, what it does, and when it will next. */
export function guards(scene: Scene): Element {
  return panel(
    { key: "guards", title: "Guards" },
    element(
      "ul",
      { class: "guards" },
      scene.status.guards.map((guard) => row(guard, scene)),
    ),
  );
}

function row(guard: Guard, scene: Scene): Element {
  const { name, is_on: isOn, words } = guard;
  return element(
    "li",
    { key: name, "data-is": isOn ? "on" : "off" },
    icon(isOn ? "check" : "pause"),
    element(
      "div",
      {},
      element("strong", {}, element("bdi", {}, guardName(name))),
      !isOn && element("span", { class: "note" }, " off"),
      element("p", { class: "note" }, words.replace(/^Off: /, "")),
      nextOf(guard, scene),
    ),
  );
}

function nextOf({ name }: Guard, scene: Scene): Element | false {
  const isThreshold = scene.status.thresholds.some((each) => each.name === name);
  const coming = scene.status.next.find(({ guard, threshold }) =>
    isThreshold ? threshold === name : threshold === null && guard === name,
  );
  if (coming === undefined) return false;
  return element("p", { class: "coming" }, `${whenWords(coming, scene)}: ${coming.what}`);
}
