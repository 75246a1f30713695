import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { callAgent } from "#agent/call.ts";
import type { AgentJob } from "#agent/run.ts";
import type { AgentSettings } from "#agent/settings.ts";
import type { Look, Pod } from "#guard/model/account.ts";
import { realPaces } from "#paces.ts";
import type { Account } from "#ports.ts";
import { createRunner } from "#process/runner.ts";
import { createGraphqlAccount } from "#runpod/graphql/account.ts";
import { exchange } from "#requests/exchange.ts";
import { accountShowing } from "../effects/fake-account.ts";
import { agentTools, effectSettings, keptLog } from "../effects/samples.ts";
import { createHastyClock } from "../fake-clock.ts";
import { blind, pod, seen } from "../guard/samples.ts";
import { createFolder, type Folder } from "../process/programs.ts";
import { apiKey, simulatorWith } from "../simulator/ask.ts";

const job: AgentJob = { name: "warning", belowUsd: 10, event: "trip", prompt: "look" };
const look = seen({ balanceUsd: 9, pods: [pod({ id: "a" }), pod({ id: "b" })] });
const forever = new AbortController().signal;

interface Given {
  /** Lines of a shell program; `stop ID` stops a pod of the simulated account. */
  readonly does: string;
  readonly settings?: Partial<AgentSettings>;
  readonly account?: Account;
  readonly job?: AgentJob;
  readonly sees?: typeof look;
  readonly signal?: AbortSignal;
}

/** A program that stands in for Claude Code: it is called so, and does what the test says. */
function claudeThat(folder: Folder, does: string): readonly string[] {
  return [folder.write("claude", `#!/bin/sh\n${does}\n`), "-p"];
}

async function call({ does, settings, account, sees = look, signal = forever, ...given }: Given) {
  const folder = createFolder();
  const { log, entries } = keptLog();
  const deps = {
    account: account ?? accountShowing([look]),
    clock: createHastyClock(),
    runner: createRunner({ termGraceMs: 200, abortGraceMs: 200 }),
    log,
    env: process.env,
    paces: realPaces,
    ...agentTools,
    settings: effectSettings({ claudeCommand: claudeThat(folder, does), ...settings }),
  };
  return { outcome: await callAgent(given.job ?? job, sees, deps, signal), entries, folder };
}

/** What Claude Code prints with `--output-format json`, as a shell prints it. */
function printing(overrides: object = {}): string {
  const result = {
    type: "result",
    subtype: "success",
    is_error: false,
    num_turns: 2,
    total_cost_usd: 0.05,
    permission_denials: [],
    result: "I kept them all.",
    ...overrides,
  };
  return `printf '%s\\n' '${JSON.stringify(result)}'`;
}

const denial = (command: string) => ({ tool_name: "Bash", tool_input: { command } });
const refusedOne = printing({ permission_denials: [denial("runpodctl pod delete b")] });
const about = (text: string): string => expect.stringMatching(text) as string;

