import { join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  before,
  contextIn,
  create,
  guards,
  hook,
  hookIn,
  reasonIn,
  recorded,
  watched,
  writeLaunch,
} from "./ask-hook.ts";
import { fastCli, type Guard, guardWith, type Json, until } from "./guard.ts";
import { makeFifo } from "../temp-folder.ts";

const stop = recorded("claude-code/stop.json");
const sessionStart = recorded("claude-code/session-start.json");
const created = recorded("claude-code/post-tool-use-mcp.json");
const after = (command: string) => ({
  ...recorded("claude-code/post-tool-use-bash.json"),
  tool_input: { command },
});
const startById = before("runpodctl pod start p1");
const stopped = { id: "p1", name: "old", costPerHrUsd: 1, desiredStatus: "EXITED" } as const;

const impatient = { hook: { inputMs: 120_000, answerMs: 1_000 } };
const limitWords = "not done after 1 s";

describe.concurrent("while RunPod never answers", () => {
  async function silent(...[test]: Parameters<typeof guardWith>): Promise<Guard> {
    const guard = await guardWith(test, { config: { guards }, paces: impatient, pods: [stopped] });
    await writeLaunch(guard);
    guard.simulator.failAll("silence");
    return guard;
  }

  it("the start of a pod by its id is refused", async (test) => {
    const { by, answer } = await hook(await silent(test), startById);

    expect([by, reasonIn(answer)]).toEqual([0, expect.stringContaining(limitWords)]);
  });

  it("what was asked for is told of after the call, and what was not is no news", async (test) => {
    const guard = await silent(test);

    const { by, answer } = await hook(guard, created);
    const listed = await hook(guard, after("runpodctl pod list"));

    expect([by, contextIn(answer)]).toEqual([0, expect.stringContaining(limitWords)]);
    expect([listed.by, listed.answer]).toEqual([0, undefined]);
  });

  it("the agent is not held, and the person is told", async (test) => {
    const { by, answer } = await hook(await silent(test), stop);

    expect([by, answer]).toEqual([0, { systemMessage: expect.stringContaining(limitWords) }]);
  });

  it("a session begins with the rules", async (test) => {
    const { by, answer } = await hook(await silent(test), sessionStart);

    expect([by, contextIn(answer)]).toEqual([0, expect.stringContaining(limitWords)]);
    expect(contextIn(answer)).toContain("Start GPU pods only with runpodboss");
  });
});

describe.concurrent.for(["state", "leases"])(
  "while the file of the %s hangs on its disk",
  (name) => {
    /** What opens the file waits for ever, and keeps a thread: a FIFO that nobody writes to is the same. */
    async function hanging(test: Parameters<typeof guardWith>[0]) {
      const guard = await guardWith(test, {
        config: { guards },
        paces: impatient,
        pods: [stopped],
      });
      await writeLaunch(guard);
      const fifo = join(guard.folder, "hanging");
      makeFifo(fifo);
      guard.write(
        "first.cjs",
        `const { promises } = require("node:fs");
      const { open } = promises;
      promises.open = (path, ...more) =>
        String(path).endsWith("/${name}.json") ? open(${JSON.stringify(fifo)}, "r") : open(path, ...more);
      require("node:module").syncBuiltinESMExports();`,
      );
      const env = { NODE_OPTIONS: `--require ${join(guard.folder, "first.cjs")}` };
      // As in the settings of an agent that lets through what fails: with the thread the exit code is lost.
      return (payload: unknown, script = '"$@" < payload.json || exit 2') =>
        hookIn(guard, payload, { env, script });
    }

    it("the start of a pod by its id is refused", async (test) => {
      const ask = await hanging(test);

      const { by, answer } = await ask(startById);

      expect([by, reasonIn(answer)]).toEqual([2, expect.stringContaining(limitWords)]);
    });

    it("what starts nothing passes", async (test) => {
      const ask = await hanging(test);

      expect(await ask(before("ls; runpodctl pod list"))).toEqual({
        by: 0,
        stderr: "",
        answer: undefined,
      });
    });

    it("the agent is not held", async (test) => {
      const ask = await hanging(test);

      const { by, answer } = await ask(stop, '"$@" < payload.json');

      expect([by, answer]).toEqual([130, { systemMessage: expect.stringContaining(limitWords) }]);
    });

    it("what was asked for is told of, and a session begins with the rules", async (test) => {
      const ask = await hanging(test);

      const { answer: told } = await ask(created);
      const { answer: rules } = await ask(sessionStart);

      expect(contextIn(told)).toContain(limitWords);
      expect(contextIn(rules)).toContain("Start GPU pods only with runpodboss");
    });
  },
);

