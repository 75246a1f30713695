import {
  chmodSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { guardWith, heardBy, linesOf, printResult, textIn, textOf, told, until } from "./guard.ts";

const dryWords = "dry run: would have started";

describe.concurrent("a state file", () => {
  const corrupt: readonly (readonly [string, string | Buffer, RegExp])[] = [
    ["that is garbage", "{oops", /not JSON/],
    ["that is empty", "", /empty/],
    ["that is another kind of JSON", "[]", /not an object/],
    ["with a part of a wrong shape", '{"fired": ["warning"]}', /fired: must be an object/],
    ["that is not UTF-8", Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d]), /not UTF-8/],
  ];

  it.for(corrupt)(
    "%s is kept aside and told, and the watch goes on with what is left",
    async ([, content, because], test) => {
      const guard = await guardWith(test, { balanceUsd: 9, notify: "" });
      writeFileSync(guard.stateFile, content);

      const { by, lines } = await guard.watch("--once").ended;

      expect(by).toBe(0);
      const [aside = "", ...more] = readdirSync(guard.folder).filter((name) =>
        name.includes("corrupt"),
      );
      expect(aside).toMatch(/^state\.json\.corrupt-\d{8}T\d{6}Z$/);
      expect(more).toEqual([]);
      expect(readFileSync(join(guard.folder, aside))).toEqual(Buffer.from(content));
      expect(linesOf(lines, "state file is not as expected")).toMatchObject([
        {
          level: "warn",
          keptAt: join(guard.folder, aside),
          because: expect.stringMatching(because),
        },
      ]);
      expect(heardBy(guard).join("\n")).toContain(`kept at ${join(guard.folder, aside)}`);
      expect(guard.calls("agent")).toHaveLength(1);
      expect(guard.saved()).toMatchObject({ fired: { warning: true }, owed: [] });
    },
  );

  it("of the Python tool is taken as it is", async (test) => {
    const guard = await guardWith(test, { balanceUsd: 1 });
    writeFileSync(guard.stateFile, '{"fired": {"warning": true}}');

    await guard.watch("--once").ended;

    expect(guard.calls("agent").map(({ args }) => args)).toEqual([["critical"]]);
  });

  it("that cannot be saved is told, once; the guard goes on from memory, and saves and tells when it can", async (test) => {
    const guard = await guardWith(test, { notify: "" });
    const folder = join(guard.folder, "state");
    guard.configure({ state_file: join(folder, "state.json") });
    const running = guard.watch();
    await running.said("polled");
    await until("its samples are there", () => existsSync(join(folder, "samples.jsonl")));
    let away = 0;
    await until("a file where the folder was", () => {
      try {
        // Away at once: the guard writes into it all the time.
        if (existsSync(folder)) renameSync(folder, `${folder}-${(away += 1)}`);
        writeFileSync(folder, "", { flag: "wx" });
        return true;
      } catch {
        // The guard wrote in between, and has made the folder again.
        return false;
      }
    });

    guard.simulator.account.setBalance(9);
    const lost = [
      ["saving the state", "Until it can be saved, the state is kept only in memory"],
      ["history", "The records are kept in the state and written later"],
      ["balance samples", ""],
      ["leases", "Until it can be read, the lease and idle guards stop nothing"],
    ] as const;
    await running.said("state not saved", { what: "state" });
    await running.said("agent done");
    await until("all troubles are told", () =>
      lost.every(([what]) => heardBy(guard).some((each) => each.startsWith(`trouble: ${what}: `))),
    );
    rmSync(folder);
    await until("all is told to work again", () =>
      lost.every(([what]) => heardBy(guard).includes(`recovered: ${what}: working again`)),
    );
    const saved = () =>
      JSON.parse(textOf(join(folder, "state.json")) ?? "{}") as ReturnType<typeof guard.saved>;
    await until("nothing is owed", () => saved().owed?.length === 0);
    running.signal("SIGTERM");

    const { by, lines } = await running.ended;
    expect(by).toBe(130);
    expect(guard.calls("agent")).toHaveLength(1);
    // What can be learned again is not tried while the state is not saved; before, it may have been.
    const unsaved = linesOf(lines, "state not saved").map((line) => textIn(line, "what"));
    expect(unsaved.filter((what) => what === "state")).toHaveLength(1);
    expect(unsaved.length).toBeLessThanOrEqual(2);
    // Whether the folder goes or comes between a lock and its line is chance.
    const heard = heardBy(guard).filter((each) => !each.includes(": locking the history: "));
    expect(heard.toSorted()).toEqual([
      ...lost.map(([what]) => `recovered: ${what}: working again`).toSorted(),
      ...lost
        .map(([what]) => what)
        .toSorted()
        .map((what) => expect.stringMatching(`^trouble: ${what}: .+`) as string),
      "warning",
    ]);
    for (const [what, words] of lost) {
      expect(heardBy(guard).find((each) => each.startsWith(`trouble: ${what}`))).toContain(words);
    }
    expect(saved()).toMatchObject({ fired: { warning: true }, owed: [] });
  });

  it("that can never be written is told, and its trip answered from memory all the same", async (test) => {
    const config = { state_file: "/proc/none/state.json" };
    const guard = await guardWith(test, { balanceUsd: 9, notify: "", config });

    const { by, lines } = await guard.watch("--once").ended;

    expect(by).toBe(0);
    expect(linesOf(lines, "state not saved")).toMatchObject([{ what: "state" }]);
    expect(guard.calls("agent")).toHaveLength(1);
    const heard = heardBy(guard);
    expect(heard).toHaveLength(5);
    expect(heard).toContain("warning");
    expect(heard.join("\n")).toMatch(
      /trouble: lock: cannot keep a second daemon from starting: .*ENOENT/,
    );
    expect(heard.join("\n")).toMatch(
      /trouble: saving the state: ENOENT.*. Until it can be saved, the state is kept only in memory/,
    );
    expect(heard.join("\n")).toMatch(
      /trouble: history: ENOENT.*. The records are kept in the state and written later/,
    );
    expect(heard.join("\n")).toMatch(/trouble: balance samples: ENOENT/);
  });

  it("that is no file stops the watch from starting, with 2", async (test) => {
    const guard = await guardWith(test, { balanceUsd: 9, config: { state_file: "/dev/full" } });

    const { by, stderr } = await guard.watch("--once").ended;

    expect(by).toBe(2);
    expect(stderr).toContain(
      "state file /dev/full cannot be read: /dev/full is not a regular file\n",
    );
    expect(guard.simulator.requests).toBe(0);
  });
});

