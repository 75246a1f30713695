import { createServer, type RequestListener } from "node:http";
import { spawn } from "node:child_process";
import { chmodSync, closeSync, fstatSync, openSync, statSync } from "node:fs";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { describe, expect, it } from "vitest";
import { apiKey, at, failing, fastCli, guardWith, type Line, linesOf, textOf } from "./guard.ts";

const linesIn = (text: string | undefined): readonly Line[] =>
  (text ?? "").split("\n").flatMap((line) => (line ? [JSON.parse(line) as Line] : []));

describe.concurrent("the log", () => {
  it("is the same lines of JSON on a pipe and in the log file, which grows over runs and is private", async (test) => {
    const guard = await guardWith(test, { balanceUsd: 9 });

    const first = await guard.watch("--once").ended;
    const second = await guard.watch("--once").ended;

    expect(textOf(guard.logFile)).toBe(first.stderr + second.stderr);
    expect(linesIn(textOf(guard.logFile)).map(({ msg }) => msg)).toEqual([
      "daemon started",
      "threshold tripped",
      "polled",
      "agent done",
      "daemon stopped",
      "daemon started",
      "polled",
      "daemon stopped",
    ]);
    expect(statSync(guard.logFile).mode & 0o777).toBe(0o600);
    expect([first.stdout, second.stdout]).toEqual(["", ""]);
  });

  it("has one line a cycle: the cycle, the balance, the burn, the pods and what has fired", async (test) => {
    const pods = [{ costPerHrUsd: 1.5 }, { costPerHrUsd: 0.5, status: "EXITED" as const }];
    const guard = await guardWith(test, { balanceUsd: 9.25, pods });

    const running = guard.watch();
    await running.said("polled", { cycle: 2 });
    running.signal("SIGTERM");
    await running.ended;

    const looked = {
      level: "info",
      balanceUsd: 9.25,
      burnPerHrUsd: 1.5,
      pods: 2,
      fired: ["warning"],
    };
    expect(linesOf(running.lines, "polled").slice(0, 2)).toMatchObject([
      { cycle: 1, ...looked },
      { cycle: 2, ...looked },
    ]);
  });

  it("can be read on a terminal, and is JSON in the log file all the same", async (test) => {
    const guard = await guardWith(test, { balanceUsd: 9 });

    const { by, stdout } = await guard.run("script", [
      "--quiet",
      "--return",
      "--command",
      [...fastCli(), "watch", "--once", "--config", guard.config]
        .map((word) => `'${word}'`)
        .join(" "),
      "/dev/null",
    ]).ended;

    expect(by, stdout).toBe(0);
    const shown = stripVTControlCharacters(stdout).trim().split(/\r?\n/);
    expect(shown).toEqual([
      expect.stringMatching(/^\d{4}-\d\d-\d\d$/),
      expect.stringMatching(/^\d\d:\d\d:\d\d {2}Daemon started, polls every 0\.2 s; thresholds: /),
      "          emergency. You are not told: notify and extra_notify_command are empty",
      expect.stringMatching(
        /^\d\d:\d\d:\d\d {2}Threshold warning tripped: balance \$9\.00 is below \$10\.00/,
      ),
      // A terminal without a size: its last line cannot be rewritten.
      expect.stringMatching(/^\d\d:\d\d:\d\d {2}Balance \$9\.00, burn \$0\.00\/h, 0 pods, below/),
      expect.stringMatching(/^\d\d:\d\d:\d\d {2}Agent done for threshold warning: exit 0/),
      expect.stringMatching(/^\d\d:\d\d:\d\d {2}Daemon stopped: once$/),
    ]);
    expect(linesIn(textOf(guard.logFile))).toHaveLength(5);
  });

  it("has the priority of each line in the journal, its last words too, and none in the log file", async (test) => {
    const guard = await guardWith(test, { balanceUsd: 9, agent: failing(3) });
    const path = join(guard.folder, "journal");
    const journal = openSync(path, "a");
    test.onTestFinished(() => closeSync(journal));
    const { dev, ino } = fstatSync(journal, { bigint: true });
    const [program, ...args] = fastCli();
    const endOf = async (words: readonly string[]): Promise<unknown> => {
      const env = { HOME: guard.folder, PATH: process.env["PATH"], RUNPOD_API_KEY: apiKey };
      const daemon = spawn(program, [...args, ...words, "--config", guard.config], {
        env: { ...env, JOURNAL_STREAM: `${dev}:${ino}` },
        stdio: ["ignore", "ignore", journal],
      });
      return new Promise((resolve) => daemon.once("exit", resolve));
    };

    expect(await endOf(["watch", "--once"])).toBe(1);
    const lines = (textOf(path) ?? "").trim().split("\n");
    expect(lines).toEqual([
      expect.stringMatching(/^<6>\{.*"daemon started"\}$/),
      expect.stringMatching(/^<4>\{.*"threshold tripped"\}$/),
      expect.stringMatching(/^<6>\{.*"polled"\}$/),
      expect.stringMatching(/^<3>\{.*"agent failed"\}$/),
      expect.stringMatching(/^<4>\{.*"notification"\}$/),
      expect.stringMatching(/^<6>\{.*"daemon stopped"\}$/),
      expect.stringMatching(/^<3>1 of what was to be done failed: agent: exit 3 after /),
      expect.stringMatching(/^<3>It is tried again/),
    ]);
    expect(linesIn(textOf(guard.logFile))).toHaveLength(6);
    guard.configure({ pol_interval: 1 });
    expect(await endOf(["watch", "--once"])).toBe(2);
    const words = (textOf(path) ?? "").trim().split("\n").slice(8);
    expect(words.length).toBeGreaterThan(1);
    expect(words.every((line) => line.startsWith("<3>"))).toBe(true);
  });

  it("warns of a config that holds the key and that everyone can read", async (test) => {
    const guard = await guardWith(test, { config: { api_key: apiKey } });
    const first = await guard.watch("--once").ended;
    chmodSync(join(guard.folder, "config.json"), 0o644);

    const { by, lines } = await guard.watch("--once").ended;

    expect(linesOf(first.lines, "config warning")).toEqual([]);
    expect(by).toBe(0);
    expect(linesOf(lines, "config warning")).toMatchObject([
      { level: "warn", warning: expect.stringContaining("chmod 600") },
    ]);
  });

  it("that cannot be written does not keep the watch from its work", async (test) => {
    const guard = await guardWith(test, { balanceUsd: 9, config: { log_file: "/proc/none/log" } });

    const { by, lines } = await guard.watch("--once").ended;

    expect(by).toBe(0);
    expect(linesOf(lines, "log file cannot be written")).toHaveLength(1);
    expect(guard.calls("agent")).toHaveLength(1);
  });
});

