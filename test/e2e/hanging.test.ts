import { join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  addressOf,
  type Guard,
  guardWith,
  heardBy,
  linesOf,
  looksOf,
  textOf,
  until,
} from "./guard.ts";
import { makeFifo } from "../temp-folder.ts";

const cli = join(import.meta.dirname, "../../dist/cli.js");
const slow = { poll_interval_seconds: 5 };

/** The environment in which the executable first reads this script of JavaScript. */
function after(guard: Guard, script: string): NodeJS.ProcessEnv {
  guard.write("first.cjs", script);
  return { NODE_OPTIONS: `--require ${join(guard.folder, "first.cjs")}` };
}

/** Opens files of a disk that never answers: a FIFO without a writer holds a thread in the same way. */
function hangingDisk(guard: Guard, files: number): string {
  const path = join(guard.folder, "hanging");
  makeFifo(path);
  const open = `require("node:fs").promises.open(${JSON.stringify(path)}, "r")`;
  return `setImmediate(() => { for (let n = 0; n < ${files}; n++) void ${open}; });`;
}

/** RunPod asked by its name, which takes a thread to look up. */
function byName({ simulator }: Guard) {
  const { url, restUrl } = simulator;
  const named = (address: string): string => address.replace("127.0.0.1", "localhost");
  return { ...slow, ...addressOf({ url: named(url), restUrl: named(restUrl) }) };
}

describe.concurrent("while files hang on their disk", () => {
  it("RunPod is found by its name, and polled", async (test) => {
    const guard = await guardWith(test);
    guard.configure(byName(guard));

    const { lines } = await guard.ship(
      ["watch", "--once", "-c", guard.config],
      after(guard, hangingDisk(guard, 10)),
    ).ended;

    expect(linesOf(lines, "polled")).toHaveLength(1);
  });

  it("SIGTERM ends the daemon, and a shell sees 130", async (test) => {
    const guard = await guardWith(test, { config: slow });
    const running = guard.run(
      "sh",
      ["-c", `"$0" "$@"; echo "exit $?"`, process.execPath, cli, "watch", "-c", guard.config],
      after(guard, hangingDisk(guard, 6)),
    );
    await running.said("polled");
    const lock = await until("the lock", () => textOf(`${guard.stateFile}.lock`));

    process.kill((JSON.parse(lock) as { readonly pid: number }).pid, "SIGTERM");

    expect((await running.ended).stdout).toBe("exit 130\n");
  });

  it("a command that is done ends", async (test) => {
    const guard = await guardWith(test, { config: slow });

    const { by, stdout } = await guard.ship(
      ["status", "-c", guard.config],
      after(guard, hangingDisk(guard, 6)),
    ).ended;

    expect(stdout).toContain("balance: $20.00");
    expect(by).toBe("SIGINT");
  });
});

describe.concurrent("SIGHUP", () => {
  const hangUp = (forMs: number) =>
    `const hangUp = () => { process.kill(process.pid, "SIGHUP");
      if (performance.now() < ${forMs}) setTimeout(hangUp, 5); };
    setImmediate(hangUp);`;

  it("before there is anything to reload does not end the daemon", async (test) => {
    const guard = await guardWith(test, { config: slow });

    const { by, stderr } = await guard.ship(
      ["watch", "--once", "-c", guard.config],
      after(guard, hangUp(400)),
    ).ended;

    expect(by, stderr).toBe(0);
    expect(looksOf(guard)).toHaveLength(1);
  });

  it("ends a command that has nothing to reload, as when its terminal is closed", async (test) => {
    const guard = await guardWith(test, { config: slow });
    const running = guard.ship(["status", "--watch", "-c", guard.config]);
    await until("it shows something", () => running.stdout() !== "");

    running.signal("SIGHUP");

    expect((await running.ended).by).toBe("SIGHUP");
  });
});

/** What is asked of these files never comes back, and nothing waits for it either. */
const never = `const fs = require("node:fs");
  for (const name of ["lstat", "open", "readFile", "readlink", "realpath", "stat"]) {
    const real = fs.promises[name];
    fs.promises[name] = (path, ...more) =>
      /state|history/.test(path) ? new Promise(() => {}) : real(path, ...more);
  }
  require("node:module").syncBuiltinESMExports();`;

it.concurrent(
  "a daemon whose files hang from the start is told, and exits with 2",
  async (test) => {
    const guard = await guardWith(test, { notify: "", paces: { startLimitMs: 300 } });

    const { by, stderr } = await guard.start(["watch", "-c", guard.config], after(guard, never))
      .ended;

    expect(by).toBe(2);
    expect(stderr).toContain("one of them hangs");
    expect(heardBy(guard)).toEqual([
      expect.stringMatching(/^trouble: runpodboss watch could not start: .* within 0\.3 s/),
    ]);
  },
);

it.concurrent.for(["Promise.reject(stray)", "setTimeout(() => { throw stray; })"])(
  "an error that nobody caught is logged and told, and the daemon goes on: %s",
  async (throwing, test) => {
    const guard = await guardWith(test, { notify: "" });
    const running = guard.start(
      ["watch", "-c", guard.config],
      after(
        guard,
        `process.on("SIGUSR2", () => { const stray = new Error("the moon is full"); ${throwing}; });`,
      ),
    );
    await running.said("polled");

    running.signal("SIGUSR2");
    const told = await running.said("told directly");
    const before = looksOf(guard).length;
    await until("it polls on", () => looksOf(guard).length > before);
    running.signal("SIGTERM");

    expect((await running.ended).by).toBe(130);
    expect(told).toMatchObject({ because: expect.stringContaining("the moon is full") });
    expect(heardBy(guard)).toEqual([expect.stringContaining("the moon is full")]);
  },
);

it.concurrent.for([["status"], ["history"]])(
  "%s that waits for what never comes says so and exits with 1",
  async ([command = ""], test) => {
    const guard = await guardWith(test, { config: slow });
    const { by, stderr } = await guard.ship([command, "-c", guard.config], after(guard, never))
      .ended;

    expect(by).toBe(1);
    expect(stderr).toBe("This is a bug in runpodboss: it waited for what can no longer come.\n");
  },
);
