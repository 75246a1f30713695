import type { Kept } from "#outside/kept.ts";

/** What is used of a Durable Object's storage, which a platform of this kind gives. */
export interface ObjectStorage {
  readonly sql: {
    exec(
      query: string,
      ...values: readonly (string | number)[]
    ): { toArray(): readonly Readonly<Record<string, unknown>>[] };
  };
  transactionSync(work: () => void): void;
  setAlarm(atMs: number): Promise<void>;
}

/** Rows of one table: each write costs, so that nothing is written that stands there already. */
export function keptIn(storage: ObjectStorage): Kept {
  const { sql } = storage;
  sql.exec(
    "CREATE TABLE IF NOT EXISTS kept (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
  );
  const read = (): Readonly<Record<string, string>> =>
    Object.fromEntries(
      sql
        .exec("SELECT key, value FROM kept")
        .toArray()
        .map(({ key, value }) => [String(key), String(value)]),
    );
  return {
    read: () => Promise.resolve(read()),
    write(changes) {
      const before = read();
      storage.transactionSync(() => {
        for (const [key, value] of Object.entries(changes)) {
          if (value === before[key]) continue;
          if (value === undefined) sql.exec("DELETE FROM kept WHERE key = ?", key);
          else sql.exec("INSERT OR REPLACE INTO kept (key, value) VALUES (?, ?)", key, value);
        }
      });
      return Promise.resolve();
    },
    wakeAt: (atMs) => storage.setAlarm(atMs),
  };
}
