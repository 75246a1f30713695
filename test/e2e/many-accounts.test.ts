import { existsSync, readdirSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, type TestContext } from "vitest";
import {
  addressOf,
  type Ended,
  endsAskedOf,
  type Guard,
  type GuardOptions,
  guardWith,
  type Json,
  type Running,
} from "./guard.ts";

/** An account of its own, simulated, whose guard has the home that is given. */
async function accountOf(
  test: TestContext,
  home: Guard,
  name: string,
  { config, ...options }: GuardOptions = {},
): Promise<Guard> {
  const key = `key-of-${name}-and-of-nobody-else`;
  const account = await guardWith(test, { nowMs: () => Date.now(), apiKey: key, ...options });
  home.write(`.runpodboss/accounts/${name}.json`, JSON.stringify(configOf(account, config)));
  home.write(`.runpodboss/accounts/${name}/key`, `${key}\n`);
  return account;
}

/** What a person would write for it: no path in it is given. */
function configOf(account: Guard, more: Json = {}): Json {
  const thresholds = [
    {
      name: "emergency",
      below_usd: 10,
      prompt: "{name}",
      backstop: { action: "stop", after_seconds: 0.5 },
    },
  ];
  return {
    ...addressOf(account.simulator),
    poll_interval_seconds: 0.2,
    claude_command: [],
    extra_notify_command: ["true"],
    thresholds,
    ...more,
  };
}

const pods = [{ id: "p1", name: "trainer", costPerHrUsd: 1 }];

/** The executable in the home of all accounts: its own process, as that is where `~` is looked up. */
function runIn(home: Guard, ...args: readonly string[]): Running {
  return home.start(args);
}

async function rowsOf(home: Guard): Promise<readonly Json[]> {
  const { stdout } = await runIn(home, "status", "--all", "--json").ended;
  return JSON.parse(stdout) as readonly Json[];
}

function lineOf({ stdout }: Ended, name: string): string {
  return stdout.split("\n").find((line) => line.startsWith(`${name} `)) ?? "";
}

describe.concurrent("two accounts on one machine", () => {
  it("what to try next, when one cannot be seen, is told for that one", async (test) => {
    const home = await guardWith(test);
    const nowhere = "http://127.0.0.1:1";
    const config = { runpod_url: `${nowhere}/graphql`, rest_url: `${nowhere}/v2` };
    await accountOf(test, home, "lab", { config });

    const failed = await runIn(home, "watch", "--once", "--account", "lab").ended;
    const refused = await runIn(home, "stop", "p1", "--yes", "--account", "lab").ended;

    expect(failed.stderr).toContain("Then try: runpodboss --account lab check");
    expect(refused.stderr).toContain("Then try: runpodboss --account lab check");
  });

  it("each has a daemon and files of its own, and only the one that runs low loses its pod", async (test) => {
    const home = await guardWith(test);
    const lab = await accountOf(test, home, "lab", { pods, balanceUsd: 9 });
    const prod = await accountOf(test, home, "prod-2", { pods, balanceUsd: 90 });
    const tell = home.program("tell", "");
    home.write(
      ".runpodboss/accounts/lab.json",
      JSON.stringify(configOf(lab, { extra_notify_command: [...tell, "{message}"] })),
    );

    const daemons = ["lab", "prod-2"].map((name) => runIn(home, "watch", "--account", name));
    await Promise.all(daemons.map((daemon) => daemon.said("polled")));
    await daemons[0]?.said("pod ended", { podId: "p1" });

    const { args } = await home.called("tell");
    expect(args[0]).toMatch(/^lab: emergency: balance \$/);
    expect(endsAskedOf(lab)).toEqual(["p1"]);
    expect(endsAskedOf(prod)).toEqual([]);
    expect(prod.simulator.account.pod("p1")?.status).toBe("RUNNING");
    for (const name of ["lab", "prod-2"]) {
      const files = readdirSync(join(home.folder, ".runpodboss/accounts", name));
      expect(files).toEqual(
        expect.arrayContaining([
          "history.jsonl",
          "runpodboss.log",
          "runs.json",
          "samples.jsonl",
          "state.json",
          "state.json.lock",
        ]),
      );
    }
    expect(readdirSync(join(home.folder, ".runpodboss"))).toEqual(["accounts"]);
  });

  it("stand in one table, and the one whose daemon was killed is said not to run", async (test) => {
    const home = await guardWith(test);
    await accountOf(test, home, "lab", { pods, balanceUsd: 30 });
    await accountOf(test, home, "prod", { pods, balanceUsd: 90 });
    const [lab, prod] = ["lab", "prod"].map((name) => runIn(home, "--account", name, "watch"));
    await Promise.all([lab?.said("polled"), prod?.said("polled")]);
    const both = await runIn(home, "status", "--all").ended;

    lab?.signal("SIGKILL");
    await lab?.ended;
    const one = await runIn(home, "status", "--all").ended;

    expect(both).toMatchObject({ by: 0, stderr: "" });
    expect(both.stdout.split("\n")[0]).toMatch(/^Account +Balance +Burn +Hours Left +Pods$/);
    expect(lineOf(both, "lab")).toMatch(
      /^lab +\$(?:30\.00|29\.99) +\$1\.00\/h +(?:30\.0|29\.9) +1$/,
    );
    expect(lineOf(both, "prod")).toMatch(/^prod +\$(?:90\.00|89\.99) +\$1\.00\/h +\d\d\.\d +1$/);
    expect(one).toMatchObject({ by: 0, stderr: "" });
    expect(lineOf(one, "lab")).toMatch(/ 1 +daemon NOT RUNNING, last poll \d+ s ago$/);
    expect(lineOf(one, "prod")).toMatch(/ 1$/);
  });

  it("a second daemon of the same account is refused, also by the other way to name it", async (test) => {
    const home = await guardWith(test);
    await accountOf(test, home, "lab");
    const first = runIn(home, "watch", "--account", "lab");
    await first.said("polled");

    const second = await runIn(home, "watch", "-c", ".runpodboss/accounts/lab.json").ended;

    const stateFile = join(home.folder, ".runpodboss/accounts/lab/state.json");
    expect(second.by).toBe(2);
    expect(second.stderr).toContain(
      `Another daemon is already running: pid ${first.pid} uses the state file ${stateFile}.`,
    );
  });
});

