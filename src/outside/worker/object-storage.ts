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

const createTable =
  "CREATE TABLE IF NOT EXISTS kept (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID";

/** Rows of one table: each write costs, so that nothing is written that stands there already. */
export function keptIn(storage: ObjectStorage): Kept {
  const { sql } = storage;
  let isThere = false;

  /** Whoever is only asked writes nothing: not even the table. */
  function hasTable(): boolean {
    isThere ||= sql.exec("SELECT name FROM sqlite_master WHERE name = 'kept'").toArray().length > 0;
    return isThere;
  }

  function read(): Readonly<Record<string, string>> {
    if (!hasTable()) return {};
    const rows = sql.exec("SELECT key, value FROM kept").toArray();
    return Object.fromEntries(rows.map(({ key, value }) => [String(key), String(value)]));
  }

  return {
    read: () => Promise.resolve(read()),
    write(changes) {
      const before = read();
      storage.transactionSync(() => {
        if (!hasTable()) sql.exec(createTable);
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
