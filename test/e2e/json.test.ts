import type { Command } from "commander";
import { describe, expect, it, type TestContext } from "vitest";
import type { Context } from "#terminal/context.ts";
import { emptyState } from "#guard/model/state.ts";
import type { Paces } from "#paces.ts";
import { createProgram } from "#program.ts";
import { saveState } from "../store/saved-state.ts";
import { type Ended, type Guard, type GuardOptions, guardWith, type Json } from "./guard.ts";
import { inProcess } from "./in-process.ts";

const hourMs = 3_600_000;
const moment = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

const config = {
  guards: { lease: { default_hours: 4, max_hours: 8, action: "stop" } },
  schedules: [{ name: "evening", cron: "0 19 * * *", pods: ["dev-*"] }],
  budgets: [{ name: "daily", usd: 20, per: "day", action: "stop", freeze: true }],
};

/** A pod burns it. */
const about20: unknown = expect.closeTo(20, 0);

/** Everything that has --json, by what is typed, with all that it needs to work. */
const working: readonly (readonly [string, readonly string[], object])[] = [
  ["check", [], { balance_usd: about20 }],
  ["notify test", [], { channels: [{ worked: true }] }],
  ["status", [], { error: null, balance_usd: about20 }],
  ["history", [], { events: [] }],
  ["brief", [], { error: null }],
  ["audit", [], { error: null, balance_usd: about20 }],
  ["gpus", [], { gpu_count: 1, launch: null, loosen: [] }],
  ["estimate", ["--gpu", "4090", "--hours", "1"], { hours: 1, compute_per_hr_usd: 0.69 }],
  [
    "lease",
    ["trainer", "2"],
    {
      pod_id: "p1",
      pod_name: "trainer",
      ends_at: expect.stringMatching(moment),
      acts_at: expect.stringMatching(moment),
      action: "stop",
      minutes_left: 120,
      cost_per_hr_usd: 2,
      cost_until_then_usd: expect.closeTo(4, 2),
      ends_sooner_by: null,
      ends_sooner_at: null,
      daemon_is_running: false,
    },
  ],
  ["extend", ["p1", "1"], { pod_id: "p1", minutes_left: expect.closeTo(240, 0) }],
  [
    "touch",
    ["p1"],
    { pod_id: "p1", pod_name: "trainer", touched_at: expect.stringMatching(moment) },
  ],
  [
    "skip",
    ["evening"],
    { schedule: "evening", skipped_at: expect.stringMatching(moment), is_under_way: false },
  ],
  ["unfreeze", ["daily"], { budget: "daily", lifted_until: expect.stringMatching(moment) }],
  [
    "stop",
    ["p1", "old", "-y"],
    {
      action: "stop",
      pods: [
        {
          pod_id: "p1",
          pod_name: "trainer",
          result: "ended",
          because: expect.stringContaining("the pod is EXITED"),
          uptime_minutes: expect.closeTo(60, 0),
          cost_usd: expect.closeTo(2, 1),
        },
      ],
      left_out: [expect.stringContaining("pod old (p2) is already EXITED")],
    },
  ],
  ["stop", ["p2", "-y"], { action: "stop", pods: [], left_out: [expect.any(String)] }],
  ["terminate", ["p1", "-y"], { action: "terminate", pods: [{ pod_id: "p1", result: "ended" }] }],
];

/** What needs more than an account to work has that in tests of its own: outside-serve, start. */
const elsewhere = ["outside status", "start"];

function namedBelow(command: Command, before: string): readonly (readonly [string, Command])[] {
  return command.commands.flatMap((each) => {
    const name = `${before}${each.name()}`;
    return [[name, each] as const, ...namedBelow(each, `${name} `)];
  });
}

const withJson = namedBelow(
  createProgram({} as Context, () => undefined),
  "",
).flatMap(([name, { options }]) => (options.some(({ long }) => long === "--json") ? [name] : []));

async function account(test: TestContext, more: GuardOptions = {}): Promise<Guard> {
  const guard = await guardWith(test, {
    ...more,
    nowMs: Date.now,
    notify: "",
    config,
    pods: [
      { id: "p1", name: "trainer", costPerHrUsd: 2, startedAtMs: Date.now() - hourMs },
      { id: "p2", name: "old", costPerHrUsd: 2, status: "EXITED" },
    ],
  });
  return guard;
}

/** A budget is used up. */
async function frozen(guard: Guard): Promise<void> {
  const [fromMs, toMs] = [Date.now() - hourMs, Date.now() + hourMs];
  const daily = [{ fromMs, toMs, sinceMs: fromMs, spentUsd: 21, trippedAtMs: fromMs }];
  await saveState(guard.folder, { ...emptyState, budgets: { daily } });
}

function run(guard: Guard, name: string, ...args: readonly string[]): Promise<Ended> {
  return guard.call([...name.split(" "), "-c", guard.config, "--json", ...args]).ended;
}

interface SaidError {
  readonly message: string;
  readonly hint: string | null;
  readonly exit_code: number;
}

/** Each line of standard error. Throws where one is no JSON. */
function said({
  stderr,
}: Ended): readonly { readonly warning?: string; readonly error?: SaidError }[] {
  return stderr
    .split("\n")
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Json);
}

/** The only error that was told: it has the exit code. */
function errorOf(ended: Ended): SaidError {
  const errors = said(ended).flatMap(({ error }) => error ?? []);
  const [error] = errors;
  if (error === undefined || errors.length > 1)
    throw new Error(`${errors.length} errors: ${ended.stderr}`);
  expect(Object.keys(error)).toEqual(["message", "hint", "exit_code"]);
  expect(error.exit_code).toBe(ended.by);
  return error;
}

