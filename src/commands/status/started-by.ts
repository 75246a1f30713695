import type { PodReport } from "#report/pod.ts";
import type { Column } from "#terminal/fit-columns.ts";
import type { Cell } from "#terminal/table.ts";
import { cutTo } from "#terminal/text-width.ts";

const longestWord = 24;

interface CellColumn extends Column {
  readonly cell: (pod: PodReport) => Cell;
}

/** Who started each pod. Only where one was started with this program: else it would say the same of each. */
export function startedByColumn(pods: readonly PodReport[]): readonly CellColumn[] {
  const isTold = pods.some(
    ({ startedBy: { kind } }) => kind === "ours" || kind === "ours-elsewhere",
  );
  return isTold ? [{ heading: "Started By", least: 9, goes: 7, cell: startedByCell }] : [];
}

function startedByCell({ startedBy }: PodReport): Cell {
  switch (startedBy.kind) {
    case "ours": {
      const { kind, agent = "" } = startedBy.by;
      return { text: kind === "agent" && agent !== "" ? cutTo(longestWord, agent) : kind };
    }
    case "ours-elsewhere":
      return { text: "runpodboss elsewhere" };
    case "elsewhere":
      return { text: "elsewhere" };
    case "unknown":
      return { text: "?" };
  }
}
