import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, inject, it, type TestContext } from "vitest";
import type { NewPod } from "#simulator/pod.ts";
import { isAlive } from "../process/programs.ts";
import {
  apiKey,
  type Guard,
  type GuardOptions,
  guardWith,
  heardBy,
  linesOf,
  priceOfStopped,
  printResult,
  type Running,
  staying,
  textIn,
  textOf,
  told,
} from "./guard.ts";

const denied = {
  permission_denials: [{ tool_name: "Bash", tool_input: { command: "runpodctl pod delete b2" } }],
};

/** It tells what only the one that was started can see. */
const tells = `const { readdirSync, statSync } = require("node:fs");
say({ cwd: process.cwd(), mode: statSync(".").mode & 0o777, holds: readdirSync("."),
  env: Object.fromEntries(Object.entries(process.env).filter(([name]) => name !== "RUNPOD_API_KEY")) });
`;

const pods: readonly NewPod[] = [
  { id: "a1", name: "train", costPerHrUsd: 1.5 },
  { id: "b2", name: "old", costPerHrUsd: 3, status: "EXITED" },
  { id: "c3", name: "keep me", costPerHrUsd: 2 },
];

function claudeOf({ folder }: Guard): string {
  return join(folder, "bin", "claude");
}

/** A guard whose agent is a program that is called `claude`. */
async function guardWithClaude(
  test: TestContext,
  body: string,
  options: GuardOptions = {},
): Promise<Guard> {
  const guard = await guardWith(test, { balanceUsd: 9, pods, notify: "", ...options });
  guard.program("claude", tells + body);
  guard.configure({
    claude_command: [claudeOf(guard), "-p"],
    protect: ["keep*"],
    thresholds: [{ name: "low", below_usd: 10, prompt: "/help me: {pods_json}" }],
    ...options.config,
  });
  return guard;
}

function watchWith(guard: Guard, env: NodeJS.ProcessEnv = {}): Running {
  return guard.call(["watch", "--once", "--config", guard.config], env);
}

function agentFolders({ folder }: Guard): readonly string[] {
  return readdirSync(folder).filter((name) => name.startsWith("runpodboss-agent-"));
}

/** JavaScript that stops a pod as an agent would, and then goes on. */
function stop({ simulator }: Guard, podId: string, then: string): string {
  const query = `mutation { podStop(input: { podId: "${podId}" }) { id } }`;
  return `fetch(${JSON.stringify(simulator.url)}, { method: "POST",
    headers: { "content-type": "application/json", authorization: ${JSON.stringify(`Bearer ${apiKey}`)} },
    body: ${JSON.stringify(JSON.stringify({ query }))} }).then(() => { ${then} });`;
}

/** Without any runpodctl: those of a guard that stops the pods itself. */
function rulesFor({ config }: Guard, ...ids: readonly string[]): string {
  const own = `${process.execPath} ${inject("fastCli")} -`;
  const commands = ["status --json", ...ids.map((id) => `stop ${id} --exact -y`)];
  return commands.map((words) => `Bash(${own} ${words} --config ${config})`).join(",");
}

const scopedOptions = [
  "--output-format",
  "json",
  "--tools",
  "Bash",
  "--permission-mode",
  "dontAsk",
  "--setting-sources=",
  "--strict-mcp-config",
  "--no-session-persistence",
  "--max-turns",
  "30",
  "--max-budget-usd",
  "2",
];