describe.concurrent("--account", () => {
  it("is the config of that name, also where the folder of accounts is reached by a link", async (test) => {
    const home = await guardWith(test);
    await accountOf(test, home, "lab");
    symlinkSync(join(home.folder, ".runpodboss/accounts"), join(home.folder, "linked"));
    const stateFile = join(home.folder, ".runpodboss/accounts/lab/state.json");

    const once = await runIn(home, "watch", "--once", "-c", "linked/lab.json").ended;
    const { stdout } = await runIn(home, "status", "--account", "lab").ended;

    expect(once.by).toBe(0);
    expect(existsSync(stateFile)).toBe(true);
    expect(stdout).toMatch(/^daemon: NOT RUNNING, nothing is guarded; last poll \d+ s ago$/m);
  });

  it.for<[string, readonly string[], string]>([
    ["leads elsewhere", ["--account", "../config"], '--account cannot be "../config"'],
    ["has a line end", ["--account", "lab\n"], String.raw`--account cannot be "lab\n"`],
    ["has a capital", ["--account=Lab"], '--account cannot be "Lab"'],
    ["is empty", ["--account="], '--account cannot be ""'],
    ["is that of the plain config", ["--account", "main"], "leave --account away"],
    ["stands beside a config", ["--account", "lab", "-c", "c.json"], "cannot be used together"],
    [
      "is that of no config",
      ["--account", "lab"],
      "To set one up:\n  runpodboss --account lab setup\nTo write one by hand:\n  runpodboss --account lab init\nTo name another: --config FILE",
    ],
  ])("is refused with one message where it %s", async ([_sentence, options, words], test) => {
    const home = await guardWith(test);

    const { by, stdout, stderr } = await runIn(home, "status", ...options).ended;

    expect({ by, stdout }).toEqual({ by: 2, stdout: "" });
    expect(stderr).toContain(words);
    expect(stderr.trim().split("\n")).toHaveLength(words.split("\n").length + 1);
  });

  it("begins with init, which says what is this account's own", async (test) => {
    const home = await guardWith(test);

    const { by, stdout } = await runIn(home, "init", "--account", "lab").ended;
    const refused = await runIn(home, "init", "-c", ".runpodboss/accounts/Lab.json").ended;

    expect(by).toBe(0);
    expect(stdout).toContain("(umask 077 && cat > ~/.runpodboss/accounts/lab/key)");
    expect(stdout).toContain("runpodboss check --account lab");
    const text = readFileSync(join(home.folder, ".runpodboss/accounts/lab.json"), "utf8");
    expect(text).toContain('"api_key_file": "~/.runpodboss/accounts/lab/key"');
    expect(text).not.toMatch(/^ *"(?:state_file|log_file|api_key_env)"/m);
    expect(readdirSync(join(home.folder, ".runpodboss/accounts"))).toEqual(["lab", "lab.json"]);
    expect(refused).toMatchObject({ by: 2, stdout: "" });
    expect(refused.stderr).toContain("named like no account");
  });

  it("is completed with the names that are there", async (test) => {
    const home = await guardWith(test);
    for (const name of ["lab", "prod", "Odd"])
      home.write(`.runpodboss/accounts/${name}.json`, "{}");
    const thresholds = [{ name: "low" }];
    home.write(".runpodboss/accounts/lab.json", JSON.stringify({ thresholds }));

    const names = await runIn(home, "complete", "--", "status", "--account", "").ended;
    const ofLab = await runIn(home, "complete", "--", "--account", "lab", "drill", "").ended;
    const ofNone = await runIn(home, "complete", "--", "--account", "../x", "drill", "").ended;

    expect(names.stdout).toBe("lab\nprod\n");
    expect(ofLab.stdout).toBe("low\n");
    expect(ofNone).toMatchObject({ by: 0, stdout: "", stderr: "" });
  });
});

