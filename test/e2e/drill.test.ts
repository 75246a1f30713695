import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { unitText } from "#commands/setup/service/systemd-unit.ts";
import { isAlive } from "../process/programs.ts";
import {
  failing,
  guardWith,
  inTwo,
  linesOf,
  printResult,
  staying,
  textOf,
  type Ended,
  type Guard,
  type GuardOptions,
  until,
} from "./guard.ts";

const names = ["warning", "critical", "emergency"];
const tells = `say({ event: process.env.RUNPODBOSS_EVENT, threshold: process.env.RUNPODBOSS_THRESHOLD,
  balance: process.env.RUNPODBOSS_BALANCE_USD });
console.log("heard and done");`;

/** A config whose programs tell how they were called, and work unless told otherwise. */
const working: GuardOptions = { agent: tells, notify: tells };

function drill(guard: Guard, ...args: readonly string[]): Promise<Ended> {
  return guard.command("drill", ...args);
}

async function lastGoodDrill(guard: Guard): Promise<string> {
  const { stdout } = await guard.command("check");
  return /^last good drill: (.*)$/m.exec(stdout)?.[1] ?? "not said";
}

/** What breaks a command that hands it on carelessly. */
const awkward = `Does all of this arrive? "double" 'single' $HOME {name} *b* <i> & \n ÄÖÜ ß 🔥`;

