import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { Settings } from "#config/settings.ts";
import { watch } from "#daemon/watch.ts";
import { type Paces, realPaces } from "#paces.ts";
import { createRunner } from "#process/runner.ts";
import { createLogger, type Log } from "#log.ts";
import { logFileHere } from "../../output/log-file-here.ts";
import { createRedactor } from "#redact.ts";
import { ownProgram } from "#process/own-program.ts";
import { liveOf } from "#wiring/live.ts";
import { watchDepsOf } from "#wiring/daemon.ts";
import { leapingClock } from "./leaping-clock.ts";
import { silent } from "./run-guard.ts";

export interface SoakJob {
  readonly settings: Settings;
  readonly polls: number;
  readonly warmUpPolls: number;
}

export interface Memory {
  readonly polls: number;
  readonly rssBytes: number;
  readonly heapBytes: number;
}

export interface SoakFigures {
  readonly memory: readonly Memory[];
  readonly tookMs: number;
  /** How often each line was logged. */
  readonly logged: Readonly<Record<string, number>>;
  /** What the ended watch has left open, beside what was open before it. */
  readonly handlesLeft: readonly string[];
  readonly childrenLeft: number;
  /** Node's own: of listeners that pile up, for one. */
  readonly warnings: readonly string[];
}

const paces: Paces = {
  ...realPaces,
  request: { ...realPaces.request, timeLimitMs: 150 },
  programEnd: { termGraceMs: 200, abortGraceMs: 100 },
};
const samples = 12;

/** The guard of the soak, in a process of its own that holds nothing else. Needs --expose-gc. */
process.once("message", (job: SoakJob) => {
  void soak(job).then((figures) => process.send?.(figures, () => process.exit()));
});
process.send?.("ready");

async function soak({ settings, polls, warmUpPolls }: SoakJob): Promise<SoakFigures> {
  const warnings: string[] = [];
  process.on("warning", (warning) => warnings.push(String(warning)));
  const before = process.getActiveResourcesInfo();

  const clock = leapingClock();
  const ending = new AbortController();
  const memory: Memory[] = [];
  const logged = new Map<string, number>();
  const { logFile } = settings;
  const toFile = createLogger({
    level: "info",
    stderr: () => ({ write: () => undefined, finish: () => Promise.resolve() }),
    logFile: logFile === undefined ? undefined : logFileHere(logFile),
    redact: createRedactor([settings.apiKey]),
    nowMs: () => clock.nowMs(),
  });
  let done = 0;
  function note(message: string): void {
    logged.set(message, (logged.get(message) ?? 0) + 1);
    if (message !== "polled" && !message.startsWith("poll failed")) return;
    done += 1;
    const sinceWarm = done - warmUpPolls;
    if (sinceWarm >= 0 && sinceWarm % Math.floor((polls - warmUpPolls) / samples) === 0) {
      memory.push(memoryNow(done));
    }
    if (done >= polls) ending.abort();
  }
  const both = (level: keyof Log): Log["info"] => {
    return (fields, message) => {
      toFile[level](fields, message);
      note(message);
    };
  };
  const deps = await watchDepsOf({
    live: liveOf(settings, clock, paces),
    log: { debug: both("debug"), info: both("info"), warn: both("warn"), error: both("error") },
    once: false,
    clock,
    runner: createRunner(paces.programEnd),
    env: process.env,
    program: ownProgram(process),
    systemd: silent,
    paces,
  });

  const startedAtMs = performance.now();
  await watch(deps, ending.signal);
  const tookMs = performance.now() - startedAtMs;
  await sleep(100);
  return {
    memory,
    tookMs,
    logged: Object.fromEntries(logged),
    handlesLeft: whatIsMore(before, process.getActiveResourcesInfo()),
    childrenLeft: childrenNow(),
    warnings,
  };
}

function memoryNow(polls: number): Memory {
  globalThis.gc?.();
  const { rss, heapUsed } = process.memoryUsage();
  return { polls, rssBytes: rss, heapBytes: heapUsed };
}

function whatIsMore(before: readonly string[], after: readonly string[]): readonly string[] {
  const left = [...before];
  return after.filter((resource) => {
    const at = left.indexOf(resource);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}

/** Linux only. */
function childrenNow(): number {
  const text = readFileSync(`/proc/${process.pid}/task/${process.pid}/children`, "utf8");
  return text.split(" ").filter(Boolean).length;
}