describe.concurrent("status --all", () => {
  it("says of each that cannot be read why, hides none behind it, and exits with 2", async (test) => {
    const home = await guardWith(test);
    await accountOf(test, home, "good");
    home.write(".runpodboss/accounts/Lab.json", "{}");
    home.write(".runpodboss/accounts/broken.json", "{ oops");
    home.write(".runpodboss/accounts/folder.json/inside", "");
    home.write(".runpodboss/accounts/keyless.json", JSON.stringify(configOf(home)));
    home.write(".runpodboss/accounts/.#good.json", "what an editor leaves");
    home.write(".runpodboss/accounts/notes.txt", "");

    const ended = await runIn(home, "status", "--all").ended;
    const rows = await rowsOf(home);

    expect(ended.by).toBe(2);
    expect(ended.stderr).toContain(
      "4 of 5 accounts could not be seen: Lab, broken, folder, keyless.",
    );
    expect(rows.map(({ account, error }) => [account, error])).toEqual([
      ["Lab", expect.stringContaining("is named like no account: a name is one word of small")],
      ["broken", expect.stringContaining("line 1, column 3  is not JSON here")],
      ["folder", expect.stringContaining("folder.json cannot be read: ")],
      ["good", null],
      [
        "keyless",
        expect.stringContaining("not found: put it into ~/.runpodboss/accounts/keyless/key"),
      ],
    ]);
    expect(lineOf(ended, "good")).toMatch(/^good +\$20\.00/);
  });

  it("has the plain config as main, and says which accounts have one key", async (test) => {
    const home = await guardWith(test);
    const lab = await accountOf(test, home, "lab");
    const key = readFileSync(join(home.folder, ".runpodboss/accounts/lab/key"), "utf8").trim();
    home.write(".runpodboss/config.json", JSON.stringify(configOf(lab, { api_key: key })));

    const ended = await runIn(home, "status", "--all").ended;
    const rows = await rowsOf(home);

    expect(ended).toMatchObject({ by: 0, stderr: "" });
    expect(ended.stdout.replaceAll(/\s+/g, " ")).toContain("has the API key of lab");
    expect(rows.map(({ account, same_key_as }) => [account, same_key_as])).toEqual([
      ["main", ["lab"]],
      ["lab", ["main"]],
    ]);
  });

  it("waits for none that hangs: it has its row, and the others theirs", async (test) => {
    const home = await guardWith(test, { paces: { statusLimitMs: 3_000 } });
    const slow = await accountOf(test, home, "slow");
    await accountOf(test, home, "quick");
    slow.simulator.failAll("silence");

    const ended = await runIn(home, "status", "--all").ended;

    expect(ended.by).toBe(2);
    expect(lineOf(ended, "quick")).toMatch(/^quick +\$20\.00/);
    expect(ended.stdout.replaceAll(/\s+/g, " ")).toContain("RunPod did not answer within 3 s");
  });

  it.for([["--watch"], ["--history"], ["--plot"], ["--account", "lab"], ["-c", "c.json"]])(
    "is refused beside %j",
    async (options, test) => {
      const home = await guardWith(test);

      const { by, stderr } = await runIn(home, "status", "--all", ...options).ended;

      expect(by).toBe(2);
      expect(stderr).toContain("--all");
      expect(stderr).toMatch(/cannot be used/);
    },
  );

  it("without any account says how to begin", async (test) => {
    const home = await guardWith(test);

    const { by, stdout, stderr } = await runIn(home, "status", "--all").ended;

    expect({ by, stdout }).toEqual({ by: 2, stdout: "" });
    expect(stderr).toContain("There is no account: neither ~/.runpodboss/config.json nor");
  });
});