describe.concurrent("someone's files beside the state file", () => {
  it("are as they were after polls, the guard goes on, and people are told of each", async (test) => {
    const guard = await guardWith(test, { balanceUsd: 9, notify: "" });
    const lines = '{"text": "an example", "label": 1}\n'.repeat(1_000);
    const names = ["samples.jsonl", "history.jsonl", "runs.json"];
    for (const name of names) guard.write(name, lines);

    const running = guard.watch();
    for (const name of names) await told(guard, new RegExp(`${name} is not ours to write: `));
    running.signal("SIGTERM");
    await running.ended;

    for (const name of names) expect(textOf(join(guard.folder, name))).toBe(lines);
    expect(guard.state()).toContain('"warning":true');
  });
});

describe.concurrent("a folder that others may write", () => {
  it("gets a warning at the start and in check", async (test) => {
    const guard = await guardWith(test, { balanceUsd: 9 });
    const words = `state_file: others may write to the folder ${guard.folder}, `;
    chmodSync(guard.folder, 0o777);

    const { stdout } = await guard.command("check");
    const { lines } = await guard.watch("--once").ended;

    expect(stdout).toContain(words);
    expect(linesOf(lines, "folder warning")).toMatchObject([
      { warning: expect.stringContaining(words) },
    ]);
  });
});

