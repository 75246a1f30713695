import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, type TestContext } from "vitest";
import { answer, startService } from "../notify/services/service.ts";
import { apiKey, fastCli, type Guard, guardWith, until } from "./guard.ts";
import { inTerminal, keys } from "./terminal.ts";

const { enter, up, space, ctrlC, ctrlU } = keys;

function addresses({ simulator }: Guard): readonly string[] {
  return ["--runpod-url", simulator.url, "--rest-url", simulator.restUrl];
}

const folderOf = (guard: Guard): string => join(guard.folder, ".runpodboss");
const configOf = (guard: Guard): string => join(folderOf(guard), "config.json");

/** An account with two pods, and nothing set up yet. */
function account(test: TestContext): Promise<Guard> {
  return guardWith(test, {
    pods: [
      { id: "p1", name: "db", costPerHrUsd: 1.49 },
      { id: "p2", name: "\u001b[2Jtrain\u202e", costPerHrUsd: 0.69 },
    ],
  });
}

describe.runIf(process.platform === "linux")("setup in a terminal", () => {
  it("from nothing to a guard that is told of, then again with a daemon: comments stay, it reads the new config", async (test) => {
    const guard = await account(test);
    const ntfy = await startService(answer(200, { id: "m1", event: "message" }));
    const first = inTerminal(guard, ["setup", ...addresses(guard), "--no-service"], test);

    await first.sees("Your RunPod API key");
    first.press(`a-wrong-one${enter}`);
    await first.sees("RunPod refused the API key");
    await first.sees("Paste another key");
    first.press(enter);
    await first.sees("Your RunPod API key");
    first.press(`${apiKey}${enter}`);
    await first.sees("Balance $20.00, burn $2.18/h");
    await first.sees("Thresholds in dollars");
    first.press(`${ctrlU}9, 2, 1${enter}`);
    await first.sees("Which pods may nothing ever stop?");
    first.press(space);
    await first.sees("◼ db");
    first.press(enter);
    await first.sees("by name, or by id?");
    first.press(enter);
    await first.sees("How do you want to be told?");
    first.press(enter);
    await first.sees("The ntfy server:");
    first.press(`${ctrlU}${ntfy.origin}${enter}`);
    await first.sees("subscribe to the topic");
    await first.sees("Its access token");
    first.press(enter);
    await first.sees("Send a test now?");
    first.press(enter);
    await first.sees("The test was taken");
    await first.sees("Did it arrive?");
    first.press(enter);
    await first.sees("Send it again");
    first.press(enter);
    await first.sees("Did it arrive?");
    first.press("y");
    await first.sees("A pod that does nothing for long:");
    first.press(enter);
    await first.sees("Let it start pods");
    first.press("y");
    await first.sees("cost an hour");
    first.press(`${ctrlU}3${enter}`);
    await first.sees("For how many hours");
    first.press(enter);
    await first.sees("run at once");
    first.press(enter);
    await first.sees("starts an hour");
    first.press(enter);
    await first.sees("Its address (Enter: none):");
    first.press(enter);
    await first.sees("Serve a page to look at");
    first.press("n");
    await first.sees("Write it?");
    first.press(enter);
    await first.sees("  runpodboss watch");

    expect(await first.ended).toBe(0);
    expect(ntfy.got).toHaveLength(2);
    const modes = ["config.json", "key"].map(
      (name) => statSync(join(folderOf(guard), name)).mode & 0o777,
    );
    expect(modes).toEqual([0o600, 0o600]);
    expect(first.shown()).not.toContain(apiKey);
    expect(first.shown()).not.toContain("a-wrong-one");

    expect(readFileSync(configOf(guard), "utf8")).toContain(`"max_price_per_hr": 3,`);

    const commented = readFileSync(configOf(guard), "utf8")
      .replace(`"poll_interval_seconds": 60`, `"poll_interval_seconds": 0.2 /* mine */`)
      .replace(`"protect"`, `// Who stays.\n  "protect"`);
    writeFileSync(configOf(guard), commented);
    const daemon = guard.start(["watch"], { HOME: guard.folder });
    await daemon.said("polled");
    const second = inTerminal(guard, ["setup"], test, { columns: 60 });
    await second.sees("Is this the account to guard?");
    second.press(enter);
    await second.sees("Thresholds in dollars");
    second.press(enter);
    await second.sees("◼ db");
    second.press(enter);
    await second.sees("As now: ntfy");
    second.press(enter);
    await second.sees("Only tell me");
    second.press(up + enter);
    await second.sees("Its address");
    second.press(enter);
    await second.sees("Serve a page to look at");
    second.press("n");
    await second.sees(`guards.idle.action: "notify" -> "stop"`);
    await second.sees("Write it?");
    second.press(enter);
    await second.sees("to read the config again");
    await second.sees(`daemon: pid ${daemon.pid}`);

    expect(await second.ended, second.shown()).toBe(0);
    expect(readFileSync(configOf(guard), "utf8")).toBe(
      commented.replace(`"action": "notify"`, `"action": "stop"`),
    );
    daemon.signal("SIGTERM");
    await daemon.ended;
  });

  it("Ctrl-C ends it with 130, gives the terminal back, and leaves nothing behind", async (test) => {
    const guard = await account(test);
    const terminal = inTerminal(guard, ["setup", ...addresses(guard)], test);
    await terminal.sees("Your RunPod API key");

    terminal.press(`${apiKey}${enter}`);
    await terminal.sees("Thresholds in dollars");
    terminal.press(ctrlC);
    await terminal.sees("Stopped. Nothing was written.");

    expect(await terminal.ended).toBe(130);
    expect(existsSync(folderOf(guard))).toBe(false);
  });

  it("a window that is closed ends it, and leaves nothing behind", async (test) => {
    const guard = await account(test);
    const terminal = inTerminal(guard, ["setup", ...addresses(guard)], test);
    await terminal.sees("Your RunPod API key");

    terminal.hangUp();
    await terminal.ended;
    await until("the end of setup", () => !isRunning(guard.folder));

    expect(existsSync(folderOf(guard))).toBe(false);
  });

  it("on a terminal that cannot move its cursor, every question is a line", async (test) => {
    const guard = await account(test);
    const words = ["setup", ...addresses(guard), "--channel", "none", "--no-service"];
    const terminal = inTerminal(guard, words, test, { env: { TERM: "dumb" } });

    await terminal.sees("Your RunPod API key");
    terminal.press(`${apiKey}${enter}`);
    await terminal.sees("[10, 2.5, 1]");
    terminal.press(enter);
    await terminal.sees("Numbers, a space between");
    terminal.press(`1 2${enter}`);
    await terminal.sees("Number [1]");
    terminal.press(`2${enter}`);
    await terminal.sees("Number [2]");
    terminal.press(`1${enter}`);
    await terminal.sees("Let it start pods");
    terminal.press(enter);
    await terminal.sees("Its address");
    terminal.press(enter);
    await terminal.sees("Serve a page to look at");
    terminal.press(`n${enter}`);
    await terminal.sees("Write it? [Y/n]");
    terminal.press(enter);

    expect(await terminal.ended, terminal.shown()).toBe(0);
    expect(terminal.shown()).not.toContain(apiKey);
    const text = readFileSync(configOf(guard), "utf8");
    expect(text).toContain(`"protect": ["p1", "p2"]`);
    expect(text).toContain(`"action": "stop"`);
  });
});

/** Whether a process of the executable is at work on this folder. */
function isRunning(folder: string): boolean {
  const [, program = ""] = fastCli();
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .some((pid) => {
      try {
        const args = readFileSync(`/proc/${pid}/cmdline`, "utf8");
        const env = readFileSync(`/proc/${pid}/environ`, "utf8");
        return args.includes(program) && env.includes(`HOME=${folder}\0`);
      } catch {
        return false;
      }
    });
}
