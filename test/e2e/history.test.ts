import * as fs from "node:fs";
import { join } from "node:path";
import { describe, expect, it, type TestContext } from "vitest";
import type { HistoryRecord } from "#guard/model/run.ts";
import { writeRecord } from "#store/history/history-text.ts";
import { type Ended, type Guard, guardWith } from "./guard.ts";

const hourMs = 3_600_000;
const pod = { podId: "abc1", podName: "trainer", costPerHrUsd: 1.5 };

function record(hoursAgo: number, changes: Partial<HistoryRecord>): HistoryRecord {
  return {
    id: `r${hoursAgo}`,
    atMs: Date.now() - hoursAgo * hourMs,
    type: "start",
    reason: null,
    because: "started",
    ...changes,
  };
}

/** An end of ours 10 hours ago, one of others', and what was before and between. */
function night(): readonly HistoryRecord[] {
  return [
    record(30, { type: "trip", reason: "warning", because: "balance $9.9 is below $10.00" }),
    record(20, { run: { ...pod, uptimeMs: 0, costUsd: 0 } }),
    record(10, {
      type: "stop",
      reason: "idle_30m",
      because: "idle for 30 min",
      run: { ...pod, uptimeMs: 10 * hourMs, costUsd: 15 },
    }),
    // Held back for three minutes before it was written.
    record(10.05, { run: { podId: "abd2", podName: "sdxl", uptimeMs: 0 } }),
    record(2, {
      type: "termination",
      reason: "ended_elsewhere",
      because: "it was terminated\nby someone else",
      run: { podId: "abd2", podName: "sdxl" },
    }),
  ];
}

/** A guard with this history, no key, and an account that nobody reaches. */
async function guardAfter(
  test: TestContext,
  records: readonly HistoryRecord[] = night(),
  more = "",
): Promise<Guard> {
  const guard = await guardWith(test);
  guard.simulator.failAll("drop");
  guard.write("history.jsonl", records.map((each) => `${writeRecord(each)}\n`).join("") + more);
  return guard;
}

function run(guard: Guard, ...args: readonly string[]): Promise<Ended> {
  return guard.call([...args, "-c", guard.config], { RUNPOD_API_KEY: undefined }).ended;
}

function history(guard: Guard, ...args: readonly string[]): Promise<Ended> {
  return run(guard, "history", ...args);
}

/** The events' lines: without their time, one space between what they tell. */
function eventsIn({ stdout }: Ended): readonly string[] {
  const [events = ""] = stdout.split("\n\n");
  return events.split("\n").map((line) => line.slice(21).replaceAll(/ {2,}/g, " "));
}

