import {
  type EndAction,
  isRunning,
  type Pod,
  runStateOf,
  statusWordOf,
} from "#guard/model/account.ts";
import type { RunFacts } from "#guard/model/run.ts";
import { perHour } from "#guard/text.ts";
import { costWords, uptimeWords } from "#operations/end-words.ts";
import { endLoses } from "#report/end-losses.ts";
import { createTable, leftOutLines } from "#terminal/table.ts";

const columns = [
  { heading: "ID" },
  { heading: "NAME", least: 12 },
  { heading: "RATE", goes: 2 },
  { heading: "UPTIME", goes: 3 },
  { heading: "COST SO FAR", goes: 1 },
] as const;
const indent = "  ";

/** What the pods have cost and what ending them costs or loses, shown before it is done. */
export function endTable(
  action: EndAction,
  pods: readonly { readonly pod: Pod; readonly facts: RunFacts }[],
  room: number,
): string {
  const rows = pods.flatMap(({ pod, facts }) => [rowOf(action, pod, facts), ...memberRows(pod)]);
  const { linesOf, leftOut } = createTable({ columns, room: room - indent.length, hasText: true });
  const all = [[...columns.map(({ heading }) => heading), ""], ...rows];
  return [
    ...linesOf(all.map((row) => row.map((text) => ({ text })))),
    ...leftOutLines(leftOut(), "widen the terminal, or see runpodboss status --json"),
  ]
    .map((line) => indent + line)
    .join("\n");
}

function rowOf(action: EndAction, pod: Pod, facts: RunFacts): readonly string[] {
  return [
    pod.id,
    pod.name,
    rateWords(pod),
    isRunning(pod) ? uptimeWords(facts) : `(${statusWordOf(pod)})`,
    isRunning(pod) ? costWords(facts) : "-",
    endLoses(action, pod),
  ];
}

/** So many pods of a cluster are shown one by one. */
const mostMembers = 20;

function memberRows({ cluster }: Pod): readonly (readonly string[])[] {
  if (cluster === undefined) return [];
  const { members } = cluster;
  const more = members.length - mostMembers;
  return [
    ...members
      .slice(0, mostMembers)
      .map((member) => [
        `- ${member.id}`,
        member.name,
        rateWords(member),
        `(${statusWordOf(member)})`,
        "",
        "ends with its cluster",
      ]),
    ...(more > 0 ? [["", `and ${more} more`, "", "", "", "end with it too"]] : []),
  ];
}

function rateWords(pod: Pick<Pod, "status" | "costPerHrUsd">): string {
  if (runStateOf(pod) !== "running") return "-";
  return pod.costPerHrUsd === undefined ? "unknown" : perHour(pod.costPerHrUsd);
}
