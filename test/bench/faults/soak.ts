import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bundled } from "../../bundled.ts";
import { writeProgram } from "./programs.ts";
import { settingsFrom } from "./scenario-settings.ts";
import type { SoakFigures, SoakJob } from "./soak-guard.ts";

export interface SoakOptions {
  readonly polls: number;
  readonly warmUpPolls: number;
  /** How many polls lie between two top-ups: every line is crossed once in that time. */
  readonly cyclePolls: number;
}

export interface Soaked extends SoakFigures {
  /** By name; what is rotated counts too. */
  readonly fileBytes: Readonly<Record<string, number>>;
}

/** Fuller than an empty one, so that the log is rotated in a run. */
const logBytesBefore = 9_700_000;

/** Days of the real wiring in minutes: crossings, faults, top-ups and all that they set off. */
export async function soak({ polls, warmUpPolls, cyclePolls }: SoakOptions): Promise<Soaked> {
  const folder = mkdtempSync(join(tmpdir(), "runpodboss-soak-"));
  const account = fork(join(import.meta.dirname, "soak-account.ts"), [String(cyclePolls)], {
    execArgv: ["--import", "tsx"],
  });
  const guard = fork(await bundled(join(import.meta.dirname, "soak-guard.ts"), folder), {
    // What is compiled on the way goes on growing for days, and would hide what the guard itself keeps.
    execArgv: ["--expose-gc", "--no-opt", "--no-sparkplug"],
    // JSON would lose an Infinity.
    serialization: "advanced",
  });
  try {
    const [[url]] = (await Promise.all([once(account, "message"), once(guard, "message")])) as [
      [string],
      unknown,
    ];
    const notify = writeProgram(folder, "notify", "echo told");
    // One fails, one lies, one hangs.
    const agent = `case "$RUNPODBOSS_THRESHOLD" in
warning) exit 1 ;;
critical) echo "All is well" ;;
*) exec sleep 3600 ;;
esac`;
    const settings = await settingsFrom(folder, {
      runpod_url: url,
      claude_command: [writeProgram(folder, "agent", agent)],
      extra_notify_command: [notify],
      protect: ["keep-*"],
      thresholds: [
        { name: "warning", below_usd: 10, prompt: "{pods_json}" },
        { name: "critical", below_usd: 2, prompt: "{pods_json}" },
        {
          name: "emergency",
          below_usd: 1,
          prompt: "{pods_json}",
          backstop: { action: "stop", after_seconds: 120 },
        },
      ],
    });
    writeFileSync(settings.logFile, `{"msg":"${"x".repeat(89)}"}\n`.repeat(logBytesBefore / 100));
    guard.send({
      settings: { ...settings, claudeTimeoutMs: 100, notifyTimeoutMs: 2_000 },
      polls,
      warmUpPolls,
    } satisfies SoakJob);
    const [figures] = (await once(guard, "message")) as [SoakFigures];
    return { ...figures, fileBytes: sizesIn(folder) };
  } finally {
    account.kill("SIGKILL");
    guard.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

function sizesIn(folder: string): Readonly<Record<string, number>> {
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" });
  const ours = names.filter((name) => /runpodboss\.log|state\//.test(name));
  return Object.fromEntries(ours.map((name) => [name, statSync(join(folder, name)).size]));
}
