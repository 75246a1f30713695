import type { PodAnswer } from "#http/contract/status.ts";
import { element, type Element } from "#page/dom/element.ts";
import { icon, type Icon } from "#page/parts/icon.ts";

/** What keeps a pod from being ended, and what kind it is. */
export function marksOf(pod: PodAnswer): readonly Element[] {
  const { kept_from_ending: kept, is_protected: isProtected, cluster } = pod;
  return [
    ...(isProtected || kept === "protected" ? [mark("protected", "shield", "protected")] : []),
    ...(kept === "locked" ? [mark("locked", "lock", "locked")] : []),
    ...(kept === "unknown" ? [mark("unknown", "unknown", "not known whether protected")] : []),
    ...(cluster === undefined ? [] : [mark("cluster", "play", clusterWords(cluster.pods))]),
  ];
}

/** RunPod's word for what it does, made plain. */
export function statusOf({ status, is_running: isRunning }: PodAnswer): Element {
  const is = isRunning === null ? "unknown" : isRunning ? "running" : "stopped";
  const drawing = { unknown: "unknown", running: "play", stopped: "pause" } as const;
  return element(
    "span",
    { class: "status", "data-is": is },
    icon(drawing[is]),
    status === null ? "status unknown" : plain(status),
  );
}

function mark(key: string, drawing: Icon, words: string): Element {
  return element("span", { key, class: "mark", "data-is": key }, icon(drawing), words);
}

function clusterWords(pods: readonly unknown[] | null): string {
  return pods === null ? "cluster" : `cluster of ${pods.length}`;
}

function plain(status: string): string {
  switch (status) {
    case "RUNNING":
      return "running";
    case "EXITED":
      return "stopped";
    default:
      return status.toLowerCase().replaceAll("_", " ");
  }
}
