import { identityOf } from "#process/identity.ts";
import { createHistoryFile } from "#store/history-file.ts";

/**
 * Run by the tests: appends so many records to a history, one after the other, called WHO-0, WHO-1
 * and so on. With "pruning" each is too old, and pruned at once with all that is. With a time each
 * has its moment from then on, so that several processes write theirs together.
 */
const [path, who, count, mode] = process.argv.slice(2);
if (path === undefined) throw new Error("usage: history-appender FILE WHO COUNT [pruning|TIME]");

const nowMs = Date.UTC(2026, 10, 23);
for (let n = 0; n < Number(count); n++) {
  while (Date.now() < Number(mode) + n * 20);
  const history = createHistoryFile(path, {
    identityOf,
    nowMs: () => nowMs,
    days: () => 10_000,
    patienceMs: 60_000,
    onTrouble: (because) => {
      throw new Error(because);
    },
  });
  await history.append([
    {
      id: `${who}-${n}`,
      atMs: mode === "pruning" ? 0 : nowMs,
      type: "notify",
      reason: null,
      because: "x".repeat(200),
    },
  ]);
}
