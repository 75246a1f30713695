import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { HistoryRecord } from "#guard/model/run.ts";
import { emptyState } from "#guard/model/state.ts";
import { createRecentEvents } from "#http/view/recent-events.ts";
import { writeRecord } from "#store/history/history-text.ts";
import { tempFolder } from "../../temp-folder.ts";

const hourMs = 3_600_000;
const startMs = Date.UTC(2026, 10, 27);

function record(id: string, atMs: number): HistoryRecord {
  return { id, atMs: startMs + atMs, type: "warn", reason: null, because: id };
}

/** The newest first, of what the file has and what the guard has decided since. */
async function shown(
  written: readonly HistoryRecord[],
  unrecorded: readonly HistoryRecord[],
  isDryRun = false,
) {
  const path = join(tempFolder(), "history.jsonl");
  writeFileSync(path, written.map((each) => `${writeRecord(each)}\n`).join(""));
  const recent = createRecentEvents({
    nowMs: () => startMs,
    isDryRun: () => isDryRun,
    onEvent: () => undefined,
  });
  await recent.read(path);
  recent.decided({ kind: "recorded", ids: [] }, { ...emptyState, unrecorded });
  return recent.list().map(({ id }) => id);
}

describe("what happened last stands first", () => {
  const before = [record("1.1", 2 * hourMs), record("1.2", 3 * hourMs)];
  const since = [record("1.3", hourMs), record("1.4", hourMs + 1)];

  it.each([
    ["in the file", [...before, ...since], []],
    ["of which the file has a part", [...before, ...since.slice(0, 1)], since],
    ["that the file does not have yet", before, since],
  ])("when the clock was set back meanwhile, too: %s", async (_sentence, written, unrecorded) => {
    expect(await shown(written, unrecorded)).toEqual(["1.4", "1.3", "1.2", "1.1"]);
  });

  it("but for what was held back for a while", async () => {
    const late = [record("1.1", 0), record("1.3", 30_000), record("1.2", 20_000)];

    expect(await shown(late, [])).toEqual(["1.3", "1.2", "1.1"]);
  });

  it("in a dry run, beside what another daemon writes, by time", async () => {
    const written = [record("1.1", 0), record("1.2", 3 * hourMs)];
    const own = [record("2.1", hourMs), record("2.2", 4 * hourMs)];

    expect(await shown(written, own, true)).toEqual(["2.2", "1.2", "2.1", "1.1"]);
  });
});