describe.concurrent("a drill", () => {
  it("runs every notify command and agent on made-up pods, says how it went, and asks nothing of the account", async (test) => {
    const guard = await guardWith(test, working);
    guard.configure({
      thresholds: [
        { name: "warning", below_usd: 10, prompt: "{name} {balance:.2f} {pods_json}" },
        { name: "critical", below_usd: 2, prompt: "{name}" },
      ],
    });
    const startedAtMs = Date.now();

    const { by, stdout, stderr } = await drill(guard);

    expect({ by, stderr }).toEqual({ by: 0, stderr: "" });
    const [, record = ""] = (textOf(join(guard.folder, "history.jsonl")) ?? "").split("\n");
    expect(JSON.parse(record)).toMatchObject({
      event_type: "drill",
      because: "all 4 worked",
    });
    expect(guard.simulator.requests).toBe(0);
    const programs = [...guard.calls("notify"), ...guard.calls("agent")];
    expect(programs.map(({ told }) => told)).toMatchObject([
      { event: "drill", threshold: "warning", balance: "9.8000" },
      { event: "drill", threshold: "critical", balance: "1.9600" },
      { event: "drill", threshold: "warning", balance: "9.8000" },
      { event: "drill", threshold: "critical", balance: "1.9600" },
    ]);
    const told = guard
      .calls("notify")
      .map(({ args: [message, ...rest] }) => [inTwo(message).words, ...rest]);
    expect(told).toEqual([
      [
        `warning: THIS IS A DRILL: a made-up balance of $9.80 is below $10.00. ${awkward}`,
        "9.8000",
      ],
      [
        `critical: THIS IS A DRILL: a made-up balance of $1.96 is below $2.00. ${awkward}`,
        "1.9600",
      ],
    ]);
    const prompt = guard.calls("agent")[0]?.args[0] ?? "";
    expect(prompt).toMatch(/^THIS IS A DRILL of the guard of a RunPod account\./);
    const own = prompt.split("\n\n")[1] ?? "";
    expect(own).toMatch(/^warning 9\.80 \[/);
    expect(JSON.parse(own.slice(own.indexOf("[")))).toMatchObject([
      { id: "drill000000001", cost_per_hr_usd: 1.49, status: "RUNNING" },
      { id: "drill000000002", cost_per_hr_usd: 0.69, status: "RUNNING" },
    ]);
    const [shell] = guard.program("agent", "");
    expect(stdout.replaceAll(/\d+\.\d s/g, "N s")).toBe(
      ["warning", "critical"]
        .flatMap((name) =>
          ["notify command", "agent"].map(
            (what) =>
              `${name}: ${what} ${shell} ...\n  worked: exit 0 after N s\n  | heard and done\n`,
          ),
        )
        .join("") + "All 4 worked.\n",
    );
    expect(existsSync(guard.stateFile)).toBe(false);
    const drilledAt = await lastGoodDrill(guard);
    expect(Date.parse(drilledAt)).toBeGreaterThanOrEqual(startedAtMs);
    expect(Date.parse(drilledAt)).toBeLessThanOrEqual(Date.now());
  });

  it.for<[string, GuardOptions, readonly string[]]>([
    [
      "the notify command fails",
      { ...working, notify: `console.log("no such user"); process.exitCode = 4;` },
      ["warning: notify command /bin/sh ...\n  FAILED: exit 4 after ", "  | no such user\n"],
    ],
    [
      "the notify command hangs",
      { ...working, notify: staying, config: { notify_timeout_seconds: 0.5 } },
      ["warning: notify command /bin/sh ...\n  FAILED: timed out after 0.5 s"],
    ],
    [
      "the agent fails",
      { ...working, agent: failing(5) },
      ["warning: agent /bin/sh ...\n  FAILED: exit 5 after "],
    ],
    [
      "the agent is missing",
      { ...working, config: { claude_command: ["no-such-agent"] } },
      ['agent no-such-agent ...\n  FAILED: "no-such-agent" was not found on PATH'],
    ],
  ])("exits with 2 and says which when %s", async ([_sentence, options, words], test) => {
    const guard = await guardWith(test, options);

    const { by, stdout, stderr } = await drill(guard, "warning");

    expect({ by, stderr }).toEqual({ by: 2, stderr: "1 of 2 failed.\n" });
    for (const each of words) expect(stdout).toContain(each);
    expect(stdout.match(/ worked: exit 0/g)).toHaveLength(1);
    expect(await lastGoodDrill(guard)).toBe(`never; run runpodboss -c ${guard.config} drill`);
  });

  it("shows what a program printed without what a terminal would act on", async (test) => {
    const notify = String.raw`console.log("\u001b[2Jgone\u001b]0;title\u0007 \u202eback"); process.exitCode = 4;`;
    const guard = await guardWith(test, { ...working, notify });

    const { stdout } = await drill(guard, "warning", "--no-agent");

    expect(stdout).toContain("  | [2Jgone]0;title back\n");
    expect(stdout).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}]/u);
  });

  it("breaks a notify command that writes JSON by hand, and not one that does it right", async (test) => {
    const guard = await guardWith(test, working);
    const parse = `JSON.parse(process.argv.at(-1)); `;
    const command = guard.program("json", parse);
    guard.configure({ extra_notify_command: [...command, '{{"text": "{message}"}}'] });
    const byHand = await drill(guard, "warning", "--no-agent");
    guard.configure({ extra_notify_command: [...command, '{{"text": {message_json}}}'] });

    const right = await drill(guard, "warning", "--no-agent");

    expect([byHand.by, right.by]).toEqual([2, 0]);
  });

  it.for<[string, readonly string[], string]>([
    ["--no-agent leaves the agents out", ["--no-agent"], "All 3 worked."],
    ["names leave the other thresholds out", ["critical", "emergency"], "All 4 worked."],
  ])("%s, and is not the whole drill", async ([_sentence, args, words], test) => {
    const guard = await guardWith(test, working);

    const { by, stdout } = await drill(guard, ...args);

    expect(by).toBe(0);
    expect(stdout).toContain(words);
    const called = args.includes("--no-agent") ? [] : args;
    expect(guard.calls("agent").map(({ told }) => told["threshold"])).toEqual(called);
    expect(guard.calls("notify").map(({ told }) => told["threshold"])).toEqual(
      args.includes("--no-agent") ? names : args,
    );
    expect(await lastGoodDrill(guard)).toMatch(/^never/);
  });

  it("of a threshold that there is not exits with 2 and says which there are", async (test) => {
    const guard = await guardWith(test, working);

    const { by, stdout, stderr } = await drill(guard, "warning", "nope", "no");

    expect({ by, stdout }).toEqual({ by: 2, stdout: "" });
    expect(stderr).toBe(`There is no threshold nope, no.
The config has: warning, critical, emergency.
`);
    expect(guard.calls("notify")).toEqual([]);
  });

  it("with nothing to rehearse exits with 2", async (test) => {
    const guard = await guardWith(test, { config: { claude_command: [] } });

    const { by, stderr } = await drill(guard);

    expect(by).toBe(2);
    expect(stderr).toContain("There is nothing to test");
  });

  it.for<[string, string, number, string]>([
    ["a scoped Claude Code that could act", printResult(), 0, "worked: done after"],
    [
      "one that was refused what it is there for",
      printResult({
        permission_denials: [
          { tool_name: "Bash", tool_input: { command: "runpodctl pod stop drill000000001" } },
        ],
      }),
      2,
      "FAILED: it was refused these commands: runpodctl pod stop drill000000001",
    ],
    [
      "one that was refused what it is not there for",
      printResult({
        permission_denials: [{ tool_name: "Bash", tool_input: { command: "cat ~/.ssh/id_rsa" } }],
      }),
      0,
      "worked: done after",
    ],
    ["one that only talks", `console.log("fine");`, 2, "FAILED: no readable result"],
  ])("rehearses with %s", async ([_sentence, body, exit, words], test) => {
    const guard = await guardWith(test, working);
    guard.program("claude", body);
    guard.configure({ claude_command: [join(guard.folder, "bin", "claude"), "-p"] });

    const { by, stdout } = await drill(guard, "warning");

    expect(by, stdout).toBe(exit);
    expect(stdout).toContain(words);
    const args = guard.calls("claude")[0]?.args ?? [];
    expect(args.at(-3)).toMatch(/ stop drill000000002 --exact -y --config [^,]+\)$/);
    expect(args.at(-1)).toContain("THIS IS A DRILL");
  });

  it("runs beside a live guard, in whose state and log it leaves nothing", async (test) => {
    // It changes its own state at every look.
    const config = { poll_interval_seconds: 600 };
    const guard = await guardWith(test, { ...working, config });
    const live = guard.watch();
    await live.said("polled");
    await until("all is in the history", () => guard.saved().unrecorded.length === 0);
    const before = guard.state();

    const { by } = await drill(guard);

    expect([by, guard.state()]).toEqual([0, before]);
    live.signal("SIGTERM");
    const { lines } = await live.ended;
    expect(linesOf(lines, "threshold tripped")).toEqual([]);
  });

  it("that worked and cannot be noted says so, in words", async (test) => {
    const guard = await guardWith(test, working);
    guard.configure({ state_file: join(guard.folder, "config.json/state.json") });

    const { by, stdout, stderr } = await drill(guard);

    expect(by).toBe(2);
    expect(stdout).toContain("All 6 worked.\n");
    expect(stderr).toContain("the drill could not be saved beside the state file: ENOTDIR");
    expect(stderr).not.toContain("    at ");
  });

  it.for(["SIGINT", "SIGTERM"] as const)(
    "ends with 130 on %s, and so does what it runs",
    async (signal, test) => {
      const guard = await guardWith(test, { ...working, agent: staying });
      const running = guard.start(["drill", "-c", "config.json"]);
      const agent = await guard.called("agent");

      running.signal(signal);
      const { by } = await running.ended;

      expect([by, isAlive(agent.pid)]).toEqual([130, false]);
      expect(await lastGoodDrill(guard)).toMatch(/^never/);
    },
  );
});

