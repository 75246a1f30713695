import type { PodAnswer } from "#http/contract/status.ts";
import { element, type Element } from "#page/dom/element.ts";
import { clockOf, type Scene } from "#page/state/scene.ts";
import { ago } from "#page/words/spans.ts";
import { cards } from "./cards.ts";
import { table } from "./table.ts";

/** The pods. What nobody has seen is said to be unknown, never shown as none. */
export function pods(scene: Scene): Element {
  const { pods: all, unreadable_pods: unreadable } = scene.status;
  return element(
    "section",
    { class: "panel pods", id: "pods", tabindex: -1, "aria-labelledby": "pods-title" },
    element(
      "h2",
      { id: "pods-title" },
      "Pods",
      all !== null && element("span", { class: "count" }, ` ${countWords(all)}`),
    ),
    oldness(scene),
    all === null ? unknown(scene) : all.length === 0 ? nothing(scene) : list(all, scene),
    unreadable > 0 &&
      element(
        "p",
        { class: "warning" },
        `RunPod also lists ${unreadable === 1 ? "1 pod" : `${unreadable} pods`} that cannot be read. What they are and cost is unknown.`,
      ),
  );
}

/** What nobody knows to run is not counted as if it did. */
function countWords(all: readonly PodAnswer[]): string {
  const running = all.filter(({ is_running: isRunning }) => isRunning === true).length;
  const unknowns = all.filter(({ is_running: isRunning }) => isRunning === null).length;
  if (unknowns === 0) return `${running} running`;
  const unsure = `${unknowns} may run`;
  return running === 0 ? unsure : `${running} running, ${unsure}`;
}

function list(all: readonly PodAnswer[], scene: Scene): Element {
  // Otherwise as they came: what jumps about is pressed by mistake.
  const ordered = all.toSorted((a, b) => rank(a) - rank(b));
  return scene.isWide ? table(ordered, scene) : cards(ordered, scene);
}

function rank({ is_running: isRunning }: PodAnswer): number {
  return isRunning === false ? 1 : 0;
}

function oldness(scene: Scene): Element | false {
  const { pods_because: because, pods_seen_at: seenAt, pods: all } = scene.status;
  if (because === null || all === null) return false;
  const when =
    seenAt === null
      ? "They are as they were last seen"
      : `They are as they were seen ${ago(scene.nowMs - Date.parse(seenAt))}, at ${clockOf(scene, seenAt)}`;
  return element("p", { key: "old", class: "warning" }, `${when}: ${because}`);
}

function unknown({ status }: Scene): Element {
  return element(
    "p",
    { key: "unknown", class: "warning" },
    `Which pods run is unknown${status.pods_because === null ? "." : `: ${status.pods_because}`}`,
  );
}

function nothing({ status }: Scene): Element {
  const isSure = status.pods_because === null && status.unreadable_pods === 0;
  return element(
    "p",
    { key: "none", class: "empty" },
    isSure ? "No pods. Nothing runs, nothing is stopped." : "No pods were listed.",
  );
}