describe.concurrent("history", () => {
  it("tells every event of a day, oldest first, and what it came to, without key or account", async (test) => {
    const guard = await guardAfter(test);

    const ended = await history(guard);

    expect([ended.by, ended.stderr]).toEqual([0, ""]);
    expect(eventsIn(ended)).toEqual([
      "start - trainer (abc1) 0m $0.00 started",
      "start - sdxl (abd2) 0m ? started",
      "stop idle_30m trainer (abc1) 10h 0m $15.00 idle for 30 min",
      "termination ended_elsewhere sdxl (abd2) ? ? it was terminated by someone else",
    ]);
    expect(ended.stdout.split("\n\n")[1]).toBe(
      `runs that ended in the last 24 h: 2
hours: 10.0, and 1 of unknown time
cost: $15.00, and 1 of unknown cost
saved: at most $15.00, runpodboss stopped 1 run (idle_30m). That is what the run would have cost until its lease or hard timeout, its pod's next start, or now
`,
    );
    expect(guard.simulator.requests).toBe(0);
  });

  it("tells when, by the clock on the wall", async (test) => {
    const atMs = Date.now() - hourMs;
    const guard = await guardAfter(test, [record(0, { atMs })]);

    const env = { RUNPOD_API_KEY: undefined, TZ: "UTC" };
    const { stdout } = await guard.ship(["history", "-c", guard.config], env).ended;

    const utc = new Date(atMs).toISOString().slice(0, 19).replace("T", " ");
    expect(stdout.slice(0, 19)).toBe(utc);
  });

  it.for<[readonly string[], readonly string[]]>([
    [
      ["--hours", "48"],
      ["trip", "start", "start", "stop", "termination"],
    ],
    [["--hours", "2.5"], ["termination"]],
    [
      ["--pod", "abc1"],
      ["start", "stop"],
    ],
    [
      ["--pod", "abc"],
      ["start", "stop"],
    ],
    [
      ["--pod", "sdxl"],
      ["start", "termination"],
    ],
    [["--reason", "idle_30m"], ["stop"]],
    [["--reason", "idle"], ["stop"]],
    [["--reason", "warning", "--hours", "48"], ["trip"]],
    [["--pod", "abc1", "--reason", "ended"], ["no"]],
  ])("%j leaves %j", async ([args, types], test) => {
    const guard = await guardAfter(test);

    const { by, stdout } = await history(guard, ...args);

    const [events = ""] = stdout.split("\n\n");
    const isNone = events === "no events";
    expect(by).toBe(0);
    expect(isNone ? ["no"] : events.split("\n").map((line) => line.split(/ {2,}/)[1])).toEqual(
      types,
    );
  });

  it("--json has the events as the file has them, and the summary", async (test) => {
    const guard = await guardAfter(test);

    const { by, stdout } = await history(guard, "--json", "--reason", "idle");

    const lines = fs.readFileSync(join(guard.folder, "history.jsonl"), "utf8").split("\n");
    expect(by).toBe(0);
    expect(JSON.parse(stdout)).toEqual({
      events: [JSON.parse(lines[2] ?? "")],
      summary: {
        sessions: 1,
        hours: 10,
        hours_unknown: 0,
        cost_usd: 15,
        cost_unknown: 0,
        saved_at_most_usd: expect.closeTo(15, 1),
        saved_unknown: 0,
        ends_by_reason: { idle_30m: 1 },
      },
    });
  });

  it("status --history tells the same", async (test) => {
    const guard = await guardAfter(test);

    const [one, other] = [await history(guard), await run(guard, "status", "--history")];

    expect(other.by).toBe(0);
    expect(eventsIn(other)).toEqual(eventsIn(one));
  });

  it("counts the lines that cannot be read, but not one that is being written", async (test) => {
    const guard = await guardAfter(test, night(), 'rubbish\n{"timestamp": 3}\n{"timest');

    const { by, stdout, stderr } = await history(guard);

    expect(by).toBe(0);
    expect(stderr).toBe(
      `warning: 2 lines of ${join(guard.folder, "history.jsonl")} could not be read and are left out\n`,
    );
    expect(stdout).toContain("runs that ended in the last 24 h: 2\n");
  });

  it("nothing in it does anything to the terminal", async (test) => {
    const evil = "a\u001b[2Jb\u202ec";
    const run = { podId: evil, podName: evil };
    const guard = await guardAfter(test, [record(1, { run, reason: evil, because: evil })]);

    const [text, json] = [await history(guard), await history(guard, "--json")];

    expect(text.stdout).toContain("a[2Jbc");
    expect(`${text.stdout}${json.stdout}`).not.toContain("\u001b");
    expect(`${text.stdout}${json.stdout}`).not.toContain("\u202e");
    expect(JSON.parse(json.stdout)).toMatchObject({ events: [{ reason: evil, because: evil }] });
  });

  it("is empty where nothing was written yet, also without a config", async (test) => {
    const guard = await guardWith(test);

    const { by, stdout, stderr } = await guard.start(["history"]).ended;

    expect([by, stderr]).toEqual([0, ""]);
    expect(stdout).toBe(`no events

runs that ended in the last 24 h: 0
hours: 0.0
cost: $0.00
saved: nothing yet, no guard has stopped a run (what people stop is not counted)
`);
  });

  it.for([
    ["0", "0"],
    ["-1", "-1"],
    ["NaN", "NaN"],
    ["Infinity", "Infinity"],
    ["", "nothing"],
    ["a day", "a day"],
  ] as const)("refuses %j hours", async ([hours, words], test) => {
    const guard = await guardAfter(test);

    const { by, stdout, stderr } = await history(guard, `--hours=${hours}`);

    expect([by, stdout]).toEqual([2, ""]);
    expect(stderr).toBe(
      `--hours must be a number above 0 (got ${words}).\nFor example: runpodboss -c ${guard.config} history --hours 24\n`,
    );
  });

  it.for([
    ["nobody", /^No pod in the last 24 h of .*history\.jsonl is called "nobody"\.\nUse its id/],
    ["ab", /^ab matches pods trainer \(abc1\), sdxl \(abd2\)\.\nType more of the id\.\n$/],
  ] as const)("refuses the pod %s", async ([wanted, words], test) => {
    const guard = await guardAfter(test);

    const { by, stdout, stderr } = await history(guard, "--pod", wanted);

    expect([by, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(words);
  });

  it.for([
    ["a config that is not there", "none.json", /There is no config at .*none\.json\./],
    ["a config that is a folder", "bin", /cannot be read: it is a folder/],
    ["a config that is no JSON", "broken.json", /broken\.json cannot be used:/],
  ] as const)("refuses %s", async ([_sentence, file, words], test) => {
    const guard = await guardAfter(test);
    guard.write("broken.json", "{");

    const { by, stderr } = await guard.call(["history", "-c", join(guard.folder, file)]).ended;

    expect(by).toBe(2);
    expect(stderr).toMatch(words);
  });

  it("has what the daemon did, and what that saved", async (test) => {
    const hardTimeout = { hours: 1, action: "stop" };
    const guard = await guardWith(test, {
      nowMs: () => Date.now(),
      pods: [
        { id: "abc1", name: "trainer", costPerHrUsd: 2, startedAtMs: Date.now() - 2 * hourMs },
      ],
      config: { guards: { hard_timeout: hardTimeout, warn_minutes: 0 }, claude_command: [] },
    });
    const daemon = guard.watch();
    await daemon.said("pod ended");
    daemon.signal("SIGTERM");
    await daemon.ended;

    const ended = await history(guard);

    // The last word of the daemon may have to wait for its next start.
    expect(eventsIn(ended).slice(0, 3)).toEqual([
      "daemon - - - - daemon started",
      "start - trainer (abc1) 2h 0m $4.00 started",
      expect.stringMatching(/^stop hard_timeout_1h trainer \(abc1\) 2h 0m \$4\.0\d /),
    ]);
    expect(ended.stdout).toMatch(
      /\ncost: \$4\.0\d\nsaved: at most \$0\.0\d+, runpodboss stopped 1 run \(hard_timeout_1h\)\. /,
    );
  });

  it("a history that is no file is a fault, and not an empty one", async (test) => {
    const guard = await guardWith(test);
    fs.mkdirSync(join(guard.folder, "history.jsonl"));

    const { by, stdout, stderr } = await history(guard);

    expect([by, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(/^The history file .* cannot be read: .*\nLet this user read it/);
  });

  it.for([
    ["the daemon", ["--once"], ["young"], 1],
    ["a dry run", ["--once", "--dry-run"], ["old", "young"], 2],
  ] as const)("of %s %j keeps %j", async ([_sentence, args, ids, samples], test) => {
    const guard = await guardWith(test, { config: { history_days: 7 } });
    const old = { atMs: Date.now() - 9 * 24 * hourMs };
    const rows = [record(0, { ...old, id: "old" }), record(1, { id: "young" })];
    guard.write("history.jsonl", rows.map((each) => `${writeRecord(each)}\n`).join(""));
    const times = [old.atMs, Date.now() - hourMs].map((atMs) => new Date(atMs).toISOString());
    const lineOf = (timestamp: string) => `${JSON.stringify({ timestamp, balance_usd: 1 })}\n`;
    guard.write("samples.jsonl", times.map(lineOf).join(""));

    await guard.watch(...args).ended;

    const text = (name: string): string => fs.readFileSync(join(guard.folder, name), "utf8");
    const kept = ["old", "young"].filter((id) => text("history.jsonl").includes(`"id":"${id}"`));
    expect(kept).toEqual(ids);
    expect(times.filter((time) => text("samples.jsonl").includes(time))).toHaveLength(samples);
  });
});
