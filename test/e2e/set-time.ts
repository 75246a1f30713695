import * as fs from "node:fs";
import { join } from "node:path";
import type { TestContext } from "vitest";
import { type Ended, type Guard, type GuardOptions, guardWith, type Running } from "./guard.ts";

/** A guard and an account for which it is another time, and which nobody need wait for. */
export interface GuardInTime extends Guard {
  nowMs(): number;
  /** The machine sleeps until then, and so does everybody: the account goes on. */
  sleepUntil(atMs: number): void;
  /** In a process of its own, as `command`: this one's time is nobody's to set. */
  watch(...args: readonly string[]): Running;
  command(...args: readonly string[]): Promise<Ended>;
}

/** As `guardWith`, at this time. */
export async function guardAt(
  test: TestContext,
  startMs: number,
  options: (startMs: number) => GuardOptions,
): Promise<GuardInTime> {
  const aheadMs = startMs - Date.now();
  let sleptMs = 0;
  const nowMs = (): number => Date.now() + aheadMs + sleptMs;
  const guard = await guardWith(test, { nowMs, ...options(startMs) });
  const sleptFile = join(guard.folder, "slept");
  guard.write("slept", "0\n");
  guard.write("time.cjs", timeText(aheadMs, sleptFile));
  const env = { TZ: "UTC", NODE_OPTIONS: `--require=${join(guard.folder, "time.cjs")}` };
  const start = (args: readonly string[]): Running =>
    guard.start([...args, "--config", guard.config], env);
  return {
    ...guard,
    nowMs,
    sleepUntil(atMs) {
      sleptMs += Math.ceil(Math.max(0, atMs - nowMs()));
      fs.writeFileSync(sleptFile, `${sleptMs}\n`);
    },
    watch: (...args) => start(["watch", ...args]),
    command: (...args) => start(args).ended,
  };
}

/** Loaded before the executable: its clock is so far ahead, and both its clocks go on while it sleeps. */
function timeText(aheadMs: number, sleptFile: string): string {
  return `const { readFileSync } = require("node:fs");
const os = require("node:os");
let sleptMs = 0;
const look = () => {
  const text = readFileSync(${JSON.stringify(sleptFile)}, "utf8");
  if (text.endsWith("\\n")) sleptMs = Number(text);
};
look();
// Now and then, and not at each question: the two clocks go on together.
setInterval(() => { try { look(); } catch {} }, 10).unref();
const { uptime } = os;
os.uptime = () => uptime() + sleptMs / 1000;
require("node:module").syncBuiltinESMExports();
globalThis.Date = class extends Date {
  constructor(...args) { if (args.length > 0) super(...args); else super(new.target.now()); }
  static now() { return super.now() + ${aheadMs} + sleptMs; }
};
`;
}