describe("a scoped agent", () => {
  it("that was free to act and kept the pods is done, and its result is logged", async () => {
    const { outcome, entries } = await call({ does: printing() });

    expect(outcome).toEqual({
      kind: "done",
      because: about(String.raw`^done after \d+\.\d s, 2 turns, \$0\.05$`),
      tail: "I kept them all.",
    });
    expect(entries).toEqual([
      [
        "agent result",
        { threshold: "warning", isError: false, turns: 2, costUsd: 0.05, denials: [] },
      ],
    ]);
  });

  it.each<[string, string, string, string]>([
    [
      "an error of its own",
      printing({ is_error: true, subtype: "error_max_turns", result: undefined }),
      String.raw`^it used up its turns \(agent_max_turns\) before it was done$`,
      "",
    ],
    [
      "an error that calls itself a success",
      printing({ is_error: true, result: "API Error: 401" }),
      String.raw`^Claude Code reported an error \(API Error: 401\)$`,
      "",
    ],
    [
      "an error and a bad exit",
      `${printing({ is_error: true, subtype: "error_max_budget" })}; exit 1`,
      String.raw`^exit 1 after \d+\.\d s: Claude Code reported an error \(error_max_budget\)$`,
      "",
    ],
    [
      "a bad exit",
      `${printing()}; exit 3`,
      String.raw`^exit 3 after \d+\.\d s: I kept them all\.$`,
      "",
    ],
    [
      "an option that it does not know",
      `echo "error: unknown option '--max-turns'" >&2; exit 1`,
      String.raw`^exit 1 after \d+\.\d s: error: unknown option '--max-turns'$`,
      "",
    ],
    [
      "an expired login",
      `echo; echo "Invalid API key · Please run /login"; echo more; exit 1`,
      String.raw`^exit 1 after \d+\.\d s: Invalid API key · Please run /login$`,
      "",
    ],
    [
      "no credit",
      `${printing({ is_error: true, result: "Credit balance is too low" })}; exit 1`,
      String.raw`^exit 1 after \d+\.\d s: Claude Code reported an error \(Credit balance is too low\)$`,
      "",
    ],
    [
      "its budget",
      printing({ is_error: true, subtype: "error_max_budget_usd" }),
      String.raw`^it used up its budget \(agent_max_budget_usd\) before it was done$`,
      "",
    ],
    [
      "prose",
      "echo all is well",
      String.raw`^no readable result \(it printed no result in JSON\): all is well$`,
      "all is",
    ],
    ["nothing", "exit 0", String.raw`^no readable result \(it printed nothing\)$`, ""],
    [
      "half a result",
      `printf '{"is_error": false, "resu'`,
      String.raw`^no readable result \(it printed no result in JSON\): \{"is_error": false, "resu$`,
      "is_error",
    ],
    ["a signal", "kill -9 $$", "^ended by SIGKILL$", ""],
  ])("failed with %s", async (_sentence, does, because, tail) => {
    const { outcome } = await call({ does });

    expect(outcome).toEqual({ kind: "failed", because: about(because), tail: about(tail) });
  });

  it("that is missing failed, and the words name it", async () => {
    const settings = { claudeCommand: ["/nowhere/claude", "-p"] };

    const { outcome } = await call({ does: "", settings });

    expect(outcome).toEqual({
      kind: "failed",
      because: '"/nowhere/claude" does not exist',
      tail: "",
    });
  });

  it("that takes too long is ended and failed, with its last words", async () => {
    const settings = { claudeTimeoutMs: 2_000 };

    const { outcome } = await call({ does: "echo thinking; sleep 600", settings });

    expect(outcome).toEqual({
      kind: "failed",
      because: "timed out after 2.0 s; killed with everything it started: thinking",
      tail: "thinking\n",
    });
  });

  it("that hangs on after it printed its result is ended, and judged by what it printed", async () => {
    const settings = { claudeTimeoutMs: 1_000 };

    const { outcome } = await call({ does: `${printing()}; sleep 60`, settings });

    expect(outcome).toEqual({
      kind: "done",
      because: about("^done after .*; it hung after its result, and was ended$"),
      tail: "I kept them all.",
    });
  });

  it("that hangs on after it printed an error failed with that error", async () => {
    const settings = { claudeTimeoutMs: 1_000 };
    const does = `${printing({ is_error: true, result: "API Error: 401" })}; sleep 60`;

    const { outcome } = await call({ does, settings });

    expect(outcome).toMatchObject({
      kind: "failed",
      because: about("API Error: 401.*; it hung after its result, and was ended$"),
    });
  });

  it("that got no permission for most of 8,000 pods is told of, and knows it", async () => {
    const pods = Array.from({ length: 8_000 }, (_, n) => pod({ id: `pod${n}` }));
    const sees = seen({ balanceUsd: 9, pods });
    const does = `cat > "$(dirname "$0")/prompt"; ${printing()}`;

    const { outcome, folder } = await call({ does, sees, job: { ...job, prompt: "{pods_json}" } });

    expect(outcome).toMatchObject({
      kind: "done",
      remark: about(String.raw`^the agent may not stop \d{4} of the unprotected pods`),
    });
    expect(readFileSync(join(folder.path, "prompt"), "utf8")).toMatch(
      /For \d{4} of the unprotected pods you have no permission/,
    );
  });
});