describe.concurrent("files of version 0.1", () => {
  it("are taken over, which is said", async (test) => {
    const guard = await guardWith(test, { balanceUsd: 19 });
    const sample = '{"timestamp":"2026-11-23T03:15:00.000Z","balance_usd":9,"burn_per_hr_usd":1}\n';
    guard.write("samples.jsonl", sample);

    const { lines } = await guard.watch("--once").ended;

    expect(linesOf(lines, "file of an earlier version")).toMatchObject([
      { because: expect.stringMatching(/samples\.jsonl was written by version 0\.1 and is taken/) },
    ]);
    expect(textOf(join(guard.folder, "samples.jsonl"))).toMatch(
      /^\{"runpodboss":"samples of state\.json"\}\n/,
    );
  });
});

describe.concurrent("the Python tool's config", () => {
  /** Its keys and values, in its order, with its comments; the address is the simulator's. */
  const pythonConfig = (url: string, more = '"extra_notify_command": []') => `{
    // the key comes from the environment
    "api_key": "",
    "api_key_env": "RUNPOD_API_KEY",
    "poll_interval_seconds": 60,
    // 0 means unbounded
    "max_runtime_seconds": 0,
    "state_file": "~/.runpodboss/state.json",
    "log_file": "~/.runpodboss/runpodboss.log",
    "claude_command": ["claude", "-p"],
    ${more},
    "thresholds": [
      {
        "name": "warning",
        "below_usd": 10.00,
        "prompt": "\${balance:.2f} left:\\n{pods_json}\\nWhich may go?"
      }
    ],
    "runpod_url": "${url}"
  }`;

  it("and its state run unchanged, over trip, restart and re-arm", async (test) => {
    const pods = [{ id: "a1", name: "train", costPerHrUsd: 1.49 }];
    const guard = await guardWith(test, { pods });
    guard.program("claude", printResult());
    const home = join(guard.folder, ".runpodboss");
    const config = join(home, "config.json");
    guard.write(".runpodboss/config.json", pythonConfig(guard.simulator.url));
    guard.write(".runpodboss/state.json", '{"fired": {"warning": true}}');
    const once = async (balanceUsd: number) => {
      guard.simulator.account.setBalance(balanceUsd);
      expect(await guard.start(["watch", "--once"]).ended).toMatchObject({ by: 0 });
      return guard.calls("claude").length;
    };

    expect([await once(5), await once(12), await once(4.2)]).toEqual([0, 0, 1]);

    const args = guard.calls("claude")[0]?.args ?? [];
    expect(args[0]).toBe("-p");
    const prompt = args.at(-1)?.split("\n\n")[1] ?? "";
    expect(prompt).toMatch(/^\$4\.20 left:\n\[[^]*\]\nWhich may go\?$/);
    expect(JSON.parse(prompt.slice(prompt.indexOf("["), prompt.lastIndexOf("]") + 1))).toEqual([
      { id: "a1", name: "train", cost_per_hr_usd: 1.49, status: "RUNNING" },
    ]);
    expect(textOf(config)).toBe(pythonConfig(guard.simulator.url));
    expect(textOf(join(home, "runpodboss.log"))?.match(/"polled"/g)).toHaveLength(3);
  });

  it("with its Triage command calls triage", async (test) => {
    const guard = await guardWith(test, { balanceUsd: 9.8234 });
    guard.program("claude", printResult());
    guard.program("triage", "");
    const triage = `"extra_notify_command": ["triage", "signal", "manual", "--source", "runpodboss", "--bump", "100",
      "--ttl", "1800", "--state", "{name}", "--note", "RunPod balance \${balance:.2f} below {name} threshold"]`;
    guard.write(".runpodboss/config.json", pythonConfig(guard.simulator.url, triage));

    await guard.start(["watch", "--once"]).ended;

    expect(guard.calls("triage").map(({ args }) => args.join(" "))).toEqual([
      "signal manual --source runpodboss --bump 100 --ttl 1800 --state warning --note RunPod balance $9.82 below warning threshold",
    ]);
  });

  it("calls what stands on PATH, and makes its folders", async (test) => {
    const guard = await guardWith(test, { balanceUsd: 9 });
    guard.program("claude", printResult());
    guard.write("config.json", pythonConfig(guard.simulator.url));

    await guard.watchApart("--once").ended;

    expect(guard.calls("claude")).toHaveLength(1);
    const home = join(guard.folder, ".runpodboss");
    expect([home, join(home, "state.json")].map((path) => statSync(path).mode & 0o777)).toEqual([
      0o700, 0o600,
    ]);
  });
});

