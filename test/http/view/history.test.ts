import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { HistoryRecord } from "#guard/model/run.ts";
import { historyAnswer } from "#http/contract/history.ts";
import type { Change } from "#http/deps.ts";
import { writeRecord } from "#store/history/history-text.ts";
import { at, blind, hourMs, minuteMs } from "../../guard/samples.ts";
import { tempFolder } from "../../temp-folder.ts";
import { viewed, type Viewed } from "./viewed.ts";

function record(id: string, changes: Partial<HistoryRecord> = {}): HistoryRecord {
  return { id, atMs: at(-10), type: "start", reason: null, because: "started", ...changes };
}

const trainer = { podId: "p1", podName: "trainer", uptimeMs: 30 * minuteMs, costUsd: 0.745 };

/** The guard, with a history that has these records. */
async function withRecords(
  records: readonly HistoryRecord[],
  options: Parameters<typeof viewed>[0] = {},
): Promise<Viewed & { readonly add: (record: HistoryRecord) => void; readonly history: string }> {
  const history = join(tempFolder(), "history.jsonl");
  const add = (...more: readonly HistoryRecord[]): void =>
    appendFileSync(history, more.map((each) => `${writeRecord(each)}\n`).join(""));
  add(...records);
  const guard = await viewed({ files: { history, samples: "/nowhere" }, ...options });
  return { ...guard, add, history };
}

const ask = async ({ app }: Viewed, query: string) => {
  const answer = await app.request(`/api/history${query}`);
  return { status: answer.status, json: await answer.json() };
};

const begun = new AbortController().signal;

