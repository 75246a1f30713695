import type { List, Part } from "#guard/model/holdings.ts";
import { type Read, unread } from "./reader.ts";

/** More than any account holds. */
const mostRows = 20_000;

/** The rows of a list in an answer. A row that does not say what it is of is counted. */
export function listIn<Row>(
  read: Read,
  key: string,
  rowIn: (found: unknown) => Row | undefined,
): Part<List<Row>> {
  if (read.kind === "unread") return read;
  const found = read.value[key];
  if (!Array.isArray(found)) return unread("the answer has no list");
  if (found.length > mostRows) {
    return unread(`the answer has ${found.length} rows, and at most ${mostRows} are read`);
  }
  const rows = found.map(rowIn).filter((row) => row !== undefined);
  return { kind: "read", value: { rows, unreadable: found.length - rows.length } };
}