it("one that is about a pod says so in the log", async () => {
  const pod = { podId: "a", podName: "trainer", reason: "idle_30m" };

  const { entries } = await call({
    does: printing(),
    job: { name: "idle", event: "idle", prompt: "look", pod },
  });

  expect(entries).toEqual([
    ["agent result", expect.objectContaining({ guard: "idle", podId: "a" })],
  ]);
});

describe("denials are judged by the account, looked at again", () => {
  /** A simulated account with two pods, and lines with which a program stops one of them. */
  async function simulated() {
    const simulator = await simulatorWith({
      pods: ["a", "b"].map((id) => ({ id, costPerHrUsd: 1 })),
    });
    const account = createGraphqlAccount({
      request: exchange,
      url: simulator.url,
      apiKey,
      nowMs: () => 0,
    });
    const stop = (id: string): string =>
      `${JSON.stringify(process.execPath)} -e '
        fetch("${simulator.url}", {
          method: "POST",
          headers: { "content-type": "application/json", authorization: "Bearer ${apiKey}" },
          body: JSON.stringify({ query: "mutation { podStop(input: { podId: \\"${id}\\" }) { id } }" }),
        }).then((answer) => answer.ok || process.exit(9))' || exit 9`;
    return { simulator, account, stop };
  }

  it("a pod ended: it did its job, and was refused more than that", async () => {
    const { simulator, account, stop } = await simulated();

    const { outcome, entries } = await call({ does: `${stop("a")}\n${refusedOne}`, account });

    expect(simulator.account.pod("a")?.status).toBe("EXITED");
    expect(outcome).toMatchObject({ kind: "done", because: about(", 1 command was refused$") });
    expect(entries[0]?.[1]).toMatchObject({
      denials: [{ tool: "Bash", command: "runpodctl pod delete b" }],
    });
  });

  it("none ended: it failed, whatever its prose says", async () => {
    const { account } = await simulated();
    const does = printing({
      permission_denials: [denial("runpodctl pod stop a"), denial("runpodctl pod stop b")],
      result: "I stopped both pods.",
    });

    const { outcome } = await call({ does, account });

    expect(outcome).toEqual({
      kind: "failed",
      because: "2 commands were refused and no pod stopped",
      tail: "I stopped both pods.",
    });
  });

  it("the account is not seen: whether it did its job is not known", async () => {
    const { simulator, account } = await simulated();
    simulator.failAll("http-500");

    const { outcome } = await call({ does: refusedOne, account });

    expect(outcome).toMatchObject({
      kind: "failed",
      because: "1 command was refused, and it is not known whether a pod stopped",
    });
  });

  it("an account that is not asked where nothing was refused", async () => {
    const account = accountShowing([look]);

    await call({ does: printing(), account });
    await call({ does: "exit 1", account });

    expect(account.asked).toEqual([]);
  });

  const stopped = (id: string): Pod => pod({ id, status: "stopped" });
  const [runs, runsToo] = [pod({ id: "a" }), pod({ id: "b" })];
  const done = { kind: "done" };
  const none = { kind: "failed", because: about("and no pod stopped$") };
  const unknown = { kind: "failed", because: about("and it is not known whether a pod stopped$") };

  it.each<[string, readonly [Look, ...Look[]], object]>([
    ["one is stopped", [seen({ pods: [stopped("a"), runsToo] })], done],
    ["one is gone", [seen({ pods: [runsToo] })], done],
    ["one is stopped a little later", [look, look, seen({ pods: [runs, stopped("b")] })], done],
    ["one is gone a little later", [look, seen({ pods: [runs] })], done],
    ["one is missing from a single list", [look, look, seen({ pods: [runs] })], unknown],
    ["the list is empty for once", [look, seen({ pods: [] }), look], none],
    ["they still run", [look], none],
    [
      "one restarts",
      [seen({ pods: [pod({ id: "a", status: "running", word: "RESTARTING" }), runsToo] })],
      none,
    ],
    ["new ones appeared", [seen({ pods: [runs, runsToo, stopped("c")] })], none],
    ["nothing is seen", [blind()], unknown],
    ["RunPod did not list the pods", [seen({ pods: "unknown" })], unknown],
    ["they ran when last seen", [look, blind()], none],
    [
      "one is missing, and a row cannot be read",
      [seen({ pods: [runs], unreadablePods: 1 })],
      unknown,
    ],
    [
      "all are there, and a row cannot be read",
      [seen({ pods: [runs, runsToo], unreadablePods: 1 })],
      none,
    ],
    [
      "one is stopped, and a row cannot be read",
      [seen({ pods: [stopped("a")], unreadablePods: 1 })],
      done,
    ],
  ])("%s", async (_sentence, looks, outcome) => {
    const ended = await call({ does: refusedOne, account: accountShowing(looks) });

    expect(ended.outcome).toMatchObject(outcome);
  });

  it("the pods were not known before: nothing can be compared", async () => {
    const sees = seen({ pods: "unknown" });

    const { outcome } = await call({ does: refusedOne, sees });

    expect(outcome).toMatchObject(unknown);
  });

  it("no pod ran before: none can have ended", async () => {
    const sees = seen({ pods: [stopped("a")] });

    const { outcome } = await call({ does: refusedOne, sees });

    expect(outcome).toMatchObject(none);
  });
});

