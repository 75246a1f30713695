import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { agentWarnings } from "#commands/check/agent-rows.ts";
import { loadConfig } from "#config/load.ts";
import { realPaces } from "#paces.ts";
import type { Command, Ran } from "#ports.ts";
import { tempFolder } from "../../temp-folder.ts";

type Answers = Readonly<Record<string, Ran | string>>;

const good: Answers = {
  "claude --version": "2.1.330 (Claude Code)",
  "claude auth status": '{\n  "loggedIn": true,\n  "authMethod": "claude.ai"\n}',
  "runpodctl version": "runpodctl 2.15.1",
  "runpodctl pod list": "[]",
};
const tookMs = 5;

function exit(code: number, tail: string): Ran {
  return { kind: "exited", code, tail, tookMs };
}

/** What check says of an agent whose programs are there and answer so; undefined: there is no such program. */
async function said(
  answers: Answers,
  { command = ["claude", "-p"], programs = ["claude", "runpodctl"], permissions = "scoped" } = {},
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
  const warnings = await agentWarnings({ settings, runner: { run }, env, signal });
  return { warnings, asked };
}

it("an agent that could do its job tonight: nothing is said", async () => {
  expect((await said(good)).warnings).toEqual([]);
});

it("each question has a time limit, and is asked with what the agent gets", async () => {
  const { asked } = await said(good);

  expect(asked.map(({ argv }) => argv.join(" ")).toSorted()).toEqual(Object.keys(good).toSorted());
  expect(asked.every(({ timeLimitMs, trust }) => timeLimitMs <= 15_000 && trust === "agent")).toBe(
    true,
  );
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
      { "runpodctl version": "runpodctl v1.14.3", "runpodctl get pod": "ID NAME" },
      "the agent's runpodctl: version 1.14.3 uses RunPod's REST API v1, which ends on 1 December 2026; update it to one after 2.14.0",
    ],
    [
      "runpodctl is the last one on the old interface",
      { "runpodctl version": "runpodctl 2.14.0" },
      "the agent's runpodctl: version 2.14.0 uses RunPod's REST API v1, which ends on 1 December 2026; update it to one after 2.14.0",
    ],
    [
      "runpodctl has no key",
      { "runpodctl pod list": exit(1, "api key not configured.\nget your key at …") },
      "the agent's runpodctl: runpodctl pod list failed: api key not configured. get your key at …",
    ],
    [
      "runpodctl cannot be run",
      { "runpodctl version": { kind: "not-started", because: "it is not a program" } },
      "the agent's runpodctl: runpodctl version did not answer: it is not a program",
    ],
  ])("%s", async (_sentence, answers, warning) => {
    expect((await said({ ...good, ...answers })).warnings).toEqual([warning]);
  });

  it("there is no runpodctl", async () => {
    expect((await said(good, { programs: ["claude"] })).warnings).toEqual([
      "the agent's runpodctl: was not found on PATH, so the agent can stop nothing; install it",
    ]);
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
