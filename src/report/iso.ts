/** The years that every reader of such times knows. */
const [firstMs, lastMs] = [0, Date.UTC(9999, 11, 31, 23, 59, 59, 999)];

/** A moment for JSON, in UTC; null where there is none, or none that such a time could say. */
export function isoOrNull(atMs: number | undefined): string | null {
  const isOne = atMs !== undefined && atMs >= firstMs && atMs <= lastMs;
  return isOne ? new Date(atMs).toISOString() : null;
}
