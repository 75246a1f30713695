import { resolve } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { optionThatTakesThePrompt } from "#agent/claude-options.ts";
import { type AgentCall, agentCommand } from "#agent/command.ts";
import { rulesFor } from "#agent/rules.ts";
import type { Runpodctl } from "#agent/runpodctl.ts";
import { type AgentTools, waysOf } from "#agent/ways.ts";
import type { Pod } from "#guard/model/account.ts";
import { isProtected } from "#guard/protect.ts";
import { cluster, pod } from "../guard/samples.ts";

const claude = ["claude", "-p"];
const program = { argv: ["/usr/bin/node", "/opt/cli.js"], folder: "/home/user" };
const runpodctl: Runpodctl = { kind: "found", version: [2, 15, 0] };
const tools: AgentTools = { program, configPath: "/home/user/config.json", runpodctl };
const own = "/usr/bin/node /opt/cli.js";
const config = "--config /home/user/config.json";
const looking = `Bash(${own} status --json ${config}),Bash(runpodctl pod list),Bash(runpodctl pod list --all)`;

function call(overrides: Partial<AgentCall> = {}): AgentCall {
  return {
    claudeCommand: claude,
    permissions: "scoped",
    maxTurns: 30,
    maxBudgetUsd: 2,
    timeLimitMs: 300_000,
    look: { pods: [pod({ id: "podA" })], unreadablePods: 0 },
    protect: [],
    promptTemplate: "{name}: ${balance:.2f} left. {pods_json}",
    tools,
    mayTerminate: false,
    values: { balanceUsd: 1.5, belowUsd: 2, name: "critical" },
    folders: { cwd: "/tmp/empty", podsFile: "/tmp/pods.json" },
    env: { RUNPODBOSS_EVENT: "trip" },
    outerEnv: {},
    ...overrides,
  };
}

function argvOf(overrides: Partial<AgentCall> = {}): readonly string[] {
  return agentCommand(call(overrides)).command.argv;
}

function rulesOf(argv: readonly string[]): string {
  return argv.find((each) => each.startsWith("--allowedTools="))?.slice(15) ?? "";
}

function stopRule(id: string): string {
  return `Bash(${own} stop ${id} --exact -y ${config})`;
}

/** Of pods that run. */
function endingRules(...ids: readonly string[]): readonly string[] {
  const theirs = ids.flatMap((id) => [
    `Bash(runpodctl pod stop ${id})`,
    `Bash(runpodctl pod delete ${id})`,
  ]);
  return [...ids.map(stopRule), ...theirs];
}

function manyPods(count: number): readonly Pod[] {
  return Array.from({ length: count }, (_, index) =>
    pod({ id: `pod${index}`, status: "stopped", costPerHrUsd: index }),
  );
}

