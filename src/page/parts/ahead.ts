import type { BudgetAnswer, ScheduleAnswer } from "#http/contract/status.ts";
import { element, type Element } from "#page/dom/element.ts";
import { clockOf, type Scene } from "#page/state/scene.ts";
import { usd } from "#page/words/money.ts";
import { until } from "#page/words/spans.ts";
import { panel } from "./panel.ts";

/** What is spent of each budget, and when each schedule comes. */
export function ahead(scene: Scene): Element | false {
  const { budgets, schedules } = scene.status;
  if (budgets.length + schedules.length === 0) return false;
  return panel(
    { key: "ahead", title: "Budgets and schedules", looks: "ahead" },
    element("ul", {}, [
      ...budgets.map((each) => budget(each, scene)),
      ...schedules.map((each) => schedule(each, scene)),
    ]),
  );
}

function budget(its: BudgetAnswer, scene: Scene): Element {
  const { name, limit_usd: limit, spent_usd: spent, per, pods } = its;
  const isHeld = its.tripped_at !== null && its.lifted_at === null;
  const of =
    spent === null
      ? "not counted yet"
      : `${its.is_at_least ? "at least " : ""}${usd(spent)} of ${usd(limit)}`;
  return element(
    "li",
    { key: `budget ${name}`, "data-is": isHeld ? "fired" : undefined },
    element("strong", {}, "Budget ", element("bdi", {}, name)),
    element("span", {}, ` ${of} ${per === "day" ? "today" : `this ${per}`}`),
    spent !== null &&
      element("meter", {
        min: 0,
        max: limit,
        high: limit * 0.8,
        optimum: 0,
        value: spent,
        "aria-label": `${name}: ${of}`,
      }),
    element(
      "p",
      { class: "note" },
      [
        stateWords(its, scene),
        pods === null ? "" : `pods ${pods.join(", ")}`,
        its.estimated_usd ? `about ${usd(its.estimated_usd)} of it estimated` : "",
        its.topped_up_usd ? `${usd(its.topped_up_usd)} topped up` : "",
      ]
        .filter((words) => words !== "")
        .join("; "),
    ),
    isHeld && (its.freeze || its.action === "stop") && button("unfreeze", name, "Unfreeze", scene),
  );
}

function stateWords(its: BudgetAnswer, scene: Scene): string {
  if (its.tripped_at !== null) {
    const held = its.frozen_until;
    if (its.lifted_at !== null) return `Used up, lifted ${clockOf(scene, its.lifted_at)}`;
    return held === null ? "Used up" : `Used up, frozen until ${clockOf(scene, held)}`;
  }
  if (its.reached_at !== null) return `At this burn reached at ${clockOf(scene, its.reached_at)}`;
  return its.spent_usd === null || its.burn_per_hr_usd === null
    ? "When it is reached is unknown"
    : "Not reached at this burn";
}

function schedule(its: ScheduleAnswer, scene: Scene): Element {
  const { name, next_at: next, pods, action, is_next_skipped: isSkipped, ending, timezone } = its;
  const when =
    next === null
      ? "when it comes is unknown"
      : `${clockOf(scene, next)}, ${until(Date.parse(next) - scene.shownMs)}`;
  const does =
    isSkipped === true
      ? "passed over"
      : `${action === "stop" ? "stops" : "tells of"} ${pods.join(", ")}${isSkipped === null ? ", unless it is passed over: that cannot be read" : ""}`;
  return element(
    "li",
    { key: `schedule ${name}` },
    element("strong", {}, "Schedule ", element("bdi", {}, name)),
    element("span", {}, ` ${when}: ${does}`),
    element(
      "p",
      { class: "note" },
      `${ending.length === 0 ? "" : `Ending ${ending.join(", ")} now; `}${its.cron}${timezone === null ? "" : ` ${timezone}`}`,
    ),
    ((next !== null && isSkipped === false) || ending.length > 0) &&
      button("skip", name, "Skip", scene),
  );
}

function button(wish: string, name: string, label: string, { isStale }: Scene): Element {
  return element(
    "button",
    {
      type: "button",
      class: "button small",
      "data-do": wish,
      "data-name": name,
      "aria-label": `${label} ${name}`,
      "aria-disabled": isStale ? "true" : undefined,
      "aria-describedby": isStale ? "cannot-send" : undefined,
    },
    label,
  );
}