describe("an agent with permissions of its own", () => {
  it.each<[string, Partial<AgentSettings>]>([
    ["because the config says so", { agentPermissions: "inherit" }],
    ["because it is another program", {}],
  ])("is judged by its exit alone: %s", async (_sentence, settings) => {
    const folder = createFolder();
    const name = settings.agentPermissions === undefined ? "agent" : "claude";
    const program = (exit: number): readonly string[] => [
      folder.write(name, `#!/bin/sh\necho "prose"; exit ${exit}\n`),
    ];

    const fine = await call({ does: "", settings: { ...settings, claudeCommand: program(0) } });
    const bad = await call({ does: "", settings: { ...settings, claudeCommand: program(1) } });

    expect(fine.outcome).toMatchObject({
      kind: "done",
      because: about("^exit 0"),
      tail: "prose\n",
    });
    expect(bad.outcome).toMatchObject({ kind: "failed", because: about("^exit 1") });
    expect(fine.entries).toEqual([]);
  });
});

describe("an interruption", () => {
  it("ends the agent and leaves it owed", async () => {
    const interruption = new AbortController();
    const folder = createFolder();
    const claude = claudeThat(folder, `echo $$ > ${folder.path}/pid; sleep 60`);

    const called = call({
      does: "",
      settings: { claudeCommand: claude },
      signal: interruption.signal,
    });
    await folder.pid("pid");
    interruption.abort();

    expect((await called).outcome).toBe("interrupted");
  });

  it("while its deeds are looked for leaves it owed", async () => {
    const interruption = new AbortController();
    const account = accountShowing([look]);

    const { outcome } = await call({
      does: refusedOne,
      account: {
        ...account,
        look: (signal) => {
          interruption.abort();
          return account.look(signal);
        },
      },
      signal: interruption.signal,
    });

    expect(outcome).toBe("interrupted");
  });
});

it("where no folder can be made for it, it failed in words", async () => {
  const folder = createFolder();
  const claudeCommand = claudeThat(folder, printing());
  vi.stubEnv("TMPDIR", `${folder.path}/nowhere`);
  onTestFinished(() => void vi.unstubAllEnvs());
  const deps = {
    account: accountShowing([look]),
    clock: createHastyClock(),
    runner: createRunner(realPaces.programEnd),
    log: keptLog().log,
    env: {},
    paces: realPaces,
    ...agentTools,
    settings: effectSettings({ claudeCommand }),
  };

  const outcome = await callAgent(job, look, deps, forever);

  expect(outcome).toEqual({
    kind: "failed",
    because: about(String.raw`^cannot make a working folder for the agent in .+ \(ENOENT\)$`),
    tail: "",
  });
});
