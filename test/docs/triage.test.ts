import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { parseJsonc } from "#config/reading/jsonc.ts";
import { callsOf, noticeCommand } from "#effects/notice-command.ts";
import type { Notify } from "#guard/model/effect.ts";
import { effectSettings } from "../effects/samples.ts";
import { pod, seen } from "../guard/samples.ts";
import { tempFolder } from "../temp-folder.ts";

const { extra_notify_command: notifyCommand } = parseJsonc(
  readFileSync("config.example.triage.json", "utf8"),
  "config.example.triage.json",
) as { readonly extra_notify_command: readonly string[] };
const settings = effectSettings({ notifyCommand });

const trip: Notify = {
  kind: "notify",
  id: "1",
  event: "trip",
  name: "warning",
  threshold: "gone",
  because: `balance $9.82 is below $10.00 "'$HOME {name}`,
  balanceUsd: 9.82,
  belowUsd: 10,
  tries: 0,
  notBeforeMs: 0,
};
const look = seen({ pods: [pod({ id: "aaa", costPerHrUsd: 3 }), pod({ id: "bbb" })] });

/** Tasks as Triage keeps them, and what it was called with. */
function signals(notice: Notify, tasks: readonly { id: string; tags: readonly string[] }[]) {
  const home = tempFolder();
  writeFileSync(join(home, "tasks.json"), JSON.stringify(tasks));
  mkdirSync(join(home, "bin"));
  writeFileSync(
    join(home, "bin", "triage"),
    `#!/bin/sh\nprintf '%s\\0' "$@" >> '${home}/calls'\nprintf '\\1' >> '${home}/calls'\n`,
    { mode: 0o700 },
  );
  writeFileSync(join(home, "calls"), "");
  const codes = callsOf(notice, look, settings).map((each) => {
    const { argv = [], env = {} } = noticeCommand(notice, look, settings, 0, each) ?? {};
    const [program = "", ...args] = argv;
    const path = [join(home, "bin"), dirname(process.execPath), "/usr/bin", "/bin"].join(":");
    const ran = spawnSync(program, args, {
      env: { ...env, PATH: path, TRIAGE_HOME: home },
      encoding: "utf8",
    });
    return [ran.status, ran.stderr];
  });
  const calls = readFileSync(join(home, "calls"), "utf8").split("\u0001").slice(0, -1);
  return { codes, calls: calls.map((call) => call.split("\0").slice(0, -1)) };
}

const tasks = [
  { id: "t1", tags: ["runpod:aaa"] },
  { id: "t2", tags: ["other", "runpod:aaa"] },
  { id: "t3", tags: ["runpodboss"] },
  { id: "t4", tags: [] },
];
const facts = "Balance $9.82 · burn unknown · most: trainer (aaa) $3.00/h, trainer (bbb) $1.49/h";
const signal = (source: string, ttl: string, ...affects: readonly string[]) => [
  "signal",
  "manual",
  "--source",
  source,
  "--bump",
  "100",
  "--ttl",
  ttl,
  `--note=warning: ${trip.because} [${facts}]`,
  ...affects.flatMap((id) => ["--affects", id]),
];

describe("the example for Triage", () => {
  it("sends one signal for each pod that runs, naming the tasks with its tag", () => {
    expect(signals(trip, tasks).calls).toEqual([
      signal("runpodboss", "1800", "t1", "t2"),
      signal("runpodboss", "1800", "t3"),
    ]);
  });

  it("sends one about no pod to the tasks tagged for it", () => {
    const blind = { ...trip, event: "blind" as const };

    expect(signals(blind, tasks).calls).toEqual([signal("runpodboss", "1800", "t3")]);
  });

  it("marks those of a drill, and lets them count for a minute", () => {
    const { calls } = signals({ ...trip, event: "drill" }, tasks);

    expect(calls[0]).toEqual(signal("runpodboss-drill", "60", "t1", "t2"));
  });

  it("fails where no task is tagged, and moves none", () => {
    const { codes, calls } = signals(trip, [{ id: "t4", tags: [] }]);

    expect(calls).toEqual([]);
    expect(codes[0]).toEqual([1, "No task of Triage is tagged runpod:aaa or runpodboss\n"]);
  });
});
