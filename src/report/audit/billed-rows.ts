import type { Billing, Holdings } from "#guard/model/holdings.ts";
import { type AuditRow, hoursInDay, pages, type What } from "./row.ts";

/** What was billed of one kind, whatever it was for. */
interface Group {
  readonly what: What;
  readonly isOf: (category: string) => boolean;
  /** The rows that it is the bill of. */
  readonly explainedBy: readonly What[];
  readonly endWith: string;
}

const groups: readonly Group[] = [
  {
    what: "sandboxes",
    isOf: (category) => /sandbox/i.test(category),
    explainedBy: [],
    endWith: pages.console,
  },
  {
    what: "public endpoints",
    isOf: (category) => category === "endpointAmount",
    explainedBy: [],
    endWith: pages.console,
  },
  {
    what: "serverless",
    isOf: (category) => category.startsWith("serverless"),
    explainedBy: ["serverless endpoint"],
    endWith: pages.serverless,
  },
  {
    what: "network storage",
    isOf: (category) => category.startsWith("storage"),
    explainedBy: ["network volume"],
    endWith: pages.storage,
  },
  {
    what: "clusters",
    isOf: (category) => category.startsWith("cluster"),
    explainedBy: ["cluster"],
    endWith: pages.console,
  },
  // A pod that has ended since was billed too: that is none of what burns.
  { what: "pod", isOf: (category) => category.startsWith("pod"), explainedBy: [], endWith: "" },
  { what: "other", isOf: () => true, explainedBy: [], endWith: pages.console },
];

/** Prices of a list differ a little from what is billed. */
const tolerance = 0.05;
const leastPerDayUsd = 0.01;

/** What was billed in the last hours and no row explains. */
export function billedRows({ billing }: Holdings, rows: readonly AuditRow[]): readonly AuditRow[] {
  if (billing.kind === "unread") return [];
  const billed = billing.value;
  return groups.flatMap(({ what, explainedBy, endWith }, n) => {
    if (what === "pod") return [];
    const isMine = (category: string): boolean =>
      groups.findIndex((group) => group.isOf(category)) === n;
    const mine = Object.entries(billed.usd).filter(([category]) => isMine(category));
    const perDayUsd = perDay(mine, billed);
    const known = rows
      .filter((row) => explainedBy.includes(row.what))
      .reduce((sum, row) => sum + (row.perDayUsd ?? 0), 0);
    const rest = perDayUsd - known;
    const unusable = billed.unusable.filter(isMine);
    if (unusable.length > 0) {
      const because = `RunPod's bill of the last hours cannot be read here: ${unusable.join(", ")}`;
      return billedRow(what, undefined, because, endWith);
    }
    if (rest < leastPerDayUsd || rest < perDayUsd * tolerance) return [];
    const when = billed.isSoFar ? "in this hour so far" : `in the last ${hours(billed)}`;
    const more = known > 0 ? "more than the rows of it explain" : `by ${categories(mine)}`;
    return billedRow(what, rest, `billed ${when}, ${more}; it may be over`, endWith);
  });
}

/** Whether the bill would tell of this, if there were any. */
export function hasCategory({ usd, unusable }: Billing, what: What): boolean {
  const group = groups.find((each) => each.what === what);
  return [...Object.keys(usd), ...unusable].some((category) => group?.isOf(category));
}

function billedRow(
  what: What,
  perDayUsd: number | undefined,
  because: string,
  endWith: string,
): AuditRow {
  return { what, id: undefined, name: "", perDayUsd, priceFrom: "billing", because, endWith };
}

function perDay(amounts: readonly (readonly [string, number])[], { hours: span }: Billing): number {
  return (amounts.reduce((sum, [, usd]) => sum + usd, 0) / span) * hoursInDay;
}

function hours({ hours: span }: Billing): string {
  return span === 1 ? "hour" : `${span} hours`;
}

function categories(amounts: readonly (readonly [string, number])[]): string {
  return amounts.flatMap(([category, usd]) => (usd > 0 ? [category] : [])).join(", ");
}