describe.concurrent("a drill as the service", () => {
  const unit = readFileSync("systemd/runpodboss.service", "utf8");

  it("runs in a transient unit with the shipped unit's settings, and what its programs say is shown", async (test) => {
    const guard = await guardWith(test);
    guard.program("systemd-run", `console.log("All 6 worked."); console.error("warning: low");`);

    const ended = await drill(guard, "--as-service", "warning", "--no-agent");

    expect(ended).toMatchObject({ by: 0, stdout: "All 6 worked.\n", stderr: "warning: low\n" });
    const args = guard.calls("systemd-run")[0]?.args ?? [];
    const end = args.indexOf("--");
    expect(args.slice(0, end)).toEqual(
      expect.arrayContaining([
        "--user",
        "--pipe",
        "--wait",
        expect.stringMatching(/^--unit=runpodboss-drill-\d+\.service$/),
        "--property=NoNewPrivileges=yes",
        "--property=UMask=0077",
        `--property=EnvironmentFile=-${guard.folder}/.runpodboss/env`,
        expect.stringContaining(`--property=Environment=PATH=${guard.folder}/.local/bin:`),
      ]),
    );
    const inTheUnit =
      "-- /usr/bin/env -u WATCHDOG_PID runpodboss drill warning --no-agent --config";
    expect(args.slice(end)).toEqual([...inTheUnit.split(" "), guard.config]);
    // A rehearsal is no daemon: it is neither started again nor watched.
    expect(args.join(" ")).not.toMatch(/Restart|WatchdogSec|Type=|NotifyAccess/);
    expect(guard.calls("agent")).toEqual([]);
  });

  it("has every setting of the unit that is not the daemon's own, and what the user changed", async (test) => {
    const guard = await guardWith(test);
    guard.program("systemd-run", "");
    guard.write(
      ".config/systemd/user/runpodboss.service.d/override.conf",
      "[Service]\nEnvironment=PATH=%h/.nvm/bin:/bin\n",
    );

    await drill(guard, "--as-service");

    const args = guard.calls("systemd-run")[0]?.args ?? [];
    const keys = unit.split("[Service]")[1]?.match(/^[A-Z]\w+(?==)/gm) ?? [];
    const given = new Set(args.flatMap((arg) => /^--property=(\w+)=/.exec(arg)?.[1] ?? []));
    const ofTheDaemon =
      "ExecReload ExecStart NotifyAccess Restart RestartSec SuccessExitStatus Type WantedBy WatchdogSec WatchdogSignal";
    expect(keys.filter((key) => !given.has(key)).toSorted()).toEqual(ofTheDaemon.split(" "));
    expect(args.findLast((arg) => arg.startsWith("--property=Environment="))).toBe(
      `--property=Environment=PATH=${guard.folder}/.nvm/bin:/bin`,
    );
  });

  it("starts what the installed unit starts, whatever its paths hold", async (test) => {
    const guard = await guardWith(test);
    guard.program("systemd-run", "");
    const program = ["/opt/a b/100%h/node", "/opt/$HOME/start.cjs"];
    guard.write(
      ".config/systemd/user/runpodboss.service",
      unitText(unit, {
        name: "runpodboss",
        program,
        configPath: "/c d.json",
        path: "/opt/100%h/bin",
      }),
    );

    await drill(guard, "--as-service", "--no-agent");

    const args = guard.calls("systemd-run")[0]?.args ?? [];
    expect(args.slice(args.indexOf("--")).join("|")).toBe(
      // Of two $ systemd makes one.
      `--|/usr/bin/env|-u|WATCHDOG_PID|/opt/a b/100%h/node|/opt/$$HOME/start.cjs|-c|/c d.json|drill|--no-agent|--config|${guard.config}`,
    );
    expect(args).toContain('--property=Environment="PATH=/opt/100%h/bin"');
  });

  it("of one of many accounts starts what the template for them starts, and has what was changed of it", async (test) => {
    const guard = await guardWith(test);
    guard.program("systemd-run", "");
    const units = ".config/systemd/user";
    const template = readFileSync("systemd/runpodboss@.service", "utf8");
    guard.write(`${units}/runpodboss@.service`, template);
    guard.write(`${units}/runpodboss@.service.d/a.conf`, "[Service]\nEnvironment=ALL=%i\n");
    guard.write(`${units}/runpodboss@lab.service.d/a.conf`, "[Service]\nEnvironment=OWN=%i\n");

    await guard.start(["drill", "--account", "lab", "--as-service"]).ended;

    const args = guard.calls("systemd-run")[0]?.args ?? [];
    const config = `${guard.folder}/.runpodboss/accounts/lab.json`;
    expect(args.slice(args.indexOf("--"))).toEqual(
      `-- /usr/bin/env -u WATCHDOG_PID runpodboss -c ${config} drill --config ${config}`.split(" "),
    );
    expect(args).toEqual(
      expect.arrayContaining([
        `--property=EnvironmentFile=-${guard.folder}/.runpodboss/accounts/lab/env`,
        "--property=Environment=ALL=lab",
        "--property=Environment=OWN=lab",
      ]),
    );
  });

  it("fails as the drill in it fails", async (test) => {
    const guard = await guardWith(test);
    guard.program("systemd-run", failing(2));

    expect(await drill(guard, "--as-service")).toMatchObject({ by: 2 });
  });

  it("says what to do instead where no systemd answers", async (test) => {
    const guard = await guardWith(test);
    guard.program(
      "systemd-run",
      `say({}); process.stderr.write("Failed to connect to bus\\n"); process.exitCode = 1;`,
    );
    const args = ["drill", "--as-service", "--config", guard.config];
    const { by, stderr } = await guard.call(args).ended;

    expect(by).toBe(2);
    expect(stderr).toContain("Failed to connect to bus");
    expect(stderr).toContain(`Without systemd, rehearse with: runpodboss -c ${guard.config} drill`);
  });

  it("that is interrupted stops the unit, too", async (test) => {
    const guard = await guardWith(test);
    guard.program("systemd-run", staying);
    guard.program("systemctl", "");
    const running = guard.call(["drill", "--as-service", "--config", guard.config]);
    const { args } = await guard.called("systemd-run");

    running.signal("SIGTERM");

    expect(await running.ended).toMatchObject({ by: 130 });
    const unitName = args.find((arg) => arg.startsWith("--unit="))?.slice("--unit=".length);
    expect((await guard.called("systemctl")).args).toEqual(["--user", "stop", unitName]);
  });

  it("without systemd says how to rehearse all the same", async (test) => {
    const guard = await guardWith(test);

    const args = ["drill", "--as-service", "--config", guard.config];
    const { by, stderr } = await guard.call(args, { PATH: guard.folder }).ended;

    expect(by).toBe(2);
    expect(stderr).toContain(`Without systemd, rehearse with: runpodboss -c ${guard.config} drill`);
  });
});
