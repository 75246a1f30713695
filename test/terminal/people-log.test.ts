import { describe, expect, it } from "vitest";
import { createPeopleLog, type PeopleLogOptions } from "#terminal/people-log.ts";
import { widthOf } from "#terminal/text-width.ts";
import { localTime } from "#terminal/local-time.ts";

const esc = "\u001b[";
const clear = `\r${esc}K`;
const startMs = Date.UTC(2026, 2, 9, 12, 0, 5);
const minuteMs = 60_000;
const [date = "", clockNow = ""] = localTime(startMs).split(" ");

function setUp(options: Partial<PeopleLogOptions> = {}) {
  const log = createPeopleLog({
    columns: () => 80,
    canRewrite: true,
    colors: false,
    ...options,
  });
  let atMs = startMs;
  return {
    last: log.last,
    wait: (ms: number) => (atMs += ms),
    say: (msg: string, fields: object = {}, level = "info") =>
      log.of(`${JSON.stringify({ level, time: new Date(atMs).toISOString(), ...fields, msg })}\n`),
  };
}

const polled = { cycle: 7, balanceUsd: 9.194030916, burnPerHrUsd: 6.65, pods: 4, fired: ["low"] };
const status = "Balance $9.19, burn $6.65/h, 1h 22m left, 4 pods, below low";

describe("the log on a terminal", () => {
  it("has one line for the polls, written again in its place, below what happens", () => {
    const { say, wait, last } = setUp();

    expect(say("daemon started", { pollIntervalMs: 60_000, thresholds: ["low"] })).toBe(
      `${date}\n${clockNow}  Daemon started, polls every 1 min; thresholds: low\n`,
    );
    const line = `${clear}${clockNow}  ${status}`;
    expect(say("polled", polled)).toBe(line);
    expect(say("notification", { because: "pod t1 stopped" })).toBe(
      `${clear}${clockNow}  Pod t1 stopped\n${clockNow}  ${status}`,
    );
    wait(minuteMs);
    const [, later = ""] = localTime(startMs + minuteMs).split(" ");
    expect(say("polled", { ...polled, balanceUsd: 9.08, fired: [] })).toBe(
      `${clear}${later}  Balance $9.08, burn $6.65/h, 1h 21m left, 4 pods`,
    );
    expect(last()).toBe("\n");
  });

  it("has a line an hour for the polls where it cannot be written again", () => {
    const { say, wait, last } = setUp({ canRewrite: false });

    const lines = Array.from({ length: 121 }, () => {
      const text = say("polled", polled);
      wait(minuteMs);
      return text;
    });

    expect(lines.filter((text) => text !== "")).toHaveLength(3);
    expect(lines[0]).toBe(`${date}\n${clockNow}  ${status}\n`);
    expect(lines.join("")).not.toContain("\r");
    expect(last()).toBe("");
  });

  it("ends with the daemon's end: what it saw last is no longer so", () => {
    const { say, last } = setUp();
    say("polled", polled);

    expect(say("daemon stopped", { because: "interrupted" })).toMatch(
      /Daemon stopped: interrupted\n$/,
    );
    expect(last()).toBe("");
  });

  it("does not repeat what a notify command printed, and what an agent printed fits too", () => {
    const { say } = setUp({ columns: () => 40 });
    const tail = "a line that is longer than this terminal is wide";

    expect(say("notify command done", { event: "trip", threshold: "low", tail })).not.toContain(
      "|",
    );
    const lines = say("agent done", { threshold: "low", because: "exit 0", tail }).split("\n");
    expect(lines.filter((line) => line.includes("| "))).toHaveLength(2);
    expect(lines.every((line) => line.length <= 40)).toBe(true);
  });

  it("says a new date when the day has changed", () => {
    const { say, wait } = setUp();
    say("notification", { because: "one" });

    wait(24 * 60 * minuteMs);

    expect(say("notification", { because: "two" })).toMatch(
      /^2026-03-10\n\d\d:\d\d:\d\d {2}Two\n$/,
    );
  });

  it("tells once that polls fail, and then how often in a row, in the one line", () => {
    const { say } = setUp();
    const fail = () => say("poll failed; nothing decided", { because: "HTTP 500" }, "warn");

    expect(fail()).toContain("Poll failed, nothing decided: HTTP 500\n");
    expect(fail()).toBe(`${clear}${clockNow}  Poll failed 2 times in a row, HTTP 500`);
    expect(fail()).toBe(`${clear}${clockNow}  Poll failed 3 times in a row, HTTP 500`);
    say("polled", polled);
    expect(fail()).toContain("Poll failed, nothing decided: HTTP 500\n");
  });

  it.each([
    [60, `Balance $9.19, burn $6.65/h, 1h 22m left, …`],
    [80, status],
    [120, status],
  ])("keeps its last line within %i columns, the least important left out", (columns, words) => {
    const { say } = setUp({ columns: () => columns });

    expect(say("polled", polled)).toBe(`${clear}${clockNow}  ${words}`);
  });

  it.each([20, 60, 80, 120])("breaks sentences at spaces within %i columns", (columns) => {
    const { say } = setUp({ columns: () => columns });
    const words = "trainer is idle and will be stopped unless somebody says that it is not 漢字 ";

    const lines = say("notification", { because: words.repeat(4).trim() })
      .trimEnd()
      .split("\n");

    expect(lines.length).toBeGreaterThan(2);
    expect(lines.every((line) => widthOf(line) <= columns)).toBe(true);
    const told = lines.slice(1).map((line) => line.slice(10));
    expect(told.join(" ")).toBe(`T${words.repeat(4).trim().slice(1)}`);
  });

  it.each([
    ["warn", `${esc}33m`],
    ["error", `${esc}31m`],
  ])("colours what has level %s, and nothing without colours", (level, code) => {
    const loud = setUp({ colors: true });
    const quiet = setUp();

    expect(loud.say("notification", { because: "low" }, level)).toContain(`${code}Low`);
    expect(quiet.say("notification", { because: "low" }, level)).not.toContain(esc + "3");
  });

  it("lets a name in it obey nothing", () => {
    const { say } = setUp();

    const text = say("run started", { podId: "t1", podName: `${esc}2Jevil\u0007` });

    expect(text).toContain('Pod "[2Jevil" (t1) is running\n');
    expect(text.replaceAll("\n", "")).not.toMatch(/\p{Cc}/u);
  });
});

