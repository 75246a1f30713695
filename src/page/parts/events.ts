import type { EventAnswer } from "#http/contract/history.ts";
import { element, type Element } from "#page/dom/element.ts";
import { clockOf, type Scene } from "#page/state/scene.ts";
import { weightiest } from "#page/state/weightiest.ts";
import { usd } from "#page/words/money.ts";
import { icon } from "./icon.ts";
import { guardName, upper } from "./next.ts";
import { panel } from "./panel.ts";

const mostShown = 30;

/** What has happened of late, why, and what that saved. */
export function events(scene: Scene): Element {
  const { saved } = scene.status;
  const { events: all } = scene.state;
  return panel(
    { key: "events", title: "What happened" },
    element("p", { key: "saved", class: "saved" }, icon("shield"), ` ${upper(saved.words)}`),
    all.length === 0
      ? element("p", { key: "none", class: "note" }, "No event is known.")
      : element(
          "ol",
          { key: "list", class: "events" },
          weightiest(all, mostShown).map((each) => row(each, scene)),
        ),
  );
}

function row(each: EventAnswer, scene: Scene): Element {
  const { id, at, because, pod_name: podName } = each;
  const title = titleOf(each);
  return element(
    "li",
    { key: id, "data-is": kindOf(each) },
    element("time", { class: "note", datetime: at }, clockOf(scene, at)),
    element(
      "p",
      {},
      element("strong", {}, title),
      podName !== null && [" ", element("bdi", { class: "event-pod" }, podName)],
      because.toLowerCase() !== title.toLowerCase() &&
        element("span", { class: "note because" }, because),
      costNote(each),
    ),
  );
}

function costNote(each: EventAnswer): Element | false {
  const { cost_usd: cost } = each;
  // A run that has just begun has cost nothing that is worth a line.
  if (cost === null || each.type === "start") return false;
  const words = kindOf(each) === "end" ? `its run cost ${usd(cost)}` : `cost so far ${usd(cost)}`;
  return element("span", { class: "note" }, words);
}

/** What it is called, with its reason where that says more. */
function titleOf({ type, reason, because }: EventAnswer): string {
  // It says all by itself.
  if (type === "daemon") return upper(because);
  const called = titles[type] ?? guardName(type);
  // What it will be ended for has not come yet.
  if (type === "warn" && reason !== null) return `${called}: ${warnedOf(reason)}`;
  return reason === null || reason === "" ? called : `${called}: ${guardName(reason)}`;
}

function warnedOf(reason: string): string {
  const guards = ["lease", "idle", "hard_timeout"];
  return guardName(guards.find((guard) => reason.startsWith(guard)) ?? reason);
}

const titles: Readonly<Record<string, string>> = {
  agent: "Agent called",
  backstop: "Backstop",
  blind: "Blind",
  budget: "Budget",
  extend: "Extended",
  heard: "Heard again",
  lease: "Lease set",
  notify: "Notified",
  rearm: "Armed again",
  schedule: "Schedule",
  sighted: "Seen again",
  silent: "Silent",
  skip: "Skipped",
  start: "Started",
  stop: "Stopped",
  stopped: "Stays stopped",
  termination: "Terminated",
  touch: "Touched",
  trip: "Crossed",
  unfreeze: "Lifted",
  warn: "Warned",
};

function kindOf({ type }: EventAnswer): "bad" | "end" | "plain" {
  if (type === "trip" || type === "blind" || type === "backstop") return "bad";
  return type === "stop" || type === "termination" ? "end" : "plain";
}