describe.concurrent("a dry run", () => {
  it.for<[string, readonly string[], object]>([
    ["by its option", ["--dry-run"], {}],
    ["by the config", [], { dry_run: true }],
  ])(
    "%s says what it would start, starts nothing and leaves no state",
    async ([, args, config], test) => {
      const guard = await guardWith(test, { balanceUsd: 1, notify: "", config: { ...config } });
      guard.configure({
        claude_command: ["agent", "-p"],
        extra_notify_command: ["notify"],
        thresholds: [
          { name: "warning", below_usd: 10, prompt: "only ${balance:.2f}" },
          { name: "critical", below_usd: 2, prompt: "now!" },
        ],
      });

      const { by, lines } = await guard.watch("--once", ...args).ended;

      expect(by).toBe(0);
      const said = linesOf(lines, dryWords).map(({ effect, argv }) => [effect, argv]);
      expect(said).toHaveLength(4);
      expect(said).toEqual(
        expect.arrayContaining([
          ["call-agent", ["agent", "-p", "now!"]],
          ["notify", ["notify", "critical", "1.0000"]],
          ["call-agent", ["agent", "-p", "only $1.00"]],
          ["notify", ["notify", "warning", "1.0000"]],
        ]),
      );
      expect(guard.calls("notify")).toEqual([]);
      expect(existsSync(guard.stateFile)).toBe(false);
      expect(textOf(guard.logFile)).toContain(dryWords);
    },
  );

  it("says so once per crossing", async (test) => {
    const thresholds = [
      { name: "high", below_usd: 30, prompt: "{name}" },
      { name: "low", below_usd: 10, prompt: "{name}" },
    ];
    const config = { thresholds, claude_command: ["agent"] };
    const guard = await guardWith(test, { balanceUsd: 9, config });
    const running = guard.watch("--dry-run");
    const said = () =>
      linesOf(running.lines, dryWords).map(({ argv }) => (argv as readonly string[])[1]);
    const saidWith = async (balanceUsd: number, count: number) => {
      await running.said("polled", { balanceUsd });
      return await until(`${count} of ${balanceUsd}`, () => said().length >= count && said());
    };

    expect(await saidWith(9, 2)).toEqual(["low", "high"]);
    guard.simulator.account.setBalance(20);
    expect(await saidWith(20, 2)).toEqual(["low", "high"]);
    guard.simulator.account.setBalance(8);
    expect(await saidWith(8, 3)).toEqual(["low", "high", "low"]);

    running.signal("SIGTERM");
    expect(await running.ended).toMatchObject({ by: 130 });
    expect(existsSync(guard.stateFile)).toBe(false);
  });

  it.for([
    ["an older state", '{"fired": {"critical": true}}\n'],
    ["a corrupt state", "{oops"],
  ])("leaves %s as it was", async ([_sentence, content], test) => {
    const guard = await guardWith(test, { balanceUsd: 9 });
    writeFileSync(guard.stateFile, content ?? "");
    const { mtimeMs, ino } = statSync(guard.stateFile);

    const { by, lines } = await guard.watch("--once", "--dry-run").ended;

    expect(by).toBe(0);
    expect(linesOf(lines, dryWords)).toMatchObject([{ effect: "call-agent" }]);
    expect(guard.state()).toBe(content);
    expect(statSync(guard.stateFile)).toMatchObject({ mtimeMs, ino });
    expect(readdirSync(guard.folder).filter((name) => name.startsWith("state.json"))).toEqual([
      "state.json",
    ]);
  });
});
