import fs from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";
import { createInterface } from "node:readline";
import { identityOf } from "#process/identity.ts";
import { UserError } from "#errors.ts";
import { takePidLock, type Lock } from "#store/lock/pid-lock.ts";

/**
 * Run by the tests: takes and releases a lock as it is told, line by line, and answers in a line.
 * With a number it kills itself right before that change of the folder. With "no-links" its file
 * system refuses hard links, as exFAT does.
 */
const [path, ...args] = process.argv.slice(2);
if (path === undefined)
  throw new Error("usage: pid-lock-taker STATE_FILE [DIES_AT_CHANGE] [no-links]");
const [diesAt] = args;
const paces = { beatMs: 600_000, staleAfterMs: 600_000 };

if (args.includes("no-links")) {
  fs.link = () => Promise.reject(Object.assign(new Error("EPERM: no links"), { code: "EPERM" }));
}

let changes = 0;
for (const name of ["link", "rename", "rm", "writeFile"] as const) {
  const real = fs[name] as (...args: unknown[]) => Promise<unknown>;
  const counted = (...args: unknown[]): Promise<unknown> => {
    changes += 1;
    if (changes === Number(diesAt)) process.kill(process.pid, "SIGKILL");
    return real(...args);
  };
  Object.assign(fs, { [name]: counted });
}
syncBuiltinESMExports();

let lock: Lock | undefined;
const answer = (line: string): boolean => process.stdout.write(`${line}\n`);
answer("ready");

for await (const line of createInterface({ input: process.stdin })) {
  if (line === "release") {
    await lock?.release();
    answer("released");
    continue;
  }
  // All who are told the same moment start in it, however late their pipe was read.
  const startAtMs = Number(line);
  while (Date.now() < startAtMs);
  answer(await take(path));
}

async function take(stateFile: string): Promise<string> {
  try {
    lock = await takePidLock(stateFile, identityOf, { paces });
    return lock.trouble ?? "taken";
  } catch (error) {
    if (error instanceof UserError) return error.message;
    throw error;
  }
}
