import { readFileSync, writeFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { identityOf } from "#process/identity.ts";
import { withLock } from "#store/lock/with-lock.ts";

/**
 * Run by the tests: adds one to the number in a file so many times, not at once but while it holds
 * the file. With "dies" it kills itself the last time, while it holds it.
 */
const [path, times, dies] = process.argv.slice(2);
if (path === undefined) throw new Error("usage: with-lock-adder FILE TIMES [dies]");

for (let n = Number(times); n > 0; n--) {
  await withLock(
    path,
    identityOf,
    async () => {
      const found = Number(readFileSync(path, "utf8"));
      await pause(1);
      if (n === 1 && dies === "dies") process.kill(process.pid, "SIGKILL");
      writeFileSync(path, String(found + 1));
    },
    { patienceMs: 60_000 },
  );
}