describe("Claude Code", () => {
  it("gets what it needs for the job, and the prompt last", () => {
    const { command, isScoped, podsFileText, withoutRules } = agentCommand(call());

    const options =
      "--output-format json --tools Bash --permission-mode dontAsk --setting-sources= " +
      "--strict-mcp-config --no-session-persistence --max-turns 30 --max-budget-usd 2";
    const rules = `--allowedTools=${[looking, ...endingRules("podA")].join(",")}`;
    expect(command.argv.slice(0, -1)).toEqual([...claude, ...options.split(" "), rules, "--"]);
    expect(command.argv.at(-1)).toMatch(/^RunPodBoss, [^\n]+\n\ncritical: \$1\.50 left\. \[\n/);
    expect(command).toMatchObject({
      cwd: "/tmp/empty",
      keepStdoutBytes: 1024 * 1024,
      timeLimitMs: 300_000,
    });
    expect(command.stdin).toBeUndefined();
    expect({ isScoped, podsFileText, withoutRules }).toEqual({
      isScoped: true,
      podsFileText: undefined,
      withoutRules: 0,
    });
  });

  it("is told first of untrusted data, of its commands and of protected pods", () => {
    const [opening = ""] = argvOf().at(-1)?.split("\n") ?? [];

    expect(opening).toContain("not to be trusted");
    expect(opening).toContain(
      `\`${own} stop ID --exact -y ${config}\` to end a pod, with its id for ID: prefer these; or \`runpodctl pod list\``,
    );
    expect(opening).toContain("`runpodctl pod stop ID` and `runpodctl pod delete ID`");
    expect(opening).toContain("Leave protected pods alone");
  });

  it.each([
    ["/help me", "a command of its own"],
    ["-p", "an option"],
    ["--", "the end of the options"],
  ])("reads a prompt that begins with %s as words, not as %s", (promptTemplate) => {
    const argv = argvOf({ promptTemplate });

    expect(argv.at(-2)).toBe("--");
    expect(argv.at(-1)).toMatch(/^RunPodBoss, /);
    expect(argv.at(-1)?.endsWith(`\n\n${promptTemplate}`)).toBe(true);
  });

  it.each<[string, readonly string[], boolean]>([
    ["found on PATH", ["claude", "-p"], true],
    ["at a path", ["/opt/bin/claude", "-p"], true],
    ["with a model", ["claude", "-p", "--model", "haiku"], true],
    ["that names tools behind its own --", ["claude", "-p", "--", "--tools"], true],
    ["of another name", ["claude-code", "-p"], false],
    ["behind a wrapper that hands all on", ["env", "A=1", "claude", "-p"], true],
    ["behind another one", ["docker", "exec", "box", "claude", "-p"], false],
    ...[
      "--allowedTools",
      "--allowed-tools",
      "--disallowedTools",
      "--disallowed-tools",
      "--permission-mode",
      "--dangerously-skip-permissions",
      "--allow-dangerously-skip-permissions",
      "--permission-prompt-tool",
      "--tools",
      "--settings",
      "--setting-sources",
    ].flatMap((option): [string, readonly string[], boolean][] => [
      [`with ${option}`, ["claude", "-p", option, "x"], false],
      [`with ${option}=`, ["claude", "-p", `${option}=x`], false],
    ]),
  ])("%s is scoped or left as it is", (_sentence, claudeCommand, isScoped) => {
    const agent = agentCommand(call({ claudeCommand }));

    expect(agent.isScoped).toBe(isScoped);
    expect(rulesOf(agent.command.argv) !== "" && isScoped).toBe(isScoped);
    expect(agent.command.keepStdoutBytes !== undefined).toBe(isScoped);
  });

  it.each<[string, readonly string[], readonly string[], string]>([
    [
      "the turns of the command hold",
      ["--max-turns", "3"],
      ["claude", "-p", "--max-turns", "3", "--output-format", "json", "--tools"],
      "--max-turns",
    ],
    [
      "the budget of the command holds",
      ["--max-budget-usd=9"],
      ["claude", "-p", "--max-budget-usd=9", "--output-format", "json", "--tools"],
      "--max-budget-usd",
    ],
    [
      "our output format wins, and theirs goes with its value",
      ["--output-format", "text", "--verbose"],
      ["claude", "-p", "--verbose", "--output-format", "json", "--tools"],
      "--output-format",
    ],
    [
      "our output format wins, however theirs is written",
      ["--output-format=stream-json", "--include-partial-messages"],
      ["claude", "-p", "--output-format", "json", "--tools"],
      "--output-format",
    ],
  ])("is told nothing twice: %s", (_sentence, options, begins, option) => {
    const argv = argvOf({ claudeCommand: [...claude, ...options] });

    expect(argv.slice(0, begins.length)).toEqual(begins);
    expect(argv.filter((each) => each.split("=")[0] === option)).toHaveLength(1);
  });

  it("keeps a -- of the command behind the options", () => {
    const argv = argvOf({ claudeCommand: ["claude", "-p", "--", "first"] });

    expect(argv.slice(0, 3)).toEqual(["claude", "-p", "--output-format"]);
    expect(argv.slice(-3, -1)).toEqual(["--", "first"]);
  });

  it("that inherits its permissions gets the prompt and nothing else", () => {
    const { command } = agentCommand(
      call({ permissions: "inherit", promptTemplate: "/go {name}" }),
    );

    expect(command.argv).toEqual(["claude", "-p", "/go critical"]);
    expect(command).toMatchObject({
      cwd: "/tmp/empty",
      env: { CLAUDE_CODE_DISABLE_ATTACHMENTS: "1", CLAUDE_CODE_MAX_RETRIES: "2" },
    });
  });

  it("at a relative path is found from the empty folder too", () => {
    expect(argvOf({ claudeCommand: ["./bin/claude", "-p"] })[0]).toBe(resolve("bin/claude"));
  });

  it.each(["scoped", "inherit"] as const)(
    "that is %s is hedged, unless the user says otherwise, and uploads nothing whatever he says",
    (permissions) => {
      const outerEnv = { API_TIMEOUT_MS: "1000", CLAUDE_CODE_DISABLE_ATTACHMENTS: "0" };

      const { command } = agentCommand(call({ permissions, outerEnv }));

      expect(command.env).toMatchObject({
        CLAUDE_CODE_DISABLE_ATTACHMENTS: "1",
        CLAUDE_CODE_DISABLE_BACKGROUND_TASKS: "1",
        CLAUDE_CODE_MAX_RETRIES: "2",
        DISABLE_AUTOUPDATER: "1",
        RUNPODBOSS_EVENT: "trip",
      });
      expect(command.unsetEnv).toEqual([
        "CLAUDECODE",
        "CLAUDE_CODE_ENTRYPOINT",
        "CLAUDE_CODE_SESSION_ID",
      ]);
    },
  );

  it.each([
    ["scoped", 13],
    ["inherit", 2],
  ] as const)("that is %s reads a long prompt from its input", (permissions, length) => {
    const promptTemplate = `{pods_json}${"é".repeat(50_000)}`;

    const { command, podsFileText } = agentCommand(call({ permissions, promptTemplate }));

    expect(command.stdin).toContain('"id": "podA"');
    expect(command.stdin?.endsWith("é")).toBe(true);
    expect(command.argv.join(" ")).not.toContain("é");
    expect(command.argv).not.toContain("--");
    expect(command.argv.length).toBeGreaterThanOrEqual(length);
    expect(podsFileText).toBeUndefined();
  });

  it("gets fewer pods only when its input would be refused", () => {
    const pods = manyPods(2_000);
    const promptTemplate = `{pods_json}${"x".repeat(8 * 1024 * 1024 - 10_000)}`;

    const { command, podsFileText } = agentCommand(
      call({ look: { pods, unreadablePods: 0 }, promptTemplate }),
    );

    expect(Buffer.byteLength(command.stdin ?? "")).toBeLessThanOrEqual(8 * 1024 * 1024);
    expect(command.stdin).toContain("are left out here for lack of room");
    expect(JSON.parse(podsFileText ?? "")).toHaveLength(2_000);
  });
});

describe("pods of which not all can be read", () => {
  it.each([
    ["no row", { pods: [], unreadablePods: 2 }],
    ["one row of two", { pods: [pod({ id: "podA" })], unreadablePods: 1 }],
    ["a status", { pods: [pod({ id: "podA", status: "unknown" })], unreadablePods: 0 }],
  ])("are unknown to the agent, never a list that looks whole: %s", (_sentence, look) => {
    expect(argvOf({ look, promptTemplate: "{pods_json}" }).at(-1)).toMatch(/\n\nnull$/);
  });

  it("get a rule only if it is known that they may be ended", () => {
    const pods = [
      pod({ id: "podA" }),
      pod({ id: "podB", rawName: undefined }),
      pod({ id: "podC", isLocked: undefined }),
      pod({ id: "podD", status: "unknown", word: "STOPPING" }),
    ];
    const { text } = rulesFor(pods, [], waysOf(tools, false));

    expect(text).toContain("pod stop podA)");
    for (const id of ["podB", "podC", "podD"]) expect(text).not.toContain(id);
  });
});

describe("the rules", () => {
  it.each<[string, readonly Pod[] | "unknown", readonly string[], readonly string[]]>([
    ["are for looking only when the pods are unknown", "unknown", [], []],
    ["are for looking only when there are none", [], [], []],
    [
      "leave out pods that are protected by id or name",
      [pod({ id: "a" }), pod({ id: "b" }), pod({ id: "c", name: "prod-1" })],
      ["B", "prod-*"],
      ["a"],
    ],
    [
      "leave out an id that a protected pod bears too",
      [pod({ id: "a" }), pod({ id: "a", name: "prod" }), pod({ id: "b" })],
      ["prod"],
      ["b"],
    ],
    [
      "leave out ids that would mean more than an id",
      [
        ...["a b", "a,Bash(*)", "a)", "*", "", "$HOME", "a\n", "é", "a:*"].map((id) => pod({ id })),
        ...["-rf_0", "--all", "-h", "-"].map((id) => pod({ id })),
        pod({ id: "a-b_0" }),
      ],
      [],
      ["a-b_0"],
    ],
    [
      "have the running and most expensive first, and the unknown price as the highest",
      [
        pod({ id: "exited", status: "stopped", costPerHrUsd: 99 }),
        pod({ id: "cheap", costPerHrUsd: 1 }),
        pod({ id: "dear", costPerHrUsd: 9 }),
        pod({ id: "unknown", costPerHrUsd: undefined }),
        pod({ id: "restarting", status: "running", word: "RESTARTING", costPerHrUsd: 5 }),
      ],
      [],
      ["unknown", "dear", "restarting", "cheap", "exited"],
    ],
  ])("%s", (_sentence, pods, protect, ids) => {
    const argv = argvOf({ look: { pods, unreadablePods: 0 }, protect });

    const ended = ids.includes("exited") ? ["Bash(runpodctl pod delete exited)"] : [];
    const running = ids.filter((id) => id !== "exited");
    expect(rulesOf(argv)).toBe([looking, ...endingRules(...running), ...ended].join(","));
  });

  it("stay under 100 KB, and the pods that got none are counted", () => {
    const pods = [...manyPods(3_000), pod({ id: "runs", costPerHrUsd: 0.01 })];

    const { command, withoutRules } = agentCommand(call({ look: { pods, unreadablePods: 0 } }));

    const rules = rulesOf(command.argv);
    const withRules = new Set(rules.match(/(?<=delete )\w+/g)).size;
    expect(rules.length).toBeGreaterThan(99_000);
    expect(rules.length).toBeLessThanOrEqual(100_000);
    expect(withRules + withoutRules).toBe(3_001);
    expect(rules).toContain(`${stopRule("runs")},`);
    expect(rules).toContain("Bash(runpodctl pod delete pod2999)");
    expect(rules).not.toContain("Bash(runpodctl pod delete pod0)");
  });
});

describe("another program", () => {
  const claudeCommand = ["/usr/bin/triage", "--tools", "all"];

  it("gets the prompt and nothing else, in our folder and outside of any session", () => {
    const { command, isScoped } = agentCommand(
      call({
        claudeCommand,
        promptTemplate: "{name}: {pods_json}",
        look: { pods: [], unreadablePods: 0 },
      }),
    );

    expect(command).toEqual({
      argv: [...claudeCommand, "critical: []"],
      env: {
        RUNPODBOSS_EVENT: "trip",
        RUNPODBOSS_FOLDER: "/home/user",
        RUNPODBOSS_BALANCE_USD: "1.5000",
        RUNPODBOSS_BELOW_USD: "2.0",
        RUNPODBOSS_BELOW_HOURS: "",
        RUNPODBOSS_BURN_PER_HR_USD: "unknown",
        RUNPODBOSS_HOURS_LEFT: "unknown",
        RUNPODBOSS_NAME: "critical",
        RUNPODBOSS_PODS_JSON: "[]",
      },
      unsetEnv: ["CLAUDECODE", "CLAUDE_CODE_ENTRYPOINT", "CLAUDE_CODE_SESSION_ID"],
      trust: "agent",
      timeLimitMs: 300_000,
    });
    expect(isScoped).toBe(false);
  });

  it("gets those pods that there is room for, with a note, and all of them in a file", () => {
    const pods = [...manyPods(3_000), pod({ id: "runs", costPerHrUsd: 0.01 })];

    const { command, podsFileText } = agentCommand(
      call({ claudeCommand, look: { pods, unreadablePods: 0 }, promptTemplate: "{pods_json}" }),
    );

    const prompt = command.argv.at(-1) ?? "";
    const rows = JSON.parse(prompt) as { readonly id?: string; readonly note?: string }[];
    expect(Buffer.byteLength(prompt)).toBeGreaterThan(99_500);
    expect(Buffer.byteLength(prompt)).toBeLessThanOrEqual(100_000);
    expect(rows.slice(0, 2)).toMatchObject([{ id: "runs" }, { id: "pod2999" }]);
    expect(rows.at(-1)?.note).toBe(
      `${3_001 - (rows.length - 1)} of 3001 pods are left out here for lack of room; ` +
        "the file that RUNPODBOSS_PODS_FILE names lists all of them",
    );
    expect(JSON.parse(podsFileText ?? "")).toHaveLength(3_001);
    expect(command.env).toMatchObject({
      RUNPODBOSS_EVENT: "trip",
      RUNPODBOSS_PODS_FILE: "/tmp/pods.json",
    });
  });

  it.each<[string, string, readonly Pod[] | "unknown"]>([
    ["has no place for pods", "x".repeat(110_000), manyPods(3_000)],
    ["is too long without them", `{pods_json}${"x".repeat(110_000)}`, []],
    ["is too long with unknown ones", `{pods_json}${"x".repeat(110_000)}`, "unknown"],
  ])("gets a long prompt whole that %s", (_sentence, promptTemplate, pods) => {
    const { command, podsFileText } = agentCommand(
      call({ claudeCommand, promptTemplate, look: { pods, unreadablePods: 0 } }),
    );

    expect(command.argv.at(-1)).toContain("x".repeat(110_000));
    expect(command.env).not.toHaveProperty("RUNPODBOSS_PODS_FILE");
    expect(podsFileText).toBeUndefined();
  });

  it.each([[[]], [[""]]])("is never made of the prompt when the command is %j", (empty) => {
    expect(argvOf({ claudeCommand: empty })[0]).toBe("");
  });
});

describe("whatever the account holds", () => {
  const names = fc.oneof(
    fc.constantFrom("podA", "podB", "prod-1", "x,Bash(*)", "a b", "--", "@/etc/passwd"),
    fc.string({ maxLength: 64, unit: "binary" }),
  );
  const pods = fc.array(
    fc
      .record({
        id: names,
        name: names,
        status: fc.constantFrom("running", "stopped", "pending"),
        costPerHrUsd: fc.option(fc.double({ min: 0, max: 100, noNaN: true }), { nil: undefined }),
      })
      .map(pod),
    { maxLength: 40 },
  );
  const calls = fc
    .record({
      claudeCommand: fc.constantFrom(
        claude,
        ["/x/claude", "-p", "--max-turns", "3"],
        ["triage"],
        ["claude", "-p", "--tools", "Bash"],
      ),
      permissions: fc.constantFrom("scoped" as const, "inherit" as const),
      look: fc.tuple(pods, fc.constantFrom(1, 1, 1, 100)).map(([some, times]) => ({
        pods: Array.from({ length: times }, () => some).flat(),
        unreadablePods: 0,
      })),
      protect: fc.array(fc.constantFrom("podA", "prod-*", "*b*", "?"), { maxLength: 3 }),
      promptTemplate: fc.constantFrom("{pods_json}", "/help {pods_json} {pods_json}", "-x {name}"),
    })
    .map(call);

  it("only plain ids of unprotected pods get a rule, and every argument can be passed", () => {
    fc.assert(
      fc.property(calls, (some) => {
        const { command, isScoped } = agentCommand(some);
        const rules = rulesOf(command.argv).split(",").slice(3);
        const seen = some.look.pods === "unknown" ? [] : some.look.pods;
        const kept = seen.filter((each) => isProtected(each, some.protect)).map(({ id }) => id);

        for (const rule of rules) {
          const id =
            /^Bash\((?:runpodctl pod (?:stop|delete)|\S+ \S+ stop) ([A-Za-z0-9_-]+)(?: --exact -y --config \S+)?\)$/.exec(
              rule,
            )?.[1];
          expect(seen.map((each) => each.id)).toContain(id);
          expect(kept).not.toContain(id);
        }
        expect(isScoped || rules.length === 0).toBe(true);
        for (const argument of command.argv) {
          expect(Buffer.byteLength(argument)).toBeLessThanOrEqual(131_071);
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe("an option that would take the prompt for a value of its own", () => {
  it.each([
    [["claude", "-p", "--allowedTools", "Bash"], "--allowedTools"],
    [["claude", "-p", "--allowedTools"], "--allowedTools"],
    [["claude", "-p", "--allowedTools", "Bash", "--"], undefined],
    [["claude", "-p", "--allowedTools=Bash"], undefined],
    [["claude", "--allowedTools", "Bash", "-p"], undefined],
    [["claude", "-p"], undefined],
    [["my-agent", "--tools", "x"], undefined],
  ])("%j: %s", (command, option) => {
    expect(optionThatTakesThePrompt(command)).toBe(option);
  });
});

it("no rule of an agent names a cluster or a pod in one, though a row of its own bears that id", () => {
  const { text, withoutRules } = rulesFor(
    [cluster(), pod({ id: "m1" }), pod({ id: "p7" })],
    [],
    waysOf(tools, false),
  );

  expect(text).toContain("Bash(runpodctl pod stop p7)");
  expect(text).not.toMatch(/\b(?:c1|m1|m2)\b/);
  expect(withoutRules).toBe(0);
});
