import { localTime } from "#terminal/local-time.ts";
import { hourMs } from "#guard/model/time.ts";
import { perHour, plainNumber, spanWords, usd } from "#guard/text.ts";
import type { Estimate, Reached } from "#report/launch/estimate.ts";
import { createTable } from "#terminal/table.ts";

/** What a pod would cost and what becomes of the balance, as lines for a terminal of so many columns. */
export function estimatePanel(estimate: Estimate, room: number): readonly string[] {
  const { linesOf } = createTable({ columns: [{ heading: "" }], room, hasText: true });
  const rows = [...costRows(estimate), ...balanceRows(estimate)];
  return linesOf(rows.map((row) => row.map((text) => ({ text }))));
}

type Row = readonly [string, string];

function costRows({ wanted, price, endsAtMs }: Estimate): readonly Row[] {
  const { offer, gpuCount, cloud, forMs, containerDiskGb } = wanted;
  const memory = offer.memoryGb === undefined ? "" : `, ${offer.memoryGb} GB each`;
  const stock = offer[cloud].stock;
  return [
    ["GPU", `${gpuCount} × ${offer.name}${memory}, ${cloud} cloud, stock ${stock}`],
    ["Rate", perHour(price.computePerHrUsd)],
    ["Duration", `${plainNumber(forMs / hourMs)} h, until ${localTime(endsAtMs)}`],
    ["Compute", usd(price.computeUsd)],
    [
      "Storage",
      `${usd(price.storageUsd)} for ${price.storageGb} GB${containerDiskGb === undefined ? ", without the template's own" : ""}`,
    ],
    ["Total", usd(price.totalUsd)],
  ];
}

function balanceRows(estimate: Estimate): readonly Row[] {
  const { balanceUsd, burnPerHrUsd, balanceAtEndUsd, price, reached } = estimate;
  const burning =
    burnPerHrUsd === undefined
      ? "what burns is unknown"
      : `burning ${perHour(burnPerHrUsd)}, with this pod ${perHour(burnPerHrUsd + price.perHrUsd)}`;
  return [
    ["Balance now", `${usd(balanceUsd)}, ${burning}`],
    ["At its end", atEndWords(balanceAtEndUsd)],
    ...reached.map((each): Row => [titleOf(each), reachedWords(each, estimate)]),
  ];
}

function atEndWords(balanceUsd: number | undefined): string {
  if (balanceUsd === undefined) return "unknown";
  return balanceUsd < 0 ? `nothing left, ${usd(-balanceUsd)} short` : usd(balanceUsd);
}

function titleOf({ kind, name }: Reached): string {
  return kind === "zero" ? "$0" : `${kind === "threshold" ? "Below" : "Budget"} ${name}`;
}

function reachedWords({ kind, levelUsd, is, atMs }: Reached, { atMs: nowMs }: Estimate): string {
  const level = kind === "zero" || levelUsd === undefined ? "" : ` (${usd(levelUsd)})`;
  switch (is) {
    case "reached":
      return `already${level}`;
    case "ahead":
      return atMs === undefined
        ? `unknown${level}`
        : `in ${spanWords(atMs - nowMs)}, at ${localTime(atMs)}${level}`;
    case "never":
      return `${kind === "budget" ? "not in its period" : "not as things stand"}${level}`;
    case "unknown":
      return `unknown${level}`;
  }
}
