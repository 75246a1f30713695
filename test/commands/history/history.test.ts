import { EventEmitter } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { history, type HistoryOptions } from "#commands/history/history.ts";
import { exitCodes } from "#errors.ts";
import type { HistoryRecord } from "#guard/model/run.ts";
import { writeRecord } from "#store/history/history-text.ts";
import { tempFolder } from "../../temp-folder.ts";
import { createFakeTerminal, type FakeTerminal } from "../../terminal/fake-terminal.ts";

const hourMs = 3_600_000;

function record(n: number, changes: Partial<HistoryRecord> = {}): HistoryRecord {
  const run = { podId: `p${n}`, podName: "trainer", uptimeMs: 0, costUsd: 0 };
  const atMs = Date.now() - hourMs + n;
  return { id: `${n}`, atMs, type: "start", reason: null, because: "started", run, ...changes };
}

const many = (count: number) => Array.from({ length: count }, (_, n) => record(n));

/** Runs the command on these records; gives its exit code. */
function run(
  records: readonly HistoryRecord[],
  terminal: FakeTerminal,
  options: Partial<HistoryOptions> = {},
  more = "",
): Promise<number> {
  const folder = tempFolder();
  const config = join(folder, "config.json");
  writeFileSync(config, JSON.stringify({ state_file: join(folder, "state.json") }));
  const text = records.map((each) => `${writeRecord(each)}\n`).join("");
  writeFileSync(join(folder, "history.jsonl"), text + more);
  return history({ hours: "24", json: false, verbose: false, config, ...options }, terminal);
}

describe("--json", () => {
  it.each([0, 1, 200, 201, 1_000])("is one object, of %d events", async (count) => {
    const records = many(count);
    const terminal = createFakeTerminal({ columns: 200 });

    const code = await run(records, terminal, { json: true });

    const text = terminal.printed.join("\n");
    const told = JSON.parse(text) as { readonly events: unknown };
    expect(code).toBe(0);
    expect(told.events).toEqual(records.map((each) => JSON.parse(writeRecord(each)) as unknown));
    expect(text).toBe(JSON.stringify(told, null, 2));
  });

  it("hides nothing from the reader of a terminal, and nothing in it moves the cursor", async () => {
    const evil = "a\u001b[2Jb\u202ec";
    const terminal = createFakeTerminal({ columns: 200 });

    await run([record(1, { type: "stop", reason: "idle_30m", because: evil })], terminal, {
      json: true,
    });

    const text = terminal.printed.join("\n");
    expect(text).not.toContain("\u001b");
    expect(text).not.toContain("\u202e");
    expect(JSON.parse(text)).toMatchObject({
      events: [{ because: evil }],
      summary: { ends_by_reason: { idle_30m: 1 } },
    });
  });
});

describe("the text", () => {
  it("sets its columns below each other, of however many parts it is told", async () => {
    const last = record(1_999, { reason: "a_reason_that_is_long" });
    const terminal = createFakeTerminal({ columns: 200 });

    await run([...many(1_999), last], terminal);

    const lines = terminal.printed.join("\n").split("\n\n")[0]?.split("\n") ?? [];
    expect(lines).toHaveLength(2_000);
    expect(new Set(lines.map((line) => line.indexOf("started"))).size).toBe(1);
  });

  it("of many thousand events is told before all were read, and misses none", async () => {
    const terminal = createFakeTerminal({ columns: 200 });

    await run(many(6_000), terminal);

    expect(terminal.printed.length).toBeGreaterThan(2);
    expect(terminal.printed.join("\n").split("\n\n")[0]?.split("\n")).toHaveLength(6_000);
  });

  it("says so when there is none", async () => {
    const terminal = createFakeTerminal({ columns: 200 });

    await run([], terminal);

    expect(terminal.printed.join("\n").split("\n").slice(0, 2)).toEqual(["no events", ""]);
  });
});

it.each([
  ["1 line", "what?\n", /^warning: 1 line of .* could not be read and is left out\n$/],
  ["several", "what?\nhow?\n", /^warning: 2 lines of .* could not be read and are left out\n$/],
])("tells of %s that cannot be read", async (_sentence, more, words) => {
  const terminal = createFakeTerminal({ columns: 200 });

  await run(many(1), terminal, {}, more);

  expect(terminal.told()).toMatch(words);
});

it("refuses a pod that nothing happened to in that time, and says how far it looked", async () => {
  const long = record(0, { atMs: Date.now() - 30 * hourMs });
  const terminal = createFakeTerminal({ columns: 200 });

  await expect(run([long], terminal, { pod: "p0" })).rejects.toMatchObject({
    message: expect.stringMatching(
      /^No pod in the last 24 h of .*history\.jsonl is called "p0"\.$/,
    ) as unknown,
    hint: "Use its id, the start of its id, or its name. To look further back: --hours 168",
  });
  expect(await run([long], terminal, { pod: "p0", hours: "48" })).toBe(0);
});

describe("a reader who is slow", () => {
  /** Takes nothing until told to. */
  function slowTerminal() {
    const terminal = createFakeTerminal({ columns: 200 });
    const stdout = Object.assign(new EventEmitter(), { writableNeedDrain: true });
    return {
      ...terminal,
      stdout: stdout as unknown as NodeJS.WriteStream,
      take: () => stdout.emit("drain"),
      listeners: () => stdout.listenerCount("drain"),
    };
  }

  it("is waited for, with no more than a part in hand", async () => {
    const terminal = slowTerminal();
    const codes: number[] = [];
    const done = run(many(1_000), terminal, { json: true }).then((code) => codes.push(code));
    const parts: number[] = [];

    while (codes.length === 0) {
      await nextTurn();
      if (terminal.listeners() === 0) continue;
      parts.push(terminal.printed.length);
      terminal.take();
    }
    await done;

    expect(parts).toEqual(Array.from({ length: terminal.printed.length }, (_, n) => n + 1));
    expect(parts.length).toBeGreaterThan(5);
    const { events } = JSON.parse(terminal.printed.join("\n")) as { events: unknown[] };
    expect(events).toEqual(expect.arrayContaining([expect.objectContaining({ id: "999" })]));
  });

  it("who leaves with Ctrl-C ends it", async () => {
    const terminal = slowTerminal();
    const done = run(many(1_000), terminal, { json: true });

    while (terminal.listeners() === 0) await nextTurn();
    terminal.interrupt();

    expect(await done).toBe(exitCodes.interrupted);
    expect(terminal.printed).toHaveLength(1);
    expect(terminal.listeners()).toBe(0);
  });
});
