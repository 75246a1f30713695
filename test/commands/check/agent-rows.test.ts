import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { agentWarnings } from "#commands/check/agent-rows.ts";
import { createClock } from "#clock.ts";
import { agentToolsFor } from "#commands/agent-tools.ts";
import { loadConfig } from "#config/load.ts";
import { realPaces } from "#paces.ts";
import type { Command, Ran } from "#ports.ts";
import { tempFolder } from "../../temp-folder.ts";

type Answers = Readonly<Record<string, Ran | string>>;

const tookMs = 5;

const good: Answers = {
  "claude --version": "2.1.330 (Claude Code)",
  "claude auth status": '{\n  "loggedIn": true,\n  "authMethod": "claude.ai"\n}',
  "runpodctl version": exit(0, "runpodctl 2.15.1"),
  "runpodctl pod list": "[]",
};
function exit(code: number, tail: string): Ran {
  return { kind: "exited", code, tail, stdout: tail, tookMs };
}

/** What check says of an agent whose programs are there and answer so; undefined: there is no such program. */
async function said(
  answers: Answers,
  {
    command = ["claude", "-p"],
    programs = ["claude", "runpodctl"],
    permissions = "scoped",
    nowMs = Date.UTC(2026, 10, 26),
    cli = "/opt/cli.js",
  } = {},
) {
  const folder = tempFolder();
  for (const name of programs) {
    writeFileSync(join(folder, name), "");
    chmodSync(join(folder, name), 0o700);
  }
  const config = join(folder, "config.json");
  const keys = { claude_command: command, agent_permissions: permissions };
  const thresholds = [{ name: "low", below_usd: 1, prompt: "x" }];
  writeFileSync(config, JSON.stringify({ thresholds, ...keys }));
  const env = { HOME: folder, PATH: folder, RUNPOD_API_KEY: "rpa_key" };
  const settings = await loadConfig(config, env, realPaces);
  const asked: Command[] = [];
  const run = (started: Command): Promise<Ran> => {
    asked.push(started);
    const answer = answers[started.argv.join(" ")];
    if (answer === undefined) throw new Error(`nobody may run ${started.argv.join(" ")}`);
    return Promise.resolve(typeof answer === "string" ? exit(0, answer) : answer);
  };
  const { signal } = new AbortController();
  const program = { argv: ["/usr/bin/node", cli], folder };
  const context = { env, program, interrupted: signal };
  const runner = { run };
  const tools = await agentToolsFor(settings, context, { runner, clock: createClock() });
  const warnings = await agentWarnings({ settings, runner, env, tools, nowMs, signal });
  return { warnings, asked };
}

it("an agent that could do its job tonight: nothing is said", async () => {
  expect((await said(good)).warnings).toEqual([]);
});

it("an agent without any runpodctl: it has our own stop", async () => {
  expect((await said(good, { programs: ["claude"] })).warnings).toEqual([]);
});

it("each question has a time limit, and is asked with what the agent gets", async () => {
  const { asked } = await said(good);

  expect(asked.map(({ argv }) => argv.join(" ")).toSorted()).toEqual(Object.keys(good).toSorted());
  expect(asked.every(({ timeLimitMs }) => timeLimitMs <= 15_000)).toBe(true);
  const withoutKey = asked.filter(({ trust }) => trust !== "agent").map(({ argv }) => argv);
  expect(withoutKey).toEqual([["runpodctl", "version"]]);
});

