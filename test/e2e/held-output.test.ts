import { spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it, type TestContext } from "vitest";
import { apiKey, fastCli, guardWith, looksOf, textOf, until, type Guard } from "./guard.ts";

/** What holds an output must not hold the end: without this limit these tests take two minutes. */
const paces = { lastWordsMs: 100, shutdownLimitMs: 5_000 };

/** A terminal with the executable in it, and somebody who can press Ctrl-S. */
function inTerminal(guard: Guard, words: readonly string[], { onTestFinished }: TestContext) {
  const command = [...fastCli(paces), ...words].map((word) => `'${word}'`).join(" ");
  const terminal = spawn(
    "/usr/bin/script",
    ["--quiet", "--return", "--command", command, "/dev/null"],
    {
      cwd: guard.folder,
      env: { HOME: guard.folder, PATH: process.env["PATH"], RUNPOD_API_KEY: apiKey },
      stdio: ["pipe", "pipe", "ignore"],
    },
  );
  onTestFinished(() => void terminal.kill("SIGKILL"));
  let shown = "";
  terminal.stdout.on("data", (chunk: Buffer) => (shown += chunk.toString()));
  const ended = new Promise<number | null>((resolve) => terminal.once("close", resolve));
  return {
    shown: () => shown,
    ended,
    press: (keys: string) => terminal.stdin.write(keys),
    /** Of the executable itself, and not of the writer of its log. */
    pid: () => pidsWith(guard.folder).find((pid) => argsOf(pid).includes(words[0] ?? "")),
  };
}

const ctrlS = "\u0013";
const ctrlQ = "\u0011";

function argsOf(pid: number): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
  } catch {
    return [];
  }
}

function pidsWith(word: string): readonly number[] {
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return pids.map(Number).filter((pid) => argsOf(pid).join(" ").includes(word));
}

async function moreLooks(guard: Guard): Promise<void> {
  const before = looksOf(guard).length;
  await until("three more polls", () => looksOf(guard).length >= before + 3);
}

describe.runIf(process.platform === "linux").concurrent("an output that is held up", () => {
  it("a terminal after Ctrl-S: the daemon polls on, acts, says it all after Ctrl-Q, and stops", async (test) => {
    const guard = await guardWith(test, { balanceUsd: 20, notify: "" });
    const terminal = inTerminal(guard, ["watch", "--config", guard.config], test);
    await until("a poll is shown", () => terminal.shown().includes("Balance $20.00"));

    terminal.press(ctrlS);
    await moreLooks(guard);
    guard.simulator.account.setBalance(9);
    await guard.called("agent");
    terminal.press(ctrlQ);
    await until("the trip is shown", () => terminal.shown().includes("Threshold warning tripped"));
    process.kill(terminal.pid() ?? 0, "SIGTERM");

    expect(await terminal.ended).toBe(130);
    expect(terminal.shown()).toContain("Daemon stopped: interrupted");
  });

  it("a terminal after Ctrl-S does not hold the end of the daemon", async (test) => {
    const guard = await guardWith(test);
    const terminal = inTerminal(guard, ["watch", "--config", guard.config], test);
    await until("a poll is shown", () => terminal.shown().includes("Balance $20.00"));
    terminal.press(ctrlS);
    await moreLooks(guard);

    process.kill(terminal.pid() ?? 0, "SIGTERM");

    expect(await terminal.ended).toBe(130);
    expect(textOf(guard.logFile)).toContain("daemon stopped");
  });

  it("a terminal after Ctrl-S does not hold the end of status --watch", async (test) => {
    const guard = await guardWith(test);
    const terminal = inTerminal(guard, ["status", "--watch", "--config", guard.config], test);
    await until("the balance is shown", () => terminal.shown().includes("$20.00"));
    terminal.press(ctrlS);
    await moreLooks(guard);

    process.kill(terminal.pid() ?? 0, "SIGTERM");

    expect(await terminal.ended).toBe(130);
  });

  it("a pipe whose reader sleeps: the daemon polls on, and stops", async (test) => {
    const guard = await guardWith(test);
    const [program, ...args] = fastCli(paces);
    const daemon = spawn(program, [...args, "watch", "-v", "--config", guard.config], {
      cwd: guard.folder,
      env: { HOME: guard.folder, PATH: process.env["PATH"], RUNPOD_API_KEY: apiKey },
      // Nobody reads what it says.
      stdio: ["ignore", "ignore", "pipe"],
    });
    test.onTestFinished(() => void daemon.kill("SIGKILL"));
    const ended = new Promise((resolve) => daemon.once("exit", resolve));
    await until("it polls", () => looksOf(guard).length > 0);

    await moreLooks(guard);
    daemon.kill("SIGTERM");

    expect(await ended).toBe(130);
  });

  it("a log file whose disk hangs: the daemon polls on, and stops; the lines come when it hangs no more", async (test) => {
    const guard = await guardWith(test, { paces });
    const running = guard.watchApart();
    await running.said("polled");
    const writer = await until("it is written", () =>
      pidsWith(guard.logFile).find((pid) => argsOf(pid)[1]?.endsWith("log-writer.mjs")),
    );
    process.kill(writer, "SIGSTOP");
    test.onTestFinished(() => {
      if (argsOf(writer).length > 0) process.kill(writer, "SIGKILL");
    });

    await moreLooks(guard);
    running.signal("SIGTERM");
    const { by } = await running.ended;
    expect(textOf(guard.logFile) ?? "").not.toContain("daemon stopped");
    process.kill(writer, "SIGCONT");

    expect(by).toBe(130);
    await until("all is written", () => textOf(guard.logFile)?.includes("daemon stopped"));
  });

  it("a daemon that is killed leaves a log of whole lines, and no writer behind", async (test) => {
    const guard = await guardWith(test);
    const running = guard.watchApart();
    await until("two polls are written", () => textOf(guard.logFile)?.includes('"cycle":2'));

    running.signal("SIGKILL");
    const { by } = await running.ended;
    await until("the writer has gone", () => pidsWith(guard.logFile).length === 0);

    expect(by).toBe("SIGKILL");
    expect(textOf(guard.logFile)).toMatch(/\}\n$/);
  });
});
