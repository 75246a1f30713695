import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Launch } from "#guard/model/launch.ts";
import {
  before,
  book,
  contextIn,
  create,
  guards,
  hook,
  hourMs,
  launched,
  reasonIn,
  recorded,
  session,
  watched,
  writeLaunch,
} from "./ask-hook.ts";
import { guardWith, type Json, textOf } from "./guard.ts";

describe.concurrent("before a tool is called", () => {
  it("a create is refused, with what to type instead", async (test) => {
    const guard = await guardWith(test);

    const { by, answer, stderr } = await hook(guard, before(create));

    expect([by, stderr]).toEqual([0, ""]);
    expect(answer).toEqual({
      hookSpecificOutput: {
        hookEventName: "PreToolUse",
        permissionDecision: "deny",
        permissionDecisionReason: expect.stringContaining("runpodctl pod create creates a pod"),
      },
    });
    expect(reasonIn(answer)).toContain(
      `runpodboss -c ${guard.config} start --gpu 'NVIDIA L4' --image x/y --hours HOURS --name trainer`,
    );
  });

  it("the call of a tool of RunPod's own server is refused", async (test) => {
    const guard = await guardWith(test);

    const { by, answer } = await hook(guard, recorded("claude-code/pre-tool-use-mcp.json"));

    expect([by, reasonIn(answer)]).toEqual([
      0,
      expect.stringContaining("create-pod creates a pod"),
    ]);
  });

  it("all else passes without a word, and without a look at the config", async (test) => {
    const guard = await guardWith(test);
    guard.write("config.json", "{ no config");

    const { by, answer, stderr } = await hook(guard, before("ls && runpodctl pod list"));

    expect([by, answer, stderr]).toEqual([0, undefined, ""]);
  });

  it("a create is refused without a config, too", async (test) => {
    const guard = await guardWith(test);
    guard.write("config.json", "{ no config");

    const { by, answer } = await hook(guard, before(create));

    expect([by, reasonIn(answer)]).toEqual([0, expect.stringContaining("Refused by runpodboss")]);
  });

  it.for([
    ["is no JSON", "{"],
    ["is nothing", ""],
    ["is no hook's", "{}"],
    ["is over 4 MiB", JSON.stringify({ hook_event_name: "PreToolUse", x: "x".repeat(5_000_000) })],
  ])("what %s is refused by its exit code", async ([, text], test) => {
    const guard = await guardWith(test);

    const { by, answer, stderr } = await hook(guard, text);

    expect([by, answer]).toEqual([2, undefined]);
    expect(stderr).toMatch(/^runpodboss hook: what came in cannot be read: .*\. Refused/);
  });
});

describe.concurrent("where a lease stands", () => {
  const stopped = { id: "p1", name: "old", costPerHrUsd: 1, desiredStatus: "EXITED" } as const;

  it("the start of a pod by its id passes", async (test) => {
    const guard = await watched(test, { pods: [stopped] });

    expect((await hook(guard, before("runpodctl pod start p1"))).answer).toBeUndefined();
  });

  it.for<[string, Json, string]>([
    ["there is no such pod", { guards }, "runpodctl pod start nope"],
    [
      "no guard ends it",
      { guards: { lease: { max_hours: 8, action: "notify" } } },
      "runpodctl pod start p1",
    ],
    ["it is protected", { guards, protect: ["old"] }, "runpodctl pod start p1"],
    [
      "guards.lease has no default_hours",
      { guards: { lease: { default_hours: null, max_hours: 8, action: "stop" } } },
      "runpodctl pod start p1",
    ],
    ["the guards leave it alone", { guards, foreign_pods: "notify" }, "runpodctl pod start p1"],
    ["another pod is created beside it", { guards }, `runpodctl pod start p1; ${create}`],
    ["its id is not known", { guards }, "runpodctl pod start $ID"],
  ])("it is refused where %s", async ([, config, line], test) => {
    const guard = await watched(test, { config, pods: [stopped] });

    const { answer } = await hook(guard, before(line));

    expect(reasonIn(answer)).toContain("Refused by runpodboss");
  });

  it("it is refused where no daemon is alive", async (test) => {
    const guard = await guardWith(test, { config: { guards }, pods: [stopped] });

    const { answer } = await hook(guard, before("runpodctl pod start p1"));

    expect(reasonIn(answer)).toContain("but the daemon is not running");
  });

  it("it is refused where the account cannot be seen", async (test) => {
    const guard = await watched(test, { pods: [stopped] });
    await guard.simulator.close();

    const { answer } = await hook(guard, before("runpodctl pod start p1"));

    expect(reasonIn(answer)).toContain("Refused by runpodboss");
  });

  it("a create passes by the name of a launch that has no pod yet, and no other", async (test) => {
    const guard = await watched(test);
    await writeLaunch(guard);
    const named = (name: string) => before(`runpodctl pod create --image x --name ${name}`);

    const { answer } = await hook(guard, named("trainer-rbabcdefg2"));
    const { answer: other } = await hook(guard, named("trainer-rbabcdefg3"));

    expect(answer).toBeUndefined();
    expect(reasonIn(other)).toContain("no lease was written down");
  });
});

