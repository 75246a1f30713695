import { podWords, usd } from "#guard/text.ts";
import type { AuditReport } from "./audit.ts";
import type { AuditRow } from "./row.ts";

const mostNamed = 3;
const longest = 400;

/**
 * What no pod explains, in one line, to be joined to a notice; undefined when there is nothing to say.
 * `serverless endpoint my-llm (e1), about $11.52/day; not readable: clusters`.
 */
export function auditWords({ rows, unread }: AuditReport): string | undefined {
  const found = rows.filter(({ what }) => what !== "pod");
  const named = found.slice(0, mostNamed).map(rowWords);
  const more = found.length - named.length;
  const missing = unread.filter(({ what }) => what !== "sandboxes").map(({ what }) => what);
  const parts = [
    ...named,
    ...(more > 0 ? [`and ${more} more (runpodboss audit)`] : []),
    ...(found.length === 0 && missing.length > 0 ? ["nothing found"] : []),
    ...(missing.length > 0 ? [`not readable: ${missing.join(", ")}`] : []),
  ];
  return parts.length === 0 ? undefined : cut(parts.join("; "));
}

function rowWords(row: AuditRow): string {
  const { what, id, name } = row;
  const which = id === undefined ? what : `${what} ${podWords({ id, name })}`;
  return `${which}, ${perDayWords(row)}`;
}

/** What it costs a day, and whether that is from a list. */
function perDayWords({ perDayUsd, priceFrom }: AuditRow): string {
  if (perDayUsd === undefined) return "cost unknown";
  return `${priceFrom === "account" ? "" : "about "}${usd(perDayUsd)}/day`;
}

function cut(text: string): string {
  return text.length <= longest
    ? text
    : `${Array.from(text)
        .slice(0, longest - 1)
        .join("")}…`;
}