it("every command with --json is held here", () => {
  const held = [...working.map(([name]) => name), ...elsewhere];

  expect([...new Set(held)].toSorted()).toEqual(withJson.toSorted());
});

describe.concurrent("--json", () => {
  it.for(working)(
    "%s %j prints its result, and nothing else",
    async ([name, args, result], test) => {
      const guard = await account(test);
      if (name === "unfreeze") await frozen(guard);
      if (name === "extend") await run(guard, "lease", "p1", "3");

      const ended = await run(guard, name, ...args);

      expect(JSON.parse(ended.stdout)).toMatchObject(result);
      expect(ended.by).toBe(0);
      for (const line of said(ended))
        expect(line).toEqual({ warning: expect.any(String) as string });
    },
  );

  it("status --all prints that there is nothing, and says that this is an error", async (test) => {
    const ended = await (await guardWith(test)).call(["status", "--all", "--json"]).ended;

    expect(ended).toMatchObject({ by: 2, stdout: "[]\n" });
    expect(errorOf(ended).message).toContain("There is no account");
  });

  it.for(withJson)("%s says in JSON what was typed wrongly", async (name, test) => {
    const guard = await guardWith(test);

    const ended = await run(guard, name, "--jsn");

    expect(ended).toMatchObject({ by: 2, stdout: "" });
    expect(errorOf(ended).message).toMatch(/^unknown option '--jsn'|^missing required argument/);
  });

  it.for(withJson)("%s says in JSON why it has failed, with its exit code", async (name, test) => {
    const guard = await guardWith(test);
    const [, args = []] = working.find(([each]) => each === name) ?? [];
    guard.write("config.json", "{ no config");
    // It can be read without a config.
    const wrong = name === "history" ? ["--hours", "no"] : args;

    const ended = await run(guard, name, ...wrong);

    expect(ended).toMatchObject({ by: 2, stdout: "" });
    expect(errorOf(ended).message).toContain(
      name === "history" ? "--hours must be" : "config.json",
    );
  });

  it("tells of a bug in JSON", async (test) => {
    const { config: path } = await guardWith(test);
    const args = ["check", "--json", "-c", path];
    const program = { argv: [], folder: undefined };

    const ended = await inProcess(args, { env: {}, paces: undefined as unknown as Paces, program })
      .ended;

    expect(ended).toMatchObject({ by: 1, stdout: "" });
    const { message, hint } = errorOf(ended);
    expect(message).toMatch(/^This is a bug in runpodboss: TypeError: .*\n {4}at /);
    expect(hint).toBeNull();
  });

  it("tells what is wrong and what to do apart, as people read them", async (test) => {
    const guard = await account(test);

    const ended = await run(guard, "touch", "nobody");

    expect(errorOf(ended)).toEqual({
      message: 'There is no pod "nobody".',
      hint: expect.stringMatching(/^The pods are:\n {2}p1 /),
      exit_code: 2,
    });
  });

  it.for([
    [["chekc", "--json"], "unknown command 'chekc'\n(Did you mean check?)", "runpodboss --help"],
    [
      ["check", "--jsn", "--json"],
      "unknown option '--jsn'\n(Did you mean --json?)",
      "runpodboss check --help",
    ],
    [["lease", "p1", "--json"], "missing required argument 'hours'", "runpodboss lease --help"],
    [["watch", "--json"], "unknown option '--json'", "runpodboss watch --help"],
  ] as const)("%j is refused in JSON", async ([args, message, command], test) => {
    const ended = await (await guardWith(test)).call(args).ended;

    expect(ended).toMatchObject({ by: 2, stdout: "" });
    expect(errorOf(ended)).toEqual({ message, hint: `Then try: ${command}`, exit_code: 2 });
  });

  it("is no option behind --", async (test) => {
    const ended = await run(await account(test), "touch", "nobody");
    const plain = await (await account(test)).call(["touch", "--", "--json"]).ended;

    expect(ended.stderr).toMatch(/^\{/);
    expect(plain.stderr).not.toMatch(/\{/);
  });

  it.for(["stop", "terminate"])("%s cannot ask, and changes nothing", async (name, test) => {
    const guard = await account(test);

    const ended = await run(guard, name, "p1");

    expect(ended).toMatchObject({ by: 2, stdout: "" });
    expect(errorOf(ended)).toMatchObject({
      message: "Cannot ask for confirmation: with --json nobody is asked. Nothing was changed.",
      hint: expect.stringContaining(`${name} -y POD`),
    });
    expect(guard.simulator.asked).toEqual([]);
  });

  it("a stop that cannot be proven is told with the result, and fails", async (test) => {
    const guard = await account(test, { readOnly: true });

    const ended = await run(guard, "stop", "p1", "-y");

    expect(ended.by).toBe(1);
    expect(JSON.parse(ended.stdout)).toMatchObject({
      pods: [{ pod_id: "p1", result: "unproven" }],
    });
    expect(errorOf(ended).message).toMatch(/^Not proven stopped, 1 of 1:/);
  });

  it("shows no secret, and nothing that moves a terminal", async (test) => {
    const guard = await guardWith(test, {
      nowMs: Date.now,
      config,
      pods: [{ id: "p1", name: "e\u202evil\u001b[2J", costPerHrUsd: 2 }],
    });

    const ended = await run(guard, "touch", "x\u202e");

    expect(ended.stderr).not.toContain("\u202e");
    expect(ended.stderr).not.toContain("\u001b");
    expect(errorOf(ended).message).toBe('There is no pod "x".');
  });
});