describe.concurrent("after a tool was called", () => {
  const called = recorded("claude-code/post-tool-use-mcp.json");

  it("a pod that came into being past the guard gets a lease, and is in the history", async (test) => {
    const guard = await watched(test, {
      pods: [{ id: "old", costPerHrUsd: 1, startedAtMs: Date.now() - 5 * hourMs }],
    });
    guard.simulator.account.addPod({
      id: "p9",
      name: "`x`",
      costPerHrUsd: 1.5,
      startedAtMs: Date.now(),
    });

    const { by, answer } = await hook(guard, called);

    expect(by).toBe(0);
    expect(contextIn(answer)).toMatch(
      /pod "\\u0060x\\u0060" \(p9\) burns \$1\.50\/h, was started past runpodboss, and has a lease of (2 h 0 min|1 h 59 min) now\. It is stopped/,
    );
    const { leases, launches = {} } = await book(guard).read();
    expect(Object.keys(leases)).toEqual(["p9"]);
    expect(Object.values(launches)).toEqual([
      expect.objectContaining({
        podId: "p9",
        isAdopted: true,
        by: expect.objectContaining({ kind: "agent", agent: "claude-code", session }),
      }),
    ]);
    expect(textOf(join(guard.folder, "history.jsonl"))).toContain('"event_type":"launch"');
    expect((await hook(guard, called)).answer, "once only").toBeUndefined();
  });

  it("what a script says that it has started gets one, and no other pod that is new", async (test) => {
    const guard = await watched(test);
    for (const id of ["k3x9w2m7p1q4zz", "k3x9w2m7p1q4yy"])
      guard.simulator.account.addPod({ id, costPerHrUsd: 1.5, startedAtMs: Date.now() });
    const payload = {
      ...recorded("claude-code/post-tool-use-bash.json"),
      tool_input: { command: "sh train.sh" },
    };

    const { answer } = await hook(guard, payload);
    const silent = await hook(guard, { ...payload, tool_response: { stdout: "done" } });

    expect(contextIn(answer)).toContain("(k3x9w2m7p1q4zz) burns $1.50/h, was started past");
    expect(silent.answer).toBeUndefined();
    expect(Object.keys((await book(guard).read()).leases)).toEqual(["k3x9w2m7p1q4zz"]);
  });

  it("nothing is taken in where nobody can tell what is new", async (test) => {
    const guard = await guardWith(test, { nowMs: Date.now, config: { guards } });
    guard.simulator.account.addPod({ id: "p9", costPerHrUsd: 1.5, startedAtMs: Date.now() });

    const { answer } = await hook(guard, called);

    expect(contextIn(answer)).toContain("cannot tell which pods this has started");
    expect((await book(guard).read()).launches).toBeUndefined();
  });

  it("a call that has nothing to do with RunPod is not looked into", async (test) => {
    const guard = await guardWith(test);
    guard.write("config.json", "{ no config");
    const payload = {
      ...recorded("claude-code/post-tool-use-bash.json"),
      tool_input: { command: "ls" },
    };

    expect(await hook(guard, payload)).toEqual({ by: 0, stderr: "", answer: undefined });
  });
});

