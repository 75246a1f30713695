import { type ClusterMember, statusWordOf } from "#guard/model/account.ts";
import { clusterWords, perHour } from "#guard/text.ts";
import { createTable } from "#terminal/table.ts";
import { cutTo } from "#terminal/text-width.ts";

/** So many members are shown one by one. */
const mostShown = 10;
const longest = 24;
const indent = "  ";

interface Shown {
  readonly id: string;
  readonly name: string;
  readonly costPerHrUsd: number | undefined;
  readonly cluster?: { readonly members: readonly ClusterMember[] | undefined } | undefined;
}

/** What a cluster's row in a table of pods stands for: its pods, and their costs; nothing for a pod. */
export function clusterLines({ cluster, ...row }: Shown, room: number): readonly string[] {
  const members = cluster?.members;
  if (members === undefined) return [];
  const rows = members
    .slice(0, mostShown)
    .map(({ id, name, ...member }) => [
      { text: cutTo(longest, id) },
      { text: cutTo(longest, name) },
      { text: cutTo(longest, statusWordOf(member)) },
      { text: member.costPerHrUsd === undefined ? "cost unknown" : perHour(member.costPerHrUsd) },
    ]);
  const more = members.length - rows.length;
  const { linesOf } = createTable({ columns, room: room - indent.length });
  return [
    `${clusterWords({ ...row, cluster: { members } })}, ended only as a whole:`,
    ...linesOf(rows).map((line) => indent + line),
    ...(more > 0 ? [`${indent}and ${more} more, see --json`] : []),
  ];
}

const columns = [
  { heading: "the id" },
  { heading: "the name", least: 8, goes: 2 },
  { heading: "the status", goes: 1 },
  { heading: "the price" },
] as const;
