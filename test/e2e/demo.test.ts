import { readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { shownButNotPrinted, shownButNotPrintedAtNight } from "../docs/shown-demo.ts";
import { byApi, guardWith, until, type Guard, type Running } from "./guard.ts";

/** No key, no config, and a folder of its own for temporary files. */
function demo(guard: Guard, ...args: readonly string[]): Running {
  guard.write("tmp/.keep", "");
  const env = { RUNPOD_API_KEY: undefined, TMPDIR: `${guard.folder}/tmp` };
  return guard.ship(["demo", ...byApi({ graphql: [], rest: ["--api", "rest"] }), ...args], env);
}

/** Where each part of the story is first told, as the number of a line. */
function placesOf(story: readonly (string | RegExp)[], stdout: string): readonly number[] {
  const lines = stdout.split("\n");
  return story.map((part) =>
    lines.findIndex((line) => (typeof part === "string" ? line.includes(part) : part.test(line))),
  );
}

/** The times of the lines that fit, in minutes of their day. */
function minutesOf(line: RegExp, stdout: string): readonly number[] {
  const told = stdout.split("\n").filter((each) => line.test(each));
  return told.map((each) => Number(each.slice(0, 2)) * 60 + Number(each.slice(3, 5)));
}

describe.concurrent("the demo", () => {
  it("tells the whole story, with no key, and leaves nothing behind", async (test) => {
    const guard = await guardWith(test);

    const { by, stdout, stderr } = await demo(guard).ended;

    expect([by, stderr]).toEqual([0, ""]);
    const byTheBurn = byApi({
      graphql: "the burn fell from $5.96/h to $0.00/h",
      rest: "not confirmed by the burn",
    });
    const story = [
      "simulated RunPod account with $12.00",
      /warning tripped: balance \$[5-9]\.\d+ is below \$10\.00/,
      /notified: "warning: balance \$[5-9]\.\d+ is below \$10\.00"/,
      "agent: stopped eval-sweep-of-yesterday ($1.49/h)",
      /critical tripped: balance \$[01]\.\d+ is below \$2\.00/,
      "agent: stopped sdxl-notebook ($0.69/h)",
      /emergency tripped: balance \$0\.\d+ is below \$1\.00/,
      "agent: all is well, nothing to stop",
      /!! emergency: balance is still \$0\.\d+, 120 s after the trip\. Stopping pod llama-70b-qlora \(a1\)/,
      `the backstop stopped pod a1: the pod is EXITED; ${byTheBurn}`,
      /\+\+ .*\$25\.00/,
      /ok warning is armed again/,
      /ok critical is armed again/,
      /ok emergency is armed again/,
      /^Spent \$11\.\d\d of \$12\.00; \$0\.\d\d was left when the last pod stopped; 0 pods lost their data\.$/,
      "runpodboss init",
    ];
    const places = placesOf(story, stdout);
    expect(places, stdout).not.toContain(-1);
    expect(places, stdout).toEqual(places.toSorted((a, b) => a - b));
    // The documents show what is printed over GraphQL; REST has no burn that could prove an end.
    const byBurn = byApi<readonly string[]>({
      graphql: [],
      rest: ["; the burn fell from ", "Nothing is burning"],
    });
    const missing = shownButNotPrinted(stdout).filter(
      (line) => !byBurn.some((words) => line.includes(words)),
    );
    expect(missing, `npm run docs:svg; ${stdout}`).toEqual([]);
    expect(readdirSync(guard.folder).toSorted()).toEqual(["bin", "calls", "config.json", "tmp"]);
    expect(readdirSync(`${guard.folder}/tmp`)).toEqual([".keep"]);
  });

  it("replays two nights of an idle pod without and with the guard, and has both bills", async (test) => {
    const guard = await guardWith(test);

    const { by, stdout, stderr } = await demo(guard, "--night").ended;

    expect([by, stderr]).toEqual([0, ""]);
    const [before = "", after = ""] = stdout.split("\nWith the guard");
    const unseen = [
      "08:50    -- training starts",
      "12:30    -- the script that should stop the pod crashes",
      "13:32    -- training is done and cost $7.00",
      "20:56    -- its owner wakes up, finds the pod running and stops it: idle for 7 h 24 min, which cost $11.03",
    ];
    expect(before.split("\n").filter((line) => /^\d\d:/.test(line))).toEqual(
      [...unseen, ...unseen].map((part): unknown => expect.stringContaining(part)),
    );
    const seen = [
      "08:50    -- training starts",
      "12:30    -- the script that should stop the pod crashes",
      "13:32    -- training is done and cost $7.00",
      /^1\d:\d\d    !! idle: pod qlora-70b \(t1\) has been idle for .* will be stopped in 15 min\. .* runpodboss touch t1$/,
      'before_stop_command: "adapter copied from pod t1"',
      /^1\d:\d\d    !! idle: stopped pod qlora-70b \(t1\): idle for \d\d min\. .* the pod is EXITED;/,
      "20:56    -- its owner wakes up and finds the pod stopped",
      "night 2",
    ];
    const places = placesOf(seen, after);
    expect(places, stdout).not.toContain(-1);
    expect(places, stdout).toEqual(places.toSorted((a, b) => a - b));

    for (const night of after.split("night 2").slice(0, 2)) {
      const warned = minutesOf(/!! idle: .* will be stopped/, night);
      const stopped = minutesOf(/!! idle: stopped pod/, night);
      expect(stopped, stdout).toHaveLength(1);
      // Where the machine stood still for a moment the guard was blind, and has warned anew.
      expect((stopped[0] ?? NaN) - Math.max(...warned), stdout).toBeGreaterThanOrEqual(15);
    }
    const ends = stdout.split("\n").filter((line) => line.includes("  t1  "));
    expect(ends).toEqual([
      expect.stringMatching(
        /^2026-05-16 1\d:\d\d {2}stop {2}t1 {2}idle_30m {2}after \d+ h \d+ min/,
      ),
      expect.stringMatching(
        /^2026-05-17 1\d:\d\d {2}stop {2}t1 {2}idle_30m {2}after \d+ h \d+ min/,
      ),
    ]);

    expect(stdout).toMatch(/^without {2}night 1 +7\.4 h +\$11\.03 +\$18\.03$/m);
    const [first, second] = [...stdout.matchAll(/^ +total +[\d.]+ h +\$([\d.]+) +\$([\d.]+)$/gm)];
    expect(first?.slice(1)).toEqual(["22.05", "36.06"]);
    // 30 minutes are the least; what a busy machine adds to them is not exact.
    const [idleUsd, totalUsd] = (second ?? []).slice(1).map(Number);
    expect(idleUsd).toBeGreaterThanOrEqual(1.49);
    expect(idleUsd).toBeLessThan(22.05);
    expect(totalUsd).toBeCloseTo((idleUsd ?? NaN) + 14.01, 1);
    const [, savedUsd] = /^Saved: \$([\d.]+), and \d+\.\d h of an idle pod\.$/m.exec(stdout) ?? [];
    expect(Number(savedUsd)).toBeCloseTo(22.05 - (idleUsd ?? NaN), 1);
    expect(shownButNotPrintedAtNight(stdout), stdout).toEqual([]);
    expect(stdout.endsWith("Next: runpodboss init\n")).toBe(true);
    expect(readdirSync(guard.folder).toSorted()).toEqual(["bin", "calls", "config.json", "tmp"]);
    expect(readdirSync(`${guard.folder}/tmp`)).toEqual([".keep"]);
  });

  it.for([
    ["SIGINT", []],
    ["SIGTERM", ["--night"]],
  ] as const)("ends with 130 on %s, with %j", async ([signal, args], test) => {
    const guard = await guardWith(test);
    const running = demo(guard, ...args);
    await until("its first look", () => running.stdout().includes("balance"));

    running.signal(signal);
    const { by, stdout, stderr } = await running.ended;

    expect([by, stderr]).toEqual([130, ""]);
    expect(stdout).not.toContain("Next:");
    expect(readdirSync(`${guard.folder}/tmp`)).toEqual([".keep"]);
  });
});