describe.concurrent("before the agent stops", () => {
  const stop = recorded("claude-code/stop.json");
  const running = { id: "p1", name: "trainer-rbabcdefg2", costPerHrUsd: 1.5 };

  it("it is asked once about what its session started and still runs", async (test) => {
    const guard = await guardWith(test, { nowMs: Date.now, config: { guards }, pods: [running] });
    await writeLaunch(guard);

    const { answer } = await hook(guard, stop);
    const { answer: again } = await hook(guard, recorded("claude-code/stop-again.json"));

    expect(answer).toEqual({
      decision: "block",
      reason: expect.stringMatching(
        /- pod "trainer-rbabcdefg2" \(p1\) burns \$1\.50\/h still: runpodboss -c \S+ extend p1 HOURS/,
      ),
    });
    expect(again).toBeUndefined();
  });

  it("it is not asked again about the same pods, but about a new one", async (test) => {
    const guard = await guardWith(test, { nowMs: Date.now, config: { guards }, pods: [running] });
    await writeLaunch(guard);
    await hook(guard, stop);

    const { answer: same } = await hook(guard, stop);
    guard.simulator.account.addPod({ id: "p2", name: "second-rbabcdefg3", costPerHrUsd: 1 });
    await book(guard).change((before) => ({
      ...before,
      launches: { ...before.launches, y: launched({ id: "abcdefg3", name: "second-rbabcdefg3" }) },
    }));
    const { answer: another } = await hook(guard, stop);

    expect(same).toBeUndefined();
    expect(another?.["reason"]).toContain('pod "second-rbabcdefg3" (p2)');
    expect(another?.["reason"]).not.toContain("(p1)");
  });

  it.for<[string, Partial<Launch>]>([
    ["another session", { by: { kind: "agent", session: "another", host: "x" } }],
    ["a person", { by: { kind: "person", host: "x" } }],
  ])("it is not asked about what %s started", async ([, more], test) => {
    const guard = await guardWith(test, { nowMs: Date.now, config: { guards }, pods: [running] });
    await writeLaunch(guard, more);

    expect((await hook(guard, stop)).answer).toBeUndefined();
  });

  it("it is not held where nobody can see what runs, and the person is told", async (test) => {
    const guard = await guardWith(test, { config: { guards } });
    await writeLaunch(guard);
    await guard.simulator.close();

    expect((await hook(guard, stop)).answer).toEqual({
      systemMessage: expect.stringContaining("could not be seen"),
    });
  });
});

describe.concurrent("at the start of a session", () => {
  const start = recorded("claude-code/session-start.json");

  it("it is told balance, burn, leases, caps and the rules, and which session it is", async (test) => {
    const pods = [{ id: "p1", name: "old", costPerHrUsd: 1.5, startedAtMs: Date.now() - hourMs }];
    const guard = await watched(test, { pods });
    const file = join(guard.folder, "env");
    const program = guard.argv("hook");

    const { answer } = await hook(guard, start, "env", `CLAUDE_ENV_FILE=${file}`, ...program);

    const words = String(contextIn(answer));
    expect(words).toContain("balance $20.00, burning $1.50/h, 1 running.");
    expect(words).toMatch(
      /- pod "old" \(p1\) burns \$1\.50\/h, lease ends in (59 min|1 h [01] min)\n/,
    );
    expect(words).toContain("At most $5.00/h a pod, 24 h, 4 pods at once.");
    expect(words).toContain("runpodboss -c ");
    expect(words.length).toBeLessThanOrEqual(1_500);
    expect(textOf(file)).toBe(`export RUNPODBOSS_SESSION=${session}\n`);
  });

  it("it is told that nothing ends a protected pod, whatever lease it would have", async (test) => {
    const pods = [{ id: "p1", name: "old", costPerHrUsd: 1.5, startedAtMs: Date.now() - hourMs }];
    const guard = await watched(test, { pods, config: { protect: ["old"] } });

    const { answer } = await hook(guard, start);

    expect(contextIn(answer)).toContain(
      '- pod "old" (p1) burns $1.50/h, nothing ends it: it is protected\n',
    );
  });

  it("a session that could be a line of a shell is written nowhere", async (test) => {
    const guard = await guardWith(test);
    const file = join(guard.folder, "env");
    const payload = { ...start, session_id: "x; rm -rf ~" };

    await hook(guard, payload, "env", `CLAUDE_ENV_FILE=${file}`, ...guard.argv("hook"));

    expect(textOf(file)).toBeUndefined();
  });

  it("without a config it says so", async (test) => {
    const guard = await guardWith(test);
    guard.write("config.json", "{ no config");

    const { by, answer } = await hook(guard, start);

    expect([by, contextIn(answer)]).toEqual([
      0,
      expect.stringContaining("no config that it can use"),
    ]);
  });
});
