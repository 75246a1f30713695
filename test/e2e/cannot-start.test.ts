import * as fs from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { makeFifo } from "../temp-folder.ts";
import { apiKey, type Guard, guardWith, heardBy, until } from "./guard.ts";

/** Starts the daemon, and gives what it said last. */
async function startOf(guard: Guard, env: NodeJS.ProcessEnv = {}) {
  const { by, stderr } = await guard.call(["watch", "--config", guard.config], env).ended;
  return { by, stderr };
}

describe.concurrent("a daemon that cannot start exits with 2 and tells people:", () => {
  it.for<[string, (guard: Guard) => void, RegExp]>([
    [
      "without a key",
      (guard) =>
        guard.configure({ api_key_env: "NOWHERE", api_key_file: join(guard.folder, "no") }),
      /api_key_file/,
    ],
    [
      "with a key that nobody knows",
      (guard) => guard.configure({ pol_interval: 5 }),
      /pol_interval/,
    ],
    [
      "with a config that is no JSON",
      (guard) => fs.appendFileSync(guard.config, "\n, oops"),
      /line 2/,
    ],
    [
      "with a state that cannot be read",
      (guard) => guard.configure({ state_file: join(guard.folder, "bin") }),
      /state file/,
    ],
  ])("%s", async ([_sentence, spoil, words], test) => {
    const guard = await guardWith(test, { notify: "" });
    spoil(guard);

    const first = await startOf(guard);
    const second = await startOf(guard);

    expect([first.by, second.by]).toEqual([2, 2]);
    expect(first.stderr).toMatch(words);
    // At most once an hour, however often it is started again.
    expect(heardBy(guard)).toEqual([
      expect.stringMatching(/^trouble: runpodboss watch could not start: /),
    ]);
    expect(heardBy(guard)[0]).toMatch(words);
  });

  it.for<[string, object]>([
    ["from the environment", {}],
    ["from a key of the config", { api_key: apiKey }],
  ])(
    "the API key %s reaches no program, whatever variable holds it",
    async ([_where, config], test) => {
      const notify = `say({ found: Object.keys(process.env).filter((name) => process.env[name].includes(${JSON.stringify(apiKey)})) });`;
      const guard = await guardWith(test, { notify, config: { ...config, pol_interval: 5 } });

      const { by } = await startOf(guard, { COPY: apiKey, IN_A_LINE: `token=${apiKey};` });

      expect(by).toBe(2);
      expect(guard.calls("notify")).toMatchObject([{ told: { found: [] } }]);
    },
  );

  it("while another one runs", async (test) => {
    const guard = await guardWith(test, { notify: "" });
    const running = guard.watchApart();
    await running.said("polled");

    const { by } = await startOf(guard);
    running.signal("SIGTERM");
    await running.ended;

    expect(by).toBe(2);
    expect(heardBy(guard)).toEqual([
      expect.stringContaining(`Another daemon is already running: pid ${running.pid}`),
    ]);
  });

  it("and says so where even that fails", async (test) => {
    const guard = await guardWith(test, { config: { extra_notify_command: ["/no/such/program"] } });
    guard.configure({ pol_interval: 5 });

    const { by, stderr } = await startOf(guard);

    expect(by).toBe(2);
    expect(stderr).toContain("warning: could not notify anybody of this: ");
  });

  it("but nobody where there is no notify command, and nobody of a dry run", async (test) => {
    const silent = await guardWith(test);
    silent.configure({ pol_interval: 5 });
    const dry = await guardWith(test, { notify: "" });
    dry.configure({ pol_interval: 5 });

    const { by, stderr } = await startOf(silent);
    await dry.call(["watch", "--dry-run", "--config", dry.config]).ended;

    expect(by).toBe(2);
    expect(stderr).not.toContain("could not notify");
    expect(heardBy(dry)).toEqual([]);
  });
});

describe.concurrent("a new config that is refused", () => {
  it("shows in status until one is taken", async (test) => {
    const guard = await guardWith(test, { notify: "" });
    const running = guard.watchApart();
    await running.said("polled");
    const shown = async () => (await guard.command("status", "--json")).stdout;
    const good = fs.readFileSync(guard.config, "utf8");

    guard.configure({ protect: "p1" });
    running.signal("SIGHUP");
    await running.said("config not reloaded, still using the old one");
    fs.writeFileSync(guard.config, good);
    await until("it is saved", () => guard.runs()?.includes("the old one"));
    const refused = await shown();
    running.signal("SIGHUP");
    await until("that is saved", () => guard.runs()?.includes("the old one") === false);
    const taken = await shown();
    running.signal("SIGTERM");
    await running.ended;

    expect(refused).toMatch(/config: not reloaded, still using the old one: .*protect/);
    expect(taken).not.toContain("the old one");
  });

  it("six times, for a FIFO as key file, keeps nothing from being saved, nor the end from coming", async (test) => {
    const guard = await guardWith(test, { balanceUsd: 20 });
    makeFifo(join(guard.folder, "key"));
    const running = guard.watchApart();
    await running.said("polled");

    guard.configure({ api_key_file: join(guard.folder, "key") });
    for (let n = 0; n < 6; n += 1) running.signal("SIGHUP");
    await running.said("config not reloaded, still using the old one");
    guard.simulator.account.setBalance(9);
    await running.said("agent done");
    const { fired } = guard.saved();
    running.signal("SIGTERM");

    expect((await running.ended).by).toBe(130);
    expect(fired).toMatchObject({ warning: true });
  });
});