/** Each of these runs also through the check of `guardWith`: the key is nowhere, in log and state. */
describe.concurrent("the API key is not shown", () => {
  const bodies: readonly (readonly [string, number, string, (key: string) => string])[] = [
    [
      "an error's words",
      401,
      "application/json",
      (key) => JSON.stringify({ errors: [{ message: `no such key: ${key}` }] }),
    ],
    [
      "the words of an error beside data",
      200,
      "application/json",
      (key) => JSON.stringify({ data: null, errors: [{ message: key }] }),
    ],
    ["a page", 403, "text/html", (key) => `<p>Bearer ${key}</p>`],
    [
      "a balance",
      200,
      "application/json",
      (key) => JSON.stringify({ data: { myself: { clientBalance: key } } }),
    ],
    ["broken JSON", 200, "application/json", (key) => `{"data": ${key}`],
    ["its type", 200, apiKey, () => "no"],
    [
      "words that are cut short in the midst of it",
      401,
      "application/json",
      (key) => JSON.stringify({ errors: [{ message: key.padStart(205, ".") }] }),
    ],
    [
      "a page that is cut short in the midst of it",
      403,
      "text/html",
      (key) => key.padStart(88, "."),
    ],
    [
      "a balance that is cut short in the midst of it",
      200,
      "application/json",
      (key) => JSON.stringify({ data: { myself: { clientBalance: key.padStart(43, ".") } } }),
    ],
  ];

  it.for(bodies)("when the server says it in %s", async ([, status, type, body], test) => {
    const guard = await guardWith(test);
    const url = await serve(test, (request, response) => {
      const key = request.headers.authorization?.replace("Bearer ", "") ?? "";
      response.writeHead(status, { "content-type": type }).end(body(key));
    });
    guard.configure(at(url));

    const { by, stderr, lines } = await guard.watch("--once", "--verbose").ended;

    expect(by).toBe(2);
    expect(linesOf(lines, "poll failed; nothing decided")).toHaveLength(1);
    expect(partOfKeyIn(stderr)).toBeUndefined();
  });

  it.for<[string, string]>([
    ["prints it", `console.log("${apiKey}");`],
    [
      "prints it and fails, as does what would tell of that",
      `console.error("x ${apiKey} y"); process.exitCode = 1;`,
    ],
    ["prints it where the tail is cut off", `console.log("${apiKey}" + "x".repeat(3_980));`],
    ["prints it again and again", `console.log("${apiKey}".repeat(1_000));`],
    ["prints it as JSON", `console.log(JSON.stringify({ key: "${apiKey}" }));`],
  ])("when an agent %s", async ([_sentence, agent], test) => {
    const guard = await guardWith(test, { balanceUsd: 9, agent, notify: agent });

    const { stderr, lines } = await guard.watch("--once").ended;

    // The agent's and what tells people; where that fails, it may be told of as well.
    const tails = lines.filter(({ tail }) => tail !== undefined);
    expect(tails.length).toBeGreaterThanOrEqual(2);
    expect(partOfKeyIn(stderr)).toBeUndefined();
  });

  it("when a pod is called like it, in a dry run that says its arguments", async (test) => {
    const thresholds = [{ name: "low", below_usd: 10, prompt: "{pods_json}" }];
    const pods = [{ name: apiKey, costPerHrUsd: 1 }];
    const guard = await guardWith(test, { balanceUsd: 9, pods, config: { thresholds } });

    const { stderr } = await guard.watch("--once", "--dry-run", "--verbose").ended;

    expect(stderr).toContain("would have started");
    expect(partOfKeyIn(stderr)).toBeUndefined();
  });

  it("when it has characters that JSON or URLs escape", async (test) => {
    const odd = 'odd"key\\with/every+thing=%41';
    const guard = await guardWith(test, {
      balanceUsd: 9,
      apiKey: odd,
      agent: "console.log(process.env.ODD, encodeURIComponent(process.env.ODD))",
    });
    guard.configure({ api_key_env: "ODD" });

    const { by, stderr } = await guard.start(
      ["watch", "--once", "--config", join(guard.folder, "config.json")],
      { ODD: odd },
    ).ended;

    expect(by).toBe(0);
    expect(stderr).toContain("agent done");
    expect(stderr).not.toMatch(/every.*thing/);
  });
});

/** A piece of the key that is long enough to be of use to somebody. */
function partOfKeyIn(text: string): string | undefined {
  const pieces = Array.from({ length: apiKey.length - 11 }, (_, at) => apiKey.slice(at, at + 12));
  return pieces.find((piece) => text.includes(piece));
}

async function serve(
  { onTestFinished }: { readonly onTestFinished: (end: () => void) => void },
  answer: RequestListener,
): Promise<string> {
  const server = createServer(answer);
  onTestFinished(() => void server.close());
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  return `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}/graphql`;
}