describe("a sentence of the log", () => {
  it.each<[string, object, string]>([
    [
      "threshold tripped",
      { threshold: "low", because: "balance $9.19 is below $10.00" },
      "Threshold low tripped: balance $9.19 is below $10.00",
    ],
    [
      "threshold re-armed",
      { threshold: "low", because: "balance $20.00" },
      "Threshold low is armed again: balance $20.00",
    ],
    ["run started", { podId: "t1", podName: "qlora-70b" }, "Pod qlora-70b (t1) is running"],
    ["run started", { podId: "t1", podName: "" }, "Pod t1 is running"],
    [
      "run started",
      { podId: "c1", podName: "llama", isCluster: true },
      "Cluster llama (c1) is running",
    ],
    [
      "pod ended",
      { podId: "c1", isCluster: true, action: "terminate", because: "gone" },
      "Cluster c1 terminated: gone",
    ],
    [
      "run ended",
      { podId: "t1", podName: "a", podIs: "gone", because: "it is gone" },
      "Pod a (t1) is gone: it is gone",
    ],
    [
      "run ended",
      { podId: "t1", podName: "a", podIs: "stopped", because: "by hand" },
      "Pod a (t1) has stopped: by hand",
    ],
    [
      "pod ended",
      { effect: "end-pod", podId: "t1", action: "stop", because: "proven" },
      "Pod t1 stopped: proven",
    ],
    [
      "pod not ended",
      { podId: "t1", action: "terminate", because: "HTTP 500", try: 2, again: true },
      "Pod t1 not terminated (try 2, to be tried again): HTTP 500",
    ],
    [
      "notify command done",
      { effect: "notify", event: "trip", threshold: "low", tail: "" },
      "Notified: low (trip)",
    ],
    [
      "no longer needed",
      { effect: "notify", event: "trip", threshold: "low", channel: "phone", because: "it is up" },
      "No longer needed, notification low (trip) for phone: it is up",
    ],
    [
      "notify command failed",
      {
        effect: "notify",
        event: "trip",
        threshold: "low",
        because: "exit 7",
        try: 3,
        again: false,
      },
      "Notify command failed for low (trip) (try 3, given up): exit 7",
    ],
    [
      "notification sent",
      {
        effect: "notify",
        event: "trip",
        threshold: "low",
        channel: "ntfy",
        notice: "low: balance $9.19 is below $10.00",
        because: "HTTP 200",
      },
      "Notified ntfy: low: balance $9.19 is below $10.00",
    ],
    [
      "notification not sent",
      {
        effect: "notify",
        event: "trip",
        threshold: "low",
        channel: "ntfy",
        notice: "low: balance $9.19 is below $10.00",
        because: "HTTP 500",
        try: 2,
        again: true,
        againInMs: 120_000,
      },
      "Could not notify ntfy, trying again in 2 min: HTTP 500. Not told: low: balance $9.19 is below $10.00",
    ],
    [
      "notification not sent",
      { channel: "ntfy", notice: "low: x", because: "HTTP 500", try: 9, again: true },
      "Could not notify ntfy, trying again: HTTP 500. Not told: low: x",
    ],
    [
      "notification not sent",
      { channel: "ntfy", notice: "idle: x", because: "HTTP 403", try: 1, again: false },
      "Could not notify ntfy, given up after 1 try: HTTP 403. Not told: idle: x",
    ],
    [
      "dry run: would have sent",
      { effect: "notify", channel: "ntfy", because: "balance $9.00 is below $10.00" },
      "Dry run: would have notified ntfy: balance $9.00 is below $10.00",
    ],
    [
      "no longer needed",
      { effect: "notify", event: "trip", threshold: "low", channel: "ntfy", because: "old" },
      "No longer needed, notification low (trip) for ntfy: old",
    ],
    [
      "agent done",
      { threshold: "low", because: "exit 0 after 3.0 s" },
      "Agent done for threshold low: exit 0 after 3.0 s",
    ],
    [
      "agent result",
      { threshold: "low", isError: false, turns: 3, costUsd: 0.0312, denials: [] },
      "Agent's result for threshold low: no error, 3 turns, $0.03",
    ],
    [
      "agent result",
      { guard: "idle", podId: "t1", isError: true, denials: ["runpodctl stop x"] },
      "Agent's result for pod t1 (idle): an error, was refused runpodctl stop x",
    ],
    [
      "dry run: would have started",
      {
        effect: "call-agent",
        because: "balance $9.00 is below $10.00",
        argv: ["claude", "-p", "…"],
      },
      "Dry run: would have called the agent: balance $9.00 is below $10.00",
    ],
    [
      "agent failed",
      { reason: "idle_30m", podId: "t1", because: "exit 1", try: 1, again: true },
      "Agent failed for pod t1 (idle_30m) (try 1, to be tried again): exit 1",
    ],
    [
      "no longer needed",
      { effect: "end-run", action: "stop", podId: "t1", because: "it is gone" },
      "No longer needed, stop of pod t1: it is gone",
    ],
    [
      "no longer needed",
      { effect: "notify", event: "trip", threshold: "low", because: "old" },
      "No longer needed, notification low (trip): old",
    ],
    [
      "no longer needed",
      { effect: "call-agent", threshold: "low", because: "recovered" },
      "No longer needed, agent for threshold low: recovered",
    ],
    ["daemon stopped", { because: "interrupted" }, "Daemon stopped: interrupted"],
    [
      "page served",
      { address: "http://127.0.0.1:8092/", open: "runpodboss dashboard" },
      "Page at http://127.0.0.1:8092/; to open it: runpodboss dashboard",
    ],
    ["config warning", { warning: "chmod 600 it" }, "Config: chmod 600 it"],
    [
      "daemon started",
      { pollIntervalMs: 90_000, thresholds: [], dryRun: true },
      "Daemon started, polls every 90 s. Dry run: nothing is called and nothing stopped",
    ],
    ["agent's runpodctl", { runpodctl: "2.15.0" }, "The agent's runpodctl: 2.15.0"],
    ["agent warning", { warning: "the agent's stop" }, "The agent's stop"],
    ["folder warning", { warning: "others may write it" }, "Others may write it"],
    [
      "log of another program set aside",
      { file: "a", movedTo: "a.set-aside" },
      "The log file held lines of another program; they are in a.set-aside now",
    ],
    [
      "log file cannot be written",
      { file: "/l", because: "EIO" },
      "Log file /l cannot be written: EIO",
    ],
    ["log file can be written again", { file: "/l" }, "Log file /l can be written again"],
    ["config reloaded", { config: "/c" }, "Config reloaded: /c"],
    [
      "restart to apply these keys",
      { keys: ["logFile", "dryRun"] },
      "Restart to apply these keys: logFile, dryRun",
    ],
    ["file of an earlier version", { because: "it was moved" }, "It was moved"],
    ["state not saved", { what: "state", because: "EIO" }, "State not saved: EIO"],
    [
      "something new",
      { costUsd: 1.2345, keys: ["a", "b"], deep: { x: 1 }, gone: undefined },
      `Something new: cost $1.23, keys a, b, deep {"x":1}`,
    ],
    ["something new", {}, "Something new"],
  ])("%s %j", (msg, fields, words) => {
    const { say } = setUp({ columns: () => 200 });

    expect(say(msg, fields)).toBe(`${date}\n${clockNow}  ${words}\n`);
  });

  it("quotes the end of what a program said, and all of a stack", () => {
    const { say } = setUp();
    const tail = Array.from({ length: 9 }, (_, n) => `line ${n}`).join("\n\n");

    expect(say("agent failed", { threshold: "low", because: "exit 1", tail })).toMatch(
      /exit 1\n {10}\| line 4\n {10}\| line 5\n {10}\| line 6\n {10}\| line 7\n {10}\| line 8\n$/,
    );
    expect(say("this is a bug", { stack: "Error: x\n    at y" }, "error")).toContain(
      "This is a bug\n          | Error: x\n          | at y\n",
    );
  });

  it.each<[object, string]>([
    [{ balanceUsd: 4, burnPerHrUsd: 0, pods: 1 }, "Balance $4.00, burn $0.00/h, 1 pod"],
    [{ balanceUsd: 4, burnPerHrUsd: "unknown", pods: 0 }, "Balance $4.00, burn unknown, 0 pods"],
    [{ balanceUsd: -0.1, burnPerHrUsd: 2, pods: 3 }, "Balance -$0.10, burn $2.00/h, 3 pods"],
    [
      { balanceUsd: 4, burnPerHrUsd: 2, pods: "unknown", podsBecause: "refused" },
      "Balance $4.00, burn $2.00/h, 2h 0m left, pods unknown",
    ],
  ])("what a poll saw: %j", (fields, words) => {
    const { say } = setUp();

    expect(say("polled", fields)).toBe(`${clear}${clockNow}  ${words}`);
  });

  it("that cannot be read is shown as it is", () => {
    const log = createPeopleLog({ columns: () => 80, canRewrite: true, colors: false });

    expect(log.of("no JSON\n")).toBe("no JSON\n");
  });
});