describe("GET /api/history", () => {
  it("has the events of the last day, the newest first, as the command has them", async () => {
    const guard = await withRecords([
      record("old", { atMs: at(0) - 25 * hourMs }),
      record("a", { type: "stop", reason: "idle_30m", run: trainer, because: "idle" }),
      record("b", { atMs: at(-5) }),
    ]);

    const { status, json } = await ask(guard, "");

    expect(status).toBe(200);
    expect(historyAnswer.parse(json)).toEqual({
      events: [
        expect.objectContaining({ id: "b", pod_id: null, uptime_minutes: null, cost_usd: null }),
        {
          id: "a",
          at: new Date(at(-10)).toISOString(),
          type: "stop",
          reason: "idle_30m",
          because: "idle",
          pod_id: "p1",
          pod_name: "trainer",
          uptime_minutes: 30,
          cost_usd: 0.745,
        },
      ],
      is_cut: false,
      next_before: null,
      unreadable: 0,
    });
  });

  it("has those of one pod, of one type, and since a time", async () => {
    const guard = await withRecords([
      record("a", { atMs: at(-300), run: trainer }),
      record("b", { atMs: at(-20), type: "stop", run: trainer }),
      record("c", { atMs: at(-10), type: "stop", run: { podId: "p2", podName: "sdxl" } }),
    ]);
    const ids = async (query: string): Promise<readonly string[]> =>
      historyAnswer.parse((await ask(guard, query)).json).events.map(({ id }) => id);

    expect(await ids("?pod=trainer")).toEqual(["b", "a"]);
    expect(await ids("?type=stop&pod=p1")).toEqual(["b"]);
    expect(await ids(`?since=${at(-15) / 1_000}`)).toEqual(["c"]);
    expect(await ids(`?since=${new Date(at(-20)).toISOString()}`)).toEqual(["c", "b"]);
    expect(await ids("?pod=nobody")).toEqual([]);
  });

  it("has 500 at most, and says that there are more", async () => {
    const guard = await withRecords(Array.from({ length: 501 }, (_, n) => record(`${n}`)));

    const { events, is_cut } = historyAnswer.parse((await ask(guard, "")).json);

    expect([events.length, events[0]?.id, is_cut]).toEqual([500, "500", true]);
  });

  /** All pages, by their ids, as whoever follows `next_before` gets them. */
  async function pages(guard: Viewed, query: string, between: () => void = () => undefined) {
    const all: string[][] = [];
    for (let before: string | null = ""; before !== null && all.length < 9;) {
      const asked: string = before === "" ? query : `${query}&before=${before}`;
      const answer = historyAnswer.parse((await ask(guard, asked)).json);
      all.push(answer.events.map(({ id }) => id));
      before = answer.next_before;
      between();
    }
    return all;
  }

  it("has the older ones page by page, each once, though all have the same time and more are added", async () => {
    const guard = await withRecords(Array.from({ length: 1_203 }, (_, n) => record(`${n}`)));
    let added = 0;

    const all = await pages(guard, "?since=0", () => guard.add(record(`new ${(added += 1)}`)));

    expect(all.map(({ length }) => length)).toEqual([500, 500, 203]);
    expect(all.flat()).toEqual(Array.from({ length: 1_203 }, (_, n) => `${1_202 - n}`));
  });

  it("has the older ones of one pod and one type, across a clock that was set back", async () => {
    const guard = await withRecords(
      Array.from({ length: 1_600 }, (_, n) =>
        record(`${n}`, {
          atMs: at(n < 800 ? n / 100 : n / 100 - 700),
          ...(n % 2 === 0 && { type: "stop", run: trainer }),
        }),
      ),
    );

    const all = await pages(guard, "?since=0&pod=trainer&type=stop");

    expect(all.flat()).toEqual(Array.from({ length: 800 }, (_, n) => `${1_598 - 2 * n}`));
  });

  it("goes on where it was after the file was pruned", async () => {
    const guard = await withRecords(Array.from({ length: 1_100 }, (_, n) => record(`${n}`)));
    let isPruned = false;

    const all = await pages(guard, "?since=0", () => {
      if (isPruned) return;
      isPruned = true;
      const lines = readFileSync(guard.history, "utf8").split("\n");
      writeFileSync(guard.history, lines.slice(100).join("\n"));
    });

    expect(all.flat()).toEqual(Array.from({ length: 1_000 }, (_, n) => `${1_099 - n}`));
  });

  it("has none that are older than what is too old by now", async () => {
    const guard = await withRecords(Array.from({ length: 501 }, (_, n) => record(`${n}`)));
    const { next_before: before } = historyAnswer.parse((await ask(guard, "?since=0")).json);

    const { json } = await ask(guard, `?since=${at(0) / 1_000}&before=${before}`);

    expect(json).toMatchObject({ events: [], is_cut: false, next_before: null });
  });

  it("says that an event is not there, or not of what is asked for", async () => {
    const guard = await withRecords(
      Array.from({ length: 501 }, (_, n) => record(`${n}`, { run: trainer })),
    );
    guard.add(record("other", { run: { podId: "p2", podName: "sdxl" } }));
    const { next_before: before } = historyAnswer.parse((await ask(guard, "?since=0")).json);
    const gone = {
      status: 400,
      json: {
        error: "The event that before stands for is not among what is asked for.",
        hint: "Ask as for the page before, or anew without before.",
      },
    };

    expect(await ask(guard, `?since=0&pod=p2&before=${before}`)).toEqual(gone);
    expect(await ask(guard, `?since=0&before=0-${"x".repeat(22)}`)).toEqual(gone);
    expect(await ask(guard, `?since=0&before=${"9".repeat(15)}-${"x".repeat(22)}`)).toEqual(gone);
  });

  it.each([
    ["?since=yesterday", "since: must be a time such as 2026-11-27T09:00:00Z"],
    ["?since=1&since=2", "since: is given more than once"],
    ["?type=stopp", "type: must be one of trip, rearm"],
    ["?pod=", "pod: must not be empty"],
    [`?pod=${"x".repeat(201)}`, "pod: must have at most 200 characters"],
    ["?before=", "before: must be the next_before of an answer"],
    ["?before=12", "before: must be the next_before of an answer"],
    [`?before=${"1".repeat(16)}-${"x".repeat(22)}`, "before: must be the next_before of an answer"],
    [`?before=1-${"x".repeat(999)}`, "before: must be the next_before of an answer"],
    ["?before=1&before=2", "before: is given more than once"],
    ["?hours=2", "hours: is not known here"],
  ])("says what is wrong with %s", async (query, words) => {
    const { status, json } = await ask(await withRecords([]), query);

    expect(status).toBe(400);
    expect(json).toEqual({ error: expect.stringContaining(words), hint: "See /api/openapi.json." });
  });

  it("asks for more of an id that means several pods", async () => {
    const guard = await withRecords([
      record("a", { run: { podId: "abc1", podName: "one" } }),
      record("b", { run: { podId: "abc2", podName: "two" } }),
    ]);

    expect(await ask(guard, "?pod=abc")).toMatchObject({
      status: 400,
      json: { error: "abc matches pods one (abc1), two (abc2)." },
    });
  });

  it("says that it cannot be read, and is no empty list then", async () => {
    const folder = tempFolder();
    mkdirSync(join(folder, "history.jsonl"));
    const files = { history: join(folder, "history.jsonl"), samples: "/nowhere" };

    const { status, json } = await ask(await viewed({ files }), "");

    expect(status).toBe(500);
    expect(json).toMatchObject({ error: expect.stringContaining("cannot be read") });
  });

  it("reads for one after the other, and lets only so many wait", async () => {
    const guard = await withRecords([record("a")]);

    const answers = await Promise.all(Array.from({ length: 15 }, () => ask(guard, "")));

    const count = (wanted: number) => answers.filter(({ status }) => status === wanted).length;
    expect([count(200), count(503)]).toEqual([10, 5]);
    expect((await ask(guard, "")).status).toBe(200);
  });
});

