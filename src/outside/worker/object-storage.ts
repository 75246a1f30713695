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
  /** Null: none is set, or it goes off now. */
  getAlarm(): Promise<number | null>;
  deleteAlarm(): Promise<void>;
}

const createTable =
  "CREATE TABLE IF NOT EXISTS kept (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID";

/**
 * Rows of one table. Each read and write of one costs, and so does each alarm that is set: nothing is written that
 * stands there already, and nothing read twice. Nobody else writes there while this object lives.
 */
export function keptIn(storage: ObjectStorage): Kept {
  const { sql } = storage;
  let isThere = false;
  let known: Readonly<Record<string, string>> | undefined;

  /** Whoever is only asked writes nothing: not even the table. */
  function hasTable(): boolean {
    isThere ||= sql.exec("SELECT name FROM sqlite_master WHERE name = 'kept'").toArray().length > 0;
    return isThere;
  }

  function read(): Readonly<Record<string, string>> {
    if (known !== undefined) return known;
    const rows = hasTable() ? sql.exec("SELECT key, value FROM kept").toArray() : [];
    known = Object.fromEntries(rows.map(({ key, value }) => [String(key), String(value)]));
    return known;
  }

  return {
    read: () => Promise.resolve(read()),
    write(changes) {
      const before = read();
      // Until all of it is written, nothing is known.
      known = undefined;
      storage.transactionSync(() => {
        if (!hasTable()) sql.exec(createTable);
        for (const [key, value] of Object.entries(changes)) {
          if (value === before[key]) continue;
          if (value === undefined) sql.exec("DELETE FROM kept WHERE key = ?", key);
          else sql.exec("INSERT OR REPLACE INTO kept (key, value) VALUES (?, ?)", key, value);
        }
      });
      const after = Object.entries({ ...before, ...changes }).flatMap(([key, value]) =>
        value === undefined ? [] : [[key, value] as const],
      );
      known = Object.fromEntries(after);
      return Promise.resolve();
    },
    wakeAt: (atMs) => storage.setAlarm(atMs),
    async wakeBy(atMs) {
      const setMs = await storage.getAlarm();
      if (setMs === null || setMs > atMs) await storage.setAlarm(atMs);
    },
    async forget() {
      await storage.deleteAlarm();
      if (hasTable()) sql.exec("DELETE FROM kept");
      known = {};
    },
  };
}
