import { cpSync, readFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { realPaces } from "#paces.ts";
import { guardWith, linesOf, textOf } from "./guard.ts";

/** The least that the executable takes; what other tests use is refused. */
const slow = { poll_interval_seconds: 5 };
const hourMs = 3_600_000;

describe("the paces of the executable that is shipped", () => {
  it("are the documented ones", () => {
    expect(realPaces).toEqual({
      leastPollMs: 5_000,
      firstRetryMs: 5_000,
      leastGapMs: 1_000,
      request: {
        timeLimitMs: 30_000,
        askAgainMs: 10_000,
        giveUpMs: 45_000,
        refusalsApartMs: 15_000,
        looksApartMs: 1_000,
      },
      proof: {
        acceptedMs: [1_000, 2_000, 3_000, 4_000],
        failedMs: [1_000, 3_000],
        readOnlyKeyMs: [1_000],
        missingMs: 2_000,
      },
      launch: { findMs: [1_000, 3_000, 6_000, 10_000, 20_000, 20_000], lookEveryMs: 5_000 },
      hook: { inputMs: 5_000, answerMs: 10_000 },
      agentProofMs: [0, 3_000, 5_000],
      endRetry: { firstMs: 5_000, mostMs: 60_000 },
      noticeRetry: { firstMs: 60_000, mostMs: 900_000 },
      endByHandRetryMs: 2_000,
      programEnd: { termGraceMs: 10_000, abortGraceMs: 2_000 },
      saveLimitMs: 10_000,
      startLimitMs: 120_000,
      pollLimitMs: 90_000,
      measureLimitMs: 90_000,
      reloadLimitMs: 10_000,
      lock: { beatMs: 5_000, staleAfterMs: 30_000 },
      // Ctrl-C ends it within five seconds.
      shutdownLimitMs: 4_800,
      missingSecretMs: 60_000,
      pageAgainMs: 60_000,
      tellLimitMs: 15_000,
      lastBeatMs: 3_000,
      lastNoticesMs: 40_000,
      lastWordsMs: 1_500,
      statusLimitMs: 15_000,
      statusEveryMs: 5_000,
      completionLimitMs: 2_000,
    });
  });

  it("are all that it is given", () => {
    expect(readFileSync("src/cli.ts", "utf8")).toContain("return main(realPaces, (exitCode) =>");
  });

  it("are told to the service manager", () => {
    const unit = readFileSync("systemd/runpodboss.service", "utf8");
    const { abortGraceMs } = realPaces.programEnd;

    expect(unit).toContain(`ends its agents within ${abortGraceMs / 1000} s`);
    const stopSeconds = Number(/^TimeoutStopSec=(\d+)$/m.exec(unit)?.[1]);
    expect(stopSeconds * 1000).toBeGreaterThan(realPaces.shutdownLimitMs);
  });

  it.concurrent(
    "its log is written, too, where its folder has a blank in its name",
    async (test) => {
      const guard = await guardWith(test, { config: slow });
      const dist = join(guard.folder, "it's 100 % mine", "dist");
      cpSync("dist", dist, { recursive: true });

      const args = [join(dist, "cli.js"), "watch", "--once", "-c", guard.config];
      const { by, stderr } = await guard.run(process.execPath, args).ended;

      expect(by, stderr).toBe(0);
      expect(textOf(guard.logFile)).toContain('"msg":"polled"');
    },
  );

  it.concurrent("no poll interval below 5 s is taken, and 5 s is", async (test) => {
    const guard = await guardWith(test, { config: { poll_interval_seconds: 4.999 } });
    const refused = await guard.ship(["check", "-c", guard.config]).ended;
    guard.configure(slow);

    const taken = await guard.ship(["watch", "--once", "-c", guard.config]).ended;

    expect(refused.by).toBe(2);
    expect(refused.stderr).toContain("must be at least 5 (got 4.999)");
    expect(taken.by).toBe(0);
    expect(linesOf(taken.lines, "daemon started")).toMatchObject([{ pollIntervalMs: 5_000 }]);
  });

  it.concurrent("status --watch says how often it looks", async (test) => {
    const guard = await guardWith(test);

    const { stdout } = await guard.ship(["status", "--help"]).ended;

    expect(stdout.replaceAll(/\s+/g, " ")).toContain(`every ${realPaces.statusEveryMs / 1000} s`);
  });
});

/** Demo: see its own tests. */
describe.concurrent("the executable that is shipped does, in a process of its own,", () => {
  it.for<[readonly string[], string]>([
    [["init", "--output", "new.json"], "Next:"],
    [["check"], "balance: $"],
    [["watch", "--once"], ""],
    [["drill", "warning", "--no-agent"], "All 1 worked."],
    [["status"], "daemon: "],
    [["history"], "runs that ended"],
    [["completion", "bash"], "complete -F"],
    [["complete", "--", "his"], "history"],
    [["lease", "p1", "2"], "p1"],
    [["extend", "p1", "1"], "p1"],
    [["touch", "p1"], "p1"],
    [["stop", "-y", "p1"], "p1"],
    [["terminate", "-y", "p1"], "p1"],
  ])("%j", async ([args, words], test) => {
    const guard = await guardWith(test, {
      notify: "",
      nowMs: () => Date.now(),
      pods: [{ id: "p1", costPerHrUsd: 1, startedAtMs: Date.now() - hourMs }],
      config: { ...slow, guards: { lease: { action: "stop" }, idle: {} } },
    });

    const [first = "", ...rest] = args;
    const { by, stdout, stderr } = await guard.ship([first, "-c", guard.config, ...rest]).ended;

    expect(by, stderr).toBe(0);
    expect(stdout).toContain(words);
  });
});

it("the page of the executable that is shipped comes with its type and its policy", async (test) => {
  const guard = await guardWith(test, {
    config: { ...slow, http: { listen: `127.0.0.1:${await freePort()}` } },
  });
  const daemon = guard.ship(["watch", "-c", guard.config]);
  const { address } = await daemon.said("page served");

  const answer = await fetch(String(address), { headers: { accept: "text/html" } });
  daemon.signal("SIGTERM");

  expect(answer.status).toBe(401);
  expect(Object.fromEntries(answer.headers)).toMatchObject({
    "content-type": expect.stringContaining("text/html"),
    "content-security-policy": expect.stringContaining("default-src 'none'"),
    "x-content-type-options": "nosniff",
    "cache-control": "no-store",
  });
  await daemon.ended;
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
