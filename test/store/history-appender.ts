import { identityOf } from "#process/identity.ts";
import { createHistoryFile } from "#store/history/history-file.ts";
import { readRecord } from "#store/history/history-text.ts";
import { rewriteLines } from "#store/files/rewrite-lines.ts";
import { withLock } from "#store/lock/with-lock.ts";

/**
 * Run by the tests: appends so many records to a history, one after the other, called WHO-0, WHO-1
 * and so on. With "rewriting" each is too old, and taken out at once with all that is. With a time each
 * has its moment from then on, so that several processes write theirs together.
 */
const [path, who, count, mode] = process.argv.slice(2);
if (path === undefined) throw new Error("usage: history-appender FILE WHO COUNT [rewriting|TIME]");

const nowMs = Date.UTC(2026, 10, 23);
const patienceMs = 60_000;
const history = createHistoryFile(path, {
  identityOf,
  patienceMs,
  onTrouble: (because) => {
    throw new Error(because);
  },
});
for (let n = 0; n < Number(count); n++) {
  while (Date.now() < Number(mode) + n * 20);
  const atMs = mode === "rewriting" ? 0 : nowMs;
  const because = "x".repeat(200);
  await history.append([{ id: `${who}-${n}`, atMs, type: "notify", reason: null, because }]);
  if (mode !== "rewriting") continue;
  await rewriteLines(path, {
    holds: "history",
    keeps: ({ bytes }) => readRecord(bytes.toString())?.atMs !== 0,
    alone: (work) => withLock(path, identityOf, work, { patienceMs }),
    signal: new AbortController().signal,
  }).catch((error: unknown) => {
    // Another that rewrites was quicker.
    if (!/put in place anew/.test(String(error))) throw error;
  });
}
