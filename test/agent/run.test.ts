import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { type AgentJob, runAgent } from "#agent/run.ts";
import type { AgentSettings } from "#agent/settings.ts";
import type { Seen } from "#guard/model/account.ts";
import type { Command, Ran } from "#ports.ts";
import { agentTools, effectSettings, keptLog } from "../effects/samples.ts";
import { pod, seen } from "../guard/samples.ts";

const forever = new AbortController().signal;
const ran: Ran = { kind: "exited", code: 0, tail: "", tookMs: 1 };
const job: AgentJob = { name: "warning", belowUsd: 10, event: "trip", prompt: "look" };
/** The balance was $9.82 at the crossing; by now it is $8.50. */
const look = seen({ balanceUsd: 8.5, pods: [pod({ id: "p1", name: "trainer" })] });
const podsText = JSON.stringify(
  [{ id: "p1", name: "trainer", cost_per_hr_usd: 1.49, status: "RUNNING" }],
  null,
  2,
);

/** Runs an agent that `during` looks at while it is there. */
async function run(
  settings: Partial<AgentSettings> = {},
  {
    given = look,
    during = (_command: Command): void => {},
    ...rest
  }: Partial<AgentJob> & {
    readonly given?: Seen;
    readonly during?: (command: Command) => void;
  } = {},
) {
  const commands: Command[] = [];
  const { log, entries } = keptLog();
  const runner = {
    run(command: Command) {
      commands.push(command);
      during(command);
      return Promise.resolve(ran);
    },
  };
  const deps = { runner, log, settings: effectSettings(settings), env: {}, ...agentTools };
  const result = await runAgent({ ...job, ...rest }, given, deps, forever);
  const [command] = commands;
  if (command === undefined) throw new Error("no agent was started");
  return { command, prompt: command.argv.at(-1) ?? "", result, entries };
}

describe("the agent is told of the account as it was last seen", () => {
  it.each([
    ["the balance now", "${balance:.2f} left", "$8.50 left"],
    ["the line that was crossed", "below {below_usd}: {name}", "below 10.0: warning"],
    ["the pods", "Pods:\n{pods_json}\nDecide.", `Pods:\n${podsText}\nDecide.`],
    ["JSON stays as written", '{"a": {"b": 1}}', '{"a": {"b": 1}}'],
    ["doubled braces are braces", "{{name}}", "{name}"],
    ["a prompt of many lines is one argument", "a\n b\n\nc", "a\n b\n\nc"],
  ])("%s", async (_sentence, prompt, text) => {
    const { command } = await run({}, { prompt });

    expect(command.argv).toEqual(["my-agent", text]);
    expect(command.timeLimitMs).toBe(300_000);
  });

  it("pods that are not known are null, not none", async () => {
    const { prompt } = await run({}, { prompt: "{pods_json}", given: seen({ pods: "unknown" }) });

    expect(prompt).toBe("null");
  });

  it("a pod's name names no file and fills no placeholder", async () => {
    const pods = [pod({ name: "@/etc/passwd {balance} $(id)" })];

    const { prompt } = await run({}, { prompt: "{pods_json}", given: seen({ pods }) });

    expect(prompt).not.toContain("@");
    expect(JSON.parse(prompt)).toMatchObject([{ name: "@/etc/passwd {balance} $(id)" }]);
  });

  it("a protected pod is marked, with an instruction", async () => {
    const { prompt } = await run({ protect: ["train*"] }, { prompt: "{pods_json}" });

    expect(JSON.parse(prompt)).toEqual([
      {
        ...JSON.parse(podsText)[0],
        protected: true,
        instruction: expect.stringContaining("never stop or delete") as string,
      },
    ]);
  });
});

it("its environment says what it is about, with the balance now", async () => {
  const { command } = await run();

  expect(command.env).toMatchObject({
    RUNPODBOSS_EVENT: "trip",
    RUNPODBOSS_THRESHOLD: "warning",
    RUNPODBOSS_BALANCE_USD: "8.5000",
  });
});

it("a drill is called one", async () => {
  const { command } = await run({}, { event: "drill" });

  expect(command.env).toMatchObject({ RUNPODBOSS_EVENT: "drill" });
});