describe("the last events", () => {
  it("are those of the file at first, and then what is decided and what others write", async () => {
    const guard = await withRecords([record("a"), record("b", { atMs: at(-5) })]);
    const told: string[] = [];
    guard.view.follow((change: Change) => {
      if (change.kind === "event") told.push(change.event.because);
    });
    await guard.view.begin(begun);
    expect(guard.view.status().events.map(({ id }) => id)).toEqual(["b", "a"]);

    guard.poll({ balanceUsd: 9 });
    guard.add(record("of-a-command", { atMs: at(1.5), type: "touch", because: "by hand" }));
    await guard.clock.advanceTo(at(1));
    guard.poll({ balanceUsd: 9 });

    await expect.poll(() => told.filter((words) => words === "by hand")).toHaveLength(1);
    expect(told).toContain("balance $9.00 is below $10.00");
    await guard.clock.advanceTo(at(2));
    expect(guard.view.status().events[0]?.id).toBe("of-a-command");
  });

  it("still have an end that many starts came after", async () => {
    const starts = Array.from({ length: 60 }, (_, n) =>
      record(`s${n}`, { atMs: at(-1), type: "start", because: "started" }),
    );
    const guard = await withRecords([
      record("end", { atMs: at(-5), type: "stop" }),
      record("older", { atMs: at(-6), type: "stop" }),
      ...starts,
    ]);
    await guard.view.begin(begun);

    const { events } = guard.view.status();

    expect(events).toHaveLength(20);
    expect(events.slice(-2).map(({ id }) => id)).toEqual(["end", "older"]);
  });

  it("are told once, though they are decided first and written later", async () => {
    const guard = await withRecords([]);
    const told: string[] = [];
    guard.view.follow((change) => change.kind === "event" && told.push(change.event.id));
    await guard.view.begin(begun);
    guard.poll({ balanceUsd: 9 });
    const { unrecorded } = guard.state();

    for (const each of unrecorded) guard.add(each);
    guard.take({ kind: "recorded", ids: unrecorded.map(({ id }) => id) });
    guard.add(record("later", { atMs: at(1) }));
    guard.poll({ balanceUsd: 9 });

    await expect.poll(() => told).toContain("later");
    expect(unrecorded).not.toEqual([]);
    expect(told.filter((id) => unrecorded.some((each) => each.id === id))).toEqual(
      unrecorded.map(({ id }) => id),
    );
  });

  it("are kept in a dry run, which writes none", async () => {
    const guard = await withRecords([], { settings: { dryRun: true } });
    await guard.view.begin(begun);
    guard.poll({ balanceUsd: 9 });

    guard.take({ kind: "recorded", ids: guard.state().unrecorded.map(({ id }) => id) });
    await guard.clock.advanceTo(at(1));

    expect(guard.view.status().events.map(({ type }) => type)).toContain("trip");
  });

  it("leave out what a command may be about to write", async () => {
    const guard = await withRecords([]);
    await guard.view.begin(begun);
    guard.poll();
    await guard.clock.advanceTo(at(1));

    guard.poll({ pods: [], burnPerHrUsd: 0 });
    await guard.clock.advanceTo(at(1) + 1_000);

    expect(guard.state().unrecorded.map(({ type }) => type)).toContain("termination");
    expect(guard.view.status().events.map(({ type }) => type)).not.toContain("termination");
  });

  it("say when they cannot be read", async () => {
    const folder = tempFolder();
    mkdirSync(join(folder, "history.jsonl"));
    const guard = await viewed({
      files: { history: join(folder, "history.jsonl"), samples: "/nowhere" },
    });
    guard.poll(blind(at(0)));
    await guard.view.begin(begun);

    const { troubles, saved } = guard.view.status();

    expect(troubles).toEqual([expect.stringContaining("the last events could not be read: ")]);
    expect(saved).toMatchObject({
      at_most_usd: null,
      words: expect.stringContaining("saved: unknown"),
    });
  });
});

describe("what was saved", () => {
  const stop = record("s", {
    type: "stop",
    reason: "idle_30m",
    atMs: at(-120),
    run: { ...trainer, costPerHrUsd: 2 },
  });

  it("is what the guard's ends of the last 30 days come to", async () => {
    const guard = await withRecords([stop]);
    expect(guard.view.status().saved).toMatchObject({ at_most_usd: null, days: 30 });

    await guard.view.begin(begun);
    await guard.clock.advanceTo(at(0) + 2_000);

    expect(guard.view.status().saved).toEqual({
      at_most_usd: 4.0011,
      unknown: 0,
      days: 30,
      words: expect.stringContaining("saved: at most $4.00, runpodboss stopped 1 run (idle_30m)"),
    });
  });

  it("is read anew once a pod has ended, but not at every poll", async () => {
    const guard = await withRecords([]);
    const told: string[] = [];
    guard.view.follow((change) => change.kind === "event" && told.push(change.event.id));
    await guard.view.begin(begun);
    guard.add(stop);
    guard.poll();
    await expect.poll(() => told).toContain(stop.id);
    expect(guard.view.status().saved.at_most_usd).toBe(0);

    await guard.clock.advanceTo(at(6));
    guard.poll();

    const saved = async () => {
      await guard.clock.advanceTo(guard.clock.nowMs() + 1_000);
      return guard.view.status().saved.at_most_usd;
    };
    await expect.poll(saved).toBeCloseTo(4.2, 1);
  });
});