describe.concurrent("Claude Code may do its job and no more:", () => {
  it("its argv is scoped to exactly the unprotected pods, the prompt comes last", async (test) => {
    const guard = await guardWithClaude(test, printResult());

    const { by, lines } = await watchWith(guard).ended;

    expect(by).toBe(0);
    const args = guard.calls("claude")[0]?.args ?? [];
    const prompt = args.at(-1) ?? "";
    expect(args).toEqual([
      "-p",
      ...scopedOptions,
      `--allowedTools=${rulesFor(guard, "a1")}`,
      "--",
      prompt,
    ]);
    expect(prompt).toMatch(/^RunPodBoss, a guard of this RunPod account, /);
    const own = prompt.slice(prompt.indexOf("\n\n") + 2);
    expect(own).toMatch(/^\/help me: \[/);
    expect(JSON.parse(own.slice("/help me: ".length))).toEqual([
      { id: "a1", name: "train", cost_per_hr_usd: 1.5, status: "RUNNING" },
      { id: "b2", name: "old", cost_per_hr_usd: priceOfStopped(3), status: "EXITED" },
      {
        id: "c3",
        name: "keep me",
        cost_per_hr_usd: 2,
        status: "RUNNING",
        protected: true,
        instruction: "Leave this pod alone: never stop or delete it.",
      },
    ]);
    expect(guard.calls("claude")[0]?.input).toBe("");
    expect(linesOf(lines, "agent result")).toMatchObject([
      { threshold: "low", isError: false, turns: 3, costUsd: 0.0421, denials: [] },
    ]);
    expect(linesOf(lines, "agent done")).toMatchObject([
      { because: expect.stringMatching(/^done after \d+\.\d s, 3 turns, \$0\.04$/) },
    ]);
  });

  it("its environment sends no files away, waits for nothing long, and knows of no other session", async (test) => {
    const guard = await guardWithClaude(test, printResult());
    const surrounding = {
      CLAUDECODE: "1",
      CLAUDE_CODE_ENTRYPOINT: "cli",
      CLAUDE_CODE_SESSION_ID: "b0c5",
      CLAUDE_CODE_DISABLE_ATTACHMENTS: "0",
      CLAUDE_CODE_MAX_RETRIES: "5",
    };

    await guard.start(["watch", "--once", "--config", guard.config], surrounding).ended;

    const { env } = guard.calls("claude")[0]?.told ?? {};
    expect(env).toMatchObject({
      HOME: guard.folder,
      CLAUDE_CODE_DISABLE_ATTACHMENTS: "1",
      CLAUDE_CODE_DISABLE_BACKGROUND_TASKS: "1",
      CLAUDE_CODE_MAX_RETRIES: "5",
      API_TIMEOUT_MS: "60000",
      DISABLE_AUTOUPDATER: "1",
      RUNPODBOSS_EVENT: "trip",
      RUNPODBOSS_THRESHOLD: "low",
      RUNPODBOSS_BALANCE_USD: "9.0000",
    });
    for (const name of ["CLAUDECODE", "CLAUDE_CODE_ENTRYPOINT", "CLAUDE_CODE_SESSION_ID"]) {
      expect(env).not.toHaveProperty(name);
    }
  });

  it.for<[string, string, object]>([
    ["ended well", printResult(), {}],
    ["failed", "process.exitCode = 1;", {}],
    ["was ended", "stay();", { claude_timeout_seconds: 3 }],
  ])(
    "it works in an empty folder of its own beside the state, which is gone after it %s",
    async ([_sentence, body, limits], test) => {
      const guard = await guardWithClaude(test, body);
      guard.configure({ ...limits });

      await watchWith(guard).ended;

      const { told } = guard.calls("claude")[0] ?? {};
      expect(told).toMatchObject({ mode: 0o700, holds: [] });
      expect(told?.["cwd"]).toMatch(new RegExp(`^${guard.folder}/runpodboss-agent-`));
      expect(agentFolders(guard)).toEqual([]);
    },
  );

  it("the guard's own pod is protected when it runs in one", async (test) => {
    const guard = await guardWithClaude(test, printResult());

    await watchWith(guard, { RUNPOD_POD_ID: "a1" }).ended;

    const args = guard.calls("claude")[0]?.args ?? [];
    expect(args.at(-3)).toBe(`--allowedTools=${rulesFor(guard)}`);
    expect(args.at(-1)?.match(/"protected": true/g)).toHaveLength(2);
  });

  it("an id that could be more than an id gets no rule", async (test) => {
    const odd = ["a*", "a,Bash(rm -rf ~)", "a) b", "", " "].map((id) => ({ id, costPerHrUsd: 1 }));
    const guard = await guardWithClaude(test, printResult(), { pods: [...odd, ...pods] });

    await watchWith(guard).ended;

    const args = guard.calls("claude")[0]?.args ?? [];
    expect(args.at(-3)).toBe(`--allowedTools=${rulesFor(guard, "a1")}`);
  });

  it.for<[string, object, readonly string[]]>([
    ["inherit", { agent_permissions: "inherit" }, ["-p"]],
    [
      "permission options of its own",
      { claude_command: ["CLAUDE", "-p", "--permission-mode", "acceptEdits"] },
      ["-p", "--permission-mode", "acceptEdits"],
    ],
    [
      "rules of its own",
      { claude_command: ["CLAUDE", "--allowedTools=Bash(runpodctl:*)", "-p"] },
      ["--allowedTools=Bash(runpodctl:*)", "-p"],
    ],
  ])(
    "with %s it gets its command and the prompt and nothing else",
    async ([_sentence, config, prefix], test) => {
      const guard = await guardWithClaude(test, `console.log("in prose");`);
      guard.configure({
        ...(JSON.parse(JSON.stringify(config).replaceAll("CLAUDE", claudeOf(guard))) as object),
        thresholds: [{ name: "low", below_usd: 10, prompt: "do {name}" }],
      });

      const { by, lines } = await watchWith(guard).ended;

      expect(by).toBe(0);
      expect(guard.calls("claude").map(({ args }) => args)).toEqual([[...prefix, "do low"]]);
      expect(linesOf(lines, "agent done")).toMatchObject([{ tail: "in prose\n" }]);
      expect(guard.calls("claude")[0]?.told).toMatchObject({
        holds: [],
        env: { CLAUDE_CODE_DISABLE_ATTACHMENTS: "1" },
      });
    },
  );

  it("a dry run says the same argv and starts nothing", async (test) => {
    const guard = await guardWithClaude(test, printResult());

    const { lines } = await guard.watch("--once", "--dry-run").ended;
    await watchWith(guard).ended;

    const said = linesOf(lines, "dry run: would have started");
    const [argv] = said.flatMap(({ effect, argv: each }) =>
      effect === "call-agent" ? [each] : [],
    );
    expect(argv).toEqual([claudeOf(guard), ...(guard.calls("claude")[0]?.args ?? [])]);
    expect(guard.calls("claude")).toHaveLength(1);
  });
});

it.concurrent(
  "a runpodctl that hangs is asked once, and ends with the guard that asked it",
  async (test) => {
    const guard = await guardWithClaude(test, printResult(), { balanceUsd: 20 });
    guard.program("runpodctl", staying);
    const running = guard.watch();

    const { pid, args } = await guard.called("runpodctl");
    await running.said("polled");
    running.signal("SIGTERM");
    await running.ended;

    expect(args).toEqual(["version"]);
    expect(guard.calls("runpodctl")).toHaveLength(1);
    expect(isAlive(pid)).toBe(false);
  },
);

/** Below the lowest threshold it is always said which pods nothing may stop. */
const keptBurns = expect.stringMatching(/^burn: a pod that nothing here may stop: keep me \(c3, /);

describe.concurrent("what Claude Code did is judged by the account:", () => {
  it.for<[string, string, RegExp]>([
    [
      "an error that it reports",
      printResult({ is_error: true, subtype: "error_max_turns" }),
      /^it used up its turns \(agent_max_turns\) before it was done$/,
    ],
    [
      "an API error that calls itself a success",
      printResult({ is_error: true, result: "API Error: 401" }),
      /^Claude Code reported an error \(API Error: 401\)$/,
    ],
    [
      "prose",
      `console.log("all done!");`,
      /^no readable result \(it printed no result in JSON\): all done!$/,
    ],
    ["nothing", "", /^no readable result \(it printed nothing\)$/],
    [
      "a good result and a bad exit",
      `${printResult()} process.exitCode = 3;`,
      /^exit 3 after \d+\.\d s/,
    ],
  ])("%s: failed, told, and owed again", async ([_sentence, body, because], test) => {
    const guard = await guardWithClaude(test, body);

    const { by, lines } = await watchWith(guard).ended;

    expect(by).toBe(1);
    const failed = linesOf(lines, "agent failed");
    expect(failed).toMatchObject([{ because: expect.stringMatching(because), again: true }]);
    expect(heardBy(guard).toSorted()).toEqual([
      keptBurns,
      "low",
      `low: agent failed (try 1 of 3): ${textIn(failed[0], "because")}`,
    ]);
    expect(guard.saved().owed).toMatchObject([{ kind: "call-agent", tries: 1 }]);
  });

  it("refused while no pod ended: failed, and called again with the next look", async (test) => {
    const guard = await guardWithClaude(test, printResult(denied));
    const running = guard.watch();

    const failed = await running.said("agent failed");
    await guard.called("claude", 2);
    await told(guard, /try 1 of 3/);
    running.signal("SIGTERM");
    const { lines } = await running.ended;

    expect(failed).toMatchObject({
      because: "1 command was refused and no pod stopped",
      again: true,
    });
    expect(linesOf(lines, "agent result")[0]).toMatchObject({
      denials: [{ tool: "Bash", command: "runpodctl pod delete b2" }],
    });
    expect(heardBy(guard)).toContain(
      "low: agent failed (try 1 of 3): 1 command was refused and no pod stopped",
    );
  });

  it("refused something while a pod ended: done", async (test) => {
    const guard = await guardWithClaude(test, "");
    guard.program("claude", stop(guard, "a1", printResult(denied)));

    const { by, lines } = await watchWith(guard).ended;

    expect(by).toBe(0);
    expect(guard.simulator.account.pod("a1")?.status).toBe("EXITED");
    expect(linesOf(lines, "agent done")).toMatchObject([
      { because: expect.stringMatching(/, 1 command was refused$/) },
    ]);
    expect(heardBy(guard).toSorted()).toEqual([keptBurns, "low"]);
    expect(guard.saved().owed).toEqual([]);
  });

  it("free to act and yet it kept the pods: done", async (test) => {
    const guard = await guardWithClaude(test, printResult({ result: "all of it is in use" }));

    const { lines } = await watchWith(guard).ended;

    expect(linesOf(lines, "agent done")).toMatchObject([{ tail: "all of it is in use" }]);
    expect(guard.saved().owed).toEqual([]);
  });
});

/** JavaScript of an agent that runs, one after the other, what its prompt's commands say for these pods. */
function runs(ids: readonly string[], asked: string): string {
  return `const { spawnSync } = require("node:child_process");
const { told, said } = ${asked};
const results = ${JSON.stringify(ids)}.map((id) => {
  const { status, stdout, stderr } = spawnSync("/bin/sh", ["-c", told.replace(/\\bID\\b/, id)]);
  return { id, status, text: String(stdout) + String(stderr) };
});
say({ told, said, results });
${printResult()}`;
}

/** What the prompt told it to type, and the rules that it may type it by. */
const asTold = `{ told: /END: (.*)/.exec(process.argv.at(-1))[1], said: process.argv.at(-3) }`;

describe.concurrent("an agent without any runpodctl runs what it was told, to the letter:", () => {
  const thresholds = [{ name: "low", below_usd: 10, prompt: "END: {stop_command}" }];

  it.for<[string, object, NodeJS.ProcessEnv, string | undefined]>([
    ["in RUNPOD_API_KEY", {}, {}, undefined],
    [
      "in a variable of another name",
      { api_key_env: "MY_KEY" },
      { RUNPOD_API_KEY: "of-a-pod-and-no-use", MY_KEY: apiKey },
      undefined,
    ],
    ["in the env file", {}, { RUNPOD_API_KEY: "" }, ".runpodboss/env"],
    [
      "in a file whose path is relative, beside a state that is too",
      { api_key_file: "key", state_file: "state.json" },
      { RUNPOD_API_KEY: "" },
      "key",
    ],
  ])(
    "the key %s: the pod stops and that is proven, a protected one is refused",
    async ([_sentence, config, env, keyFile], test) => {
      const guard = await guardWithClaude(test, runs(["a1", "c3", "a"], asTold), {
        config: { thresholds, ...config },
      });
      if (keyFile !== undefined) {
        guard.write(keyFile, keyFile === "key" ? apiKey : `RUNPOD_API_KEY=${apiKey}\n`);
      }

      const args = ["watch", "--once", "--config", guard.config];
      const { by, lines, stderr } = await guard.start(args, env).ended;

      expect(by, stderr).toBe(0);
      expect(linesOf(lines, "agent done")).toHaveLength(1);
      const { told = "", said = "", results } = guard.calls("claude")[0]?.told ?? {};
      expect(said).toContain(`Bash(${String(told).replace(/\bID\b/, "a1")})`);
      expect(said).not.toContain("c3");
      expect(results).toMatchObject([
        { id: "a1", status: 0, text: expect.stringMatching(/Stopped pod train \(a1\)/) },
        { id: "c3", status: 2, text: expect.stringMatching(/keep me \(c3\) is protected/) },
        { id: "a", status: 2, text: expect.stringMatching(/no pod with the id "a"/) },
      ]);
      expect(guard.simulator.account.pod("a1")?.status).toBe("EXITED");
      expect(guard.simulator.account.pod("c3")?.status).toBe("RUNNING");
      const history = textIn({ text: textOf(join(guard.folder, "history.jsonl")) }, "text");
      expect(history.match(/"event_type":\s*"stop"/g)).toHaveLength(1);
      expect(history).toContain("by the agent; ");
    },
  );
});

describe.concurrent("a list of pods that no argument holds", () => {
  const many = Array.from({ length: 1_500 }, (_, n) => ({
    id: `pod${n}`,
    name: `worker number ${n} of a very large fleet`,
    costPerHrUsd: (n + 1) / 1_000,
  }));
  const thresholds = [{ name: "low", below_usd: 10, prompt: "{pods_json}" }];

  it("goes to Claude Code through its standard input, whole", async (test) => {
    const guard = await guardWithClaude(test, printResult(), { pods: many });
    guard.configure({ thresholds });

    const { by, lines } = await watchWith(guard).ended;

    expect(by).toBe(0);
    expect(linesOf(lines, "agent done")).toHaveLength(1);
    const [call] = guard.calls("claude");
    const args = call?.args ?? [];
    expect(args.slice(0, -1)).toEqual(["-p", ...scopedOptions]);
    expect(args.at(-1)).toMatch(/^--allowedTools=Bash\(\S+ \S+ - status --json /);
    // The most expensive ones have their rules; where there is no room for more, that is said.
    expect(args.at(-1)).toContain(" stop pod1499 --exact -y ");
    expect(args.at(-1)).not.toContain(" stop pod7 --exact -y ");
    expect(linesOf(lines, "too many pods: the agent may not stop all of them")).toHaveLength(1);
    const input = call?.input ?? "";
    expect(input).toMatch(/^RunPodBoss, a guard/);
    expect(JSON.parse(input.slice(input.indexOf("\n\n")))).toHaveLength(many.length);
  });

  it("is cut for any other program, with a note and a file of all of them while it runs", async (test) => {
    const reads = `const { statSync } = require("node:fs");
      const path = process.env.RUNPODBOSS_PODS_FILE;
      say({ path, mode: statSync(path).mode & 0o777, all: JSON.parse(readFileSync(path, "utf8")).length });`;
    const guard = await guardWith(test, { balanceUsd: 9, pods: many, agent: reads });
    guard.configure({ thresholds });

    const { by, stderr } = await watchWith(guard).ended;

    expect(by, stderr).toBe(0);
    const [call] = guard.calls("agent");
    const prompt = call?.args[0] ?? "";
    expect(Buffer.byteLength(prompt)).toBeLessThanOrEqual(100_000);
    const rows = JSON.parse(prompt) as readonly Readonly<Record<string, unknown>>[];
    expect(rows.length).toBeGreaterThan(500);
    expect(rows[0]).toMatchObject({ id: "pod1499" });
    const left = many.length - (rows.length - 1);
    expect(rows.at(-1)).toEqual({
      note: `${left} of 1500 pods are left out here for lack of room; the file that RUNPODBOSS_PODS_FILE names lists all of them`,
    });
    expect(call?.told).toMatchObject({ mode: 0o600, all: many.length });
    expect(agentFolders(guard)).toEqual([]);
  });
});