describe.concurrent("what comes in and never ends", () => {
  const paces = { hook: { inputMs: 500, answerMs: 120_000 } };
  async function endless(guard: Guard, payload: unknown) {
    const script =
      'mkfifo in; { cat payload.json; exec sleep 600; } > in & "$@" < in; code=$?; kill $!; exit $code';
    return hookIn(guard, payload, { script });
  }

  it.for<[string, unknown, unknown[]]>([
    ["a create is refused", before(create), [0, expect.anything()]],
    ["what starts nothing passes", before("ls"), [0, undefined]],
    ["the agent is not held", stop, [0, undefined]],
    [
      "half a payload of what asks before a call is refused",
      '{"hook_event_name":"PreToolUse",',
      [2, undefined],
    ],
    ["half a payload of another event is let go", '{"hook_event_name":"Stop",', [0, undefined]],
    ["nothing at all is refused", "", [2, undefined]],
  ])("%s", async ([, payload, expected], test) => {
    const guard = await guardWith(test, { paces });

    const { by, answer } = await endless(guard, payload);

    expect([by, reasonIn(answer)]).toEqual(expected);
  });
});

describe.concurrent.for<[string, (guard: Guard) => readonly string[], string]>([
  ["no account can have the name", () => ["--account", "NO!"], "--account cannot be"],
  ["the account has no config", () => ["--account", "lab"], "There is no config at"],
  ["the named file is none", () => ["-c", "nothing.json"], "There is no config at"],
  [
    "file and account are both named",
    ({ config }) => ["-c", config, "--account", "lab"],
    "cannot be used together",
  ],
  ["the config is broken", ({ config }) => ["-c", config], "cannot be used"],
  ["an option is misspelled", ({ config }) => ["-c", config, "--acount", "lab"], "--acount"],
])("where %s", ([, options, because]) => {
  async function broken(test: Parameters<typeof guardWith>[0]) {
    const guard = await guardWith(test);
    guard.configure({ pol_interval: 5 });
    return (payload: unknown) => hook(guard, payload, ...fastCli(), "hook", ...options(guard));
  }

  it("what would start something is refused, and all else passes", async (test) => {
    const ask = await broken(test);

    const refused = await ask(startById);
    const passed = await ask(before("ls; runpodctl pod list"));

    expect([refused.by, reasonIn(refused.answer)]).toEqual([0, expect.stringContaining(because)]);
    expect(passed).toEqual({ by: 0, stderr: "", answer: undefined });
  });

  it("the agent is not held, and the person is told what is wrong", async (test) => {
    const ask = await broken(test);

    const { by, answer } = await ask(stop);

    expect([by, answer]).toEqual([0, { systemMessage: expect.stringContaining(because) }]);
  });

  it("the agent is told after a call, and at the start of its session", async (test) => {
    const ask = await broken(test);

    const called = await ask(after("runpodctl pod list"));
    const begun = await ask(sessionStart);

    expect([called.by, contextIn(called.answer)]).toEqual([0, expect.stringContaining(because)]);
    expect([begun.by, contextIn(begun.answer)]).toEqual([0, expect.stringContaining(because)]);
  });
});

it.concurrent("where nobody has set it up the agent stops without a word", async (test) => {
  const guard = await guardWith(test);

  const { by, answer, stderr } = await hook(guard, stop, ...fastCli(), "hook");

  expect([by, answer, stderr]).toEqual([0, undefined, ""]);
});

describe.concurrent(
  "a budget that freezes refuses the start of a pod though a lease stands",
  () => {
    const daily = { name: "daily", usd: 0.000_001, per: "day", action: "stop", freeze: true };
    const burning = { id: "p2", name: "burning", costPerHrUsd: 4 };

    it("when it is spent", async (test) => {
      const guard = await watched(test, {
        config: { guards, budgets: [daily], protect: ["burning"] },
        pods: [stopped, burning],
      });
      await until("the budget is spent", async () => {
        const { stdout } = await guard.command("status", "--json");
        const { budgets } = JSON.parse(stdout) as { budgets: readonly Json[] };
        return budgets[0]?.["frozen_until"] !== null;
      });

      const { answer } = await hook(guard, startById);

      expect(reasonIn(answer)).toContain("budget daily is spent, and lets nothing start");
    });

    it("when nobody knows whether it is", async (test) => {
      const config = { guards, poll_interval_seconds: 600, budgets: [{ ...daily, usd: 100 }] };
      const paces = { firstRetryMs: 3_600_000 };
      const guard = await guardWith(test, { config, paces, nowMs: Date.now, pods: [stopped] });
      guard.simulator.failAll("http-500");
      await guard.watch().said("poll failed; nothing decided");
      guard.simulator.clearFaults();

      const { answer } = await hook(guard, startById);

      expect(reasonIn(answer)).toContain("whether budget daily is spent is not known yet");
    });
  },
);