describe("what would fail tonight is told", () => {
  it.each<[string, Answers, string]>([
    [
      "claude is not logged in",
      { "claude auth status": exit(1, '{ "loggedIn": false }') },
      "claude_command: claude is not logged in; run claude once as the user that runs the daemon",
    ],
    [
      "claude is too old to say so, and is not asked: it might take it for a prompt",
      { "claude --version": "2.0.14 (Claude Code)" },
      'claude_command: claude 2.0.14 cannot say whether it is logged in; update it, or try claude -p "say hi" as this user',
    ],
    [
      "claude hangs",
      { "claude --version": { kind: "timed-out", tail: "", tookMs } },
      "claude_command: claude --version did not answer: it took longer than 15 s",
    ],
    [
      "claude says something that nobody knows",
      { "claude auth status": exit(1, "error: unknown command 'auth'") },
      "claude_command: claude auth status did not answer: error: unknown command 'auth'",
    ],
    [
      "runpodctl is of the first generation",
      { "runpodctl version": exit(0, "runpodctl v1.14.3"), "runpodctl get pod": "ID NAME" },
      "the agent's runpodctl: version 1.14.3 uses RunPod's REST API v1, and will stop working on 1 December 2026; install one newer than 2.14.0",
    ],
    [
      "runpodctl is the last one on the old interface",
      { "runpodctl version": exit(0, "runpodctl 2.14.0") },
      "the agent's runpodctl: pod list and pod delete of version 2.14.0 use RunPod's REST API v1, and will stop working on 1 December 2026; install one newer than 2.14.0",
    ],
    [
      "runpodctl has no key",
      { "runpodctl pod list": exit(1, "api key not configured.\nget your key at …") },
      "the agent's runpodctl: runpodctl pod list failed: api key not configured. get your key at …",
    ],
    [
      "runpodctl cannot be run",
      { "runpodctl version": { kind: "not-started", because: "it is not a program" } },
      "the agent's runpodctl: its version is unknown: runpodctl version did not start: it is not a program; the agent may use runpodboss stop only",
    ],
  ])("%s", async (_sentence, answers, warning) => {
    expect((await said({ ...good, ...answers })).warnings).toEqual([warning]);
  });

  it("a runpodctl that has stopped working by now", async () => {
    const answers = { ...good, "runpodctl version": exit(0, "runpodctl 2.14.0") };

    expect((await said(answers, { nowMs: Date.UTC(2026, 11, 2) })).warnings).toEqual([
      "the agent's runpodctl: pod list and pod delete of version 2.14.0 use RunPod's REST API v1, and stopped working on 1 December 2026; install one newer than 2.14.0",
    ]);
  });

  it("there is no runpodctl, and our own commands cannot be given to the agent either", async () => {
    const { warnings } = await said(good, { programs: ["claude"], cli: "/opt/(x)/cli.js" });

    expect(warnings).toEqual([
      expect.stringMatching(
        /^the agent's runpodboss stop: .* cannot hold all of .*"\/opt\/\(x\)\/cli\.js"/,
      ),
      "the agent's runpodctl: was not found on PATH, so the agent can stop nothing; install it",
    ]);
  });

  it("there is no runpodctl for an agent with the user's own permissions", async () => {
    const { warnings } = await said(good, { programs: ["claude"], permissions: "inherit" });

    expect(warnings).toEqual([expect.stringContaining("was not found on PATH") as string]);
  });

  it("claude is in a shell, which loses the prompt and the limits", async () => {
    const { warnings } = await said({}, { command: ["bash", "-c", "claude -p"] });

    expect(warnings).toEqual([
      expect.stringContaining("the prompt never reaches the agent"),
      expect.stringContaining('claude is behind "bash"'),
    ]);
  });
});

describe("who is asked", () => {
  it("claude behind a wrapper, through it", async () => {
    const answers = {
      ...good,
      "nice -n 5 claude --version": "2.1.330 (Claude Code)",
      "nice -n 5 claude auth status": exit(1, '{"loggedIn": false}'),
    };
    const options = {
      command: ["nice", "-n", "5", "claude", "-p"],
      programs: ["nice", "runpodctl"],
    };

    expect((await said(answers, options)).warnings).toEqual([
      expect.stringContaining("not logged in"),
    ]);
  });

  it("nobody, when the agent is another program or there is none", async () => {
    expect((await said({}, { command: ["my-agent"] })).asked).toEqual([]);
    expect((await said({}, { command: [] })).asked).toEqual([]);
  });
});