describe("an agent that is called for one pod", () => {
  const idle: Partial<AgentJob> = {
    name: "idle",
    event: "idle",
    reason: "idle_30m",
    pod: { podId: "p1", podName: "trainer {balance}" },
  };

  it("is told which, and why", async () => {
    const { prompt } = await run({}, { ...idle, prompt: "{pod_id}, {pod_name}: {reason} {name}" });

    expect(prompt).toBe('p1, "trainer {balance}": idle_30m idle');
  });

  it("has it in its environment, and no threshold", async () => {
    const { command } = await run({}, idle);

    expect(command.env).toMatchObject({
      RUNPODBOSS_EVENT: "idle",
      RUNPODBOSS_THRESHOLD: "",
      RUNPODBOSS_BALANCE_USD: "8.5000",
      RUNPODBOSS_POD_ID: "p1",
      RUNPODBOSS_POD_NAME: "trainer {balance}",
      RUNPODBOSS_REASON: "idle_30m",
    });
  });
});

it("what ran is handed back, and whether its output is ours to read", async () => {
  const other = await run();
  const claude = await run({ claudeCommand: ["claude", "-p"] });
  const inherit = await run({ claudeCommand: ["claude", "-p"], agentPermissions: "inherit" });

  expect(other.result).toEqual({ ran, isScoped: false, withoutRules: 0 });
  expect(claude.result).toEqual({ ran, isScoped: true, withoutRules: 0 });
  expect(inherit.result).toEqual({ ran, isScoped: false, withoutRules: 0 });
});

describe("Claude Code", () => {
  const claude = { claudeCommand: ["claude", "-p"] };

  it("runs in an empty folder of its own that is gone afterwards", async () => {
    const found: unknown[] = [];

    const { command } = await run(claude, {
      during: ({ cwd = "" }) => {
        found.push({ entries: readdirSync(cwd), mode: statSync(cwd).mode & 0o777 });
      },
    });

    expect(found).toEqual([{ entries: [], mode: 0o700 }]);
    expect(existsSync(dirname(command.cwd ?? ""))).toBe(false);
  });

  it("gets the limits of the config, and no rule for a protected pod", async () => {
    const pods = [pod({ id: "mine", name: "keep" }), pod({ id: "theirs" })];

    const { command } = await run(
      { ...claude, agentMaxTurns: 7, agentMaxBudgetUsd: 0.5, protect: ["keep"] },
      { given: seen({ pods }) },
    );

    const argv = command.argv.join(" ");
    expect(argv).toContain("--max-turns 7 --max-budget-usd 0.5");
    expect(argv).toContain("Bash(runpodctl pod stop theirs)");
    expect(argv).not.toContain("stop mine");
  });

  it("that has too many pods for its rules: that is logged", async () => {
    const pods = Array.from({ length: 2_000 }, (_, n) => pod({ id: `pod${n}` }));

    const { entries } = await run(claude, { given: seen({ pods }) });

    expect(entries).toEqual([
      [
        "too many pods: the agent may not stop all of them",
        { calledFor: "warning", pods: expect.any(Number) as number },
      ],
    ]);
  });
});

it("a list too long for another program is in a file for its eyes only, gone afterwards", async () => {
  const pods = Array.from({ length: 2_000 }, (_, n) => pod({ id: `pod${n}` }));
  const found: { rows: number; mode: number }[] = [];

  const { command, prompt } = await run(
    {},
    {
      prompt: "{pods_json}",
      given: seen({ pods }),
      during: ({ env = {} }) => {
        const path = env["RUNPODBOSS_PODS_FILE"] ?? "";
        const rows = JSON.parse(readFileSync(path, "utf8")) as unknown[];
        found.push({ rows: rows.length, mode: statSync(path).mode & 0o777 });
      },
    },
  );

  expect(found).toEqual([{ rows: 2_000, mode: 0o600 }]);
  expect(Buffer.byteLength(prompt)).toBeLessThanOrEqual(100_000);
  expect(prompt).toContain("pods are left out here");
  expect(existsSync(command.env?.["RUNPODBOSS_PODS_FILE"] ?? "")).toBe(false);
});

it("where no folder can be made, nothing is started, and words say why", async () => {
  vi.stubEnv("TMPDIR", "/nowhere");
  let isStarted = false;

  const started = run({}, { during: () => (isStarted = true) });

  await expect(started).rejects.toThrow(
    "cannot make a working folder for the agent in /nowhere (ENOENT)",
  );
  expect(isStarted).toBe(false);
  vi.unstubAllEnvs();
});
