import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, type TestContext } from "vitest";
import { freePort } from "../free-port.ts";
import {
  endsAskedOf,
  type Guard,
  guardWith,
  type GuardOptions,
  type Json,
  until,
} from "./guard.ts";
import { startHook } from "./hook.ts";

const emergency = {
  name: "emergency",
  below_usd: 10,
  prompt: "{name}",
  backstop: { action: "stop", after_seconds: 0 },
};
const trainer = { id: "p1", name: "trainer", costPerHrUsd: 1.49 };

/** A guard with an account that is served, under a key that was made for it. */
async function served(test: TestContext, options: GuardOptions = {}) {
  const hook = await startHook(test);
  const guard = await guardWith(test, {
    pods: [trainer],
    ...options,
    config: {
      claude_command: [],
      thresholds: [emergency],
      notify: [{ type: "webhook", name: "phone", url: hook.url }],
      ...options.config,
    },
  });
  const dir = join(guard.folder, "outside");
  const address = `127.0.0.1:${await freePort()}`;
  await guard.command("outside", "init", "--dir", dir);
  guard.configure({
    outside: { url: `http://${address}`, key_file: join(dir, "outside.key"), on_silence: "guard" },
  });
  // The key of RunPod stands in it, which the test may print nowhere: it goes from one process to the other.
  const secrets = join(guard.folder, "secrets.json");
  const keep = `umask 077; "$@" > ${secrets}`;
  const [program, ...first] = guard.argv("outside", "deploy", "--secrets", "--dir", dir);
  const kept = await guard.run("/bin/sh", ["-c", keep, "-", program, ...first]).ended;
  expect(kept).toMatchObject({ by: 0 });
  const folder = join(guard.folder, "served");
  const args = [
    "outside",
    "serve",
    "--listen",
    address,
    "--dir",
    folder,
    "--secrets-file",
    secrets,
  ];
  const start = async () => {
    const running = guard.start(args);
    await running.said("guard outside started");
    return running;
  };
  const role = (...more: readonly string[]) =>
    guard.command("outside", "deploy", "--no-wrangler", "--dir", dir, ...more);
  return { guard, hook, args, folder, start, role };
}

const statusOf = ({ simulator }: Guard, id: string) => simulator.account.pod(id)?.status;

const keptIn = (folder: string): Readonly<Record<string, string>> =>
  (JSON.parse(readFileSync(join(folder, "main.json"), "utf8")) as { kept: Record<string, string> })
    .kept;

const eventsIn = (told: readonly string[]): readonly unknown[] =>
  told.map((each) => (JSON.parse(each) as Json)["event"]);

describe.concurrent("outside serve", () => {
  it("guards an account that has no machine: looks, tells and stops, with what it cannot do said", async (test) => {
    const { guard, hook, start, role } = await served(test, { balanceUsd: 9, notify: "" });
    await start();

    const given = await role("--primary");
    await until("the end of the pod", () => statusOf(guard, "p1") === "EXITED");

    expect(given).toMatchObject({ by: 0 });
    expect(given.stdout).toMatch(/guarded from there, with no machine: it looks every 60 s/);
    expect(given.stdout).toContain("it cannot run notify_command");
    expect(given.stdout).toMatch(/Do not run runpodboss .*watch beside it/);
    await until("the words of the end", () => eventsIn(hook.told).includes("backstop"));
    expect(eventsIn(hook.told).filter((event) => event === "trip")).toHaveLength(1);
  });

  it("goes on where a process before it was killed, and says nothing twice", async (test) => {
    const { guard, hook, start, role, folder } = await served(test, { balanceUsd: 9 });
    const first = await start();
    await role("--primary");
    await until("the end of the pod", () => statusOf(guard, "p1") === "EXITED");
    const backstops = () => eventsIn(hook.told).filter((event) => event === "backstop");
    await until("the words of the end and its proof", () => backstops().length === 2);
    await until("all of it on the disk", () => {
      const { "own.state": state = "", "own.runs": runs = "" } = keptIn(folder);
      // What was said is kept after what is owed.
      return /"owed":\s*\[\]/.test(state) && /"saidAtMs":\s*\{\}/.test(runs);
    });
    first.signal("SIGKILL");
    await first.ended;
    const before = hook.told.length;
    const asked = guard.simulator.asked.length;

    await start();
    // Its next look would come by itself, in a minute.
    await role("--primary");
    await until("its next look", () => guard.simulator.asked.length > asked);

    expect(hook.told.slice(0, before)).toEqual(hook.told);
    expect(endsAskedOf(guard)).toEqual(["p1"]);
  });

  it("waits for beats again once it is no longer the only guard", async (test) => {
    const { guard, start, role, folder } = await served(test);
    const serving = await start();
    await role("--primary");

    const { stdout } = await role();
    const again = await role();
    guard.watch();
    await until("a beat", () => "beat" in keptIn(folder));

    expect(stdout).toMatch(/no longer guarded from there alone: it waits for the beats/);
    expect(again.stdout).toContain("Account main is on standby");
    expect(serving.lines.filter(({ level }) => level === "error")).toEqual([]);
  });

  it("is asked by check, which counts on none that does not answer", async (test) => {
    const { guard, start, folder } = await served(test);

    const gone = await guard.command("check");
    await start();
    guard.watch();
    await until("a beat", () => existsSync(join(folder, "main.json")) && "beat" in keptIn(folder));
    const heard = await guard.command("check");

    expect(gone.stdout).toMatch(/! +this machine dies +the guard outside does nothing/);
    expect(heard.stdout).toMatch(
      /^ +this machine dies +the guard outside tells you and stops pods/m,
    );
  });

  it("tells what it knows, rehearses on made-up pods, and forgets the account when asked", async (test) => {
    const { guard, hook, start, role, folder } = await served(test);
    await start();
    await role("--primary");
    await until("its first look", () => "own.state" in keptIn(folder));

    const status = await guard.command("outside", "status");
    const json = await guard.command("outside", "status", "--json");
    const drill = await guard.command("outside", "drill");
    const unasked = await guard.command("outside", "destroy");
    const destroyed = await guard.command("outside", "destroy", "--yes");

    expect(status).toMatchObject({ by: 0, stderr: "" });
    expect(status.stdout).toMatch(/I am the only guard of this account/);
    expect(status.stdout).toMatch(/p1 +trainer +\$1\.49\/h +RUNNING/);
    expect(status.stdout).toMatch(/\/page\/main\?until=\d+&sig=\w+/);
    expect(JSON.parse(json.stdout)).toMatchObject({ account: "main", role: "primary" });
    expect(drill).toMatchObject({ by: 0, stderr: "" });
    expect(drill.stdout).toMatch(/ok: RunPod answered: \$20\.00, \$1\.49\/h, 1 pod\./);
    expect(drill.stdout).toMatch(/ok: channel phone: sent/);
    expect(eventsIn(hook.told).filter((event) => event === "drill")).toHaveLength(1);
    expect(endsAskedOf(guard)).toEqual([]);
    expect(unasked.by).toBe(2);
    expect(destroyed).toMatchObject({ by: 0, stderr: "" });
    expect(destroyed.stdout).toContain("has forgotten account main");
    expect(destroyed.stdout).toContain(
      "npx wrangler secret delete RUNPODBOSS_ACCOUNT_MAIN --config",
    );
    expect(keptIn(folder)).toEqual({ forgotten: "yes", count: expect.any(String) as string });
  });

  it("says to check whether it is there, what it would do, and what of it is older than the config", async (test) => {
    const { guard, start, role, folder } = await served(test);
    const rows = async () => {
      const { stdout } = await guard.command("check");
      return stdout.split("\n").filter((line) => /^ *outside: /.test(line));
    };
    const none = await rows();
    await start();
    const unheard = await rows();
    const watching = guard.watch();
    await until("the beat of a poll", () => keptIn(folder)["beat"]?.includes(`p1`) ?? false);
    const standby = await rows();
    const json = JSON.parse((await guard.command("check", "--json")).stdout) as Json;
    watching.signal("SIGTERM");
    await watching.ended;
    await role("--primary");
    const alone = await rows();

    guard.configure({
      thresholds: [{ ...emergency, below_usd: 11 }],
      notify: [{ type: "webhook", name: "phone", url: "http://127.0.0.1:9/other" }],
    });
    const older = await rows();
    guard.write("outside/outside.key", "a-key-of-this-test-that-nobody-else-has-anywhere");
    const strange = await rows();

    expect(none).toEqual([
      expect.stringMatching(/^outside: NOT REACHED \(.*\): if this machine dies, nobody acts$/),
      expect.stringMatching(/^ {2}outside: the guard at .* was not reached: /),
    ]);
    expect(unheard).toEqual([
      "outside: answers, has heard no beat of this account yet, would do nothing but tell",
    ]);
    expect(standby).toEqual([
      expect.stringMatching(/^outside: answers, heard \S+ \d+ s ago, would stop pods$/),
    ]);
    expect(json).toMatchObject({
      outside: { answers: true, acts_on_silence: "guards", has_these_secrets: true },
    });
    expect(alone).toEqual(["outside: answers, is the account's only guard, stops pods"]);
    expect(older.slice(1)).toEqual([
      expect.stringMatching(/secrets are not those of this config; .* outside deploy --primary$/),
      expect.stringMatching(/rules that are not those of this config; .* deploy --primary$/),
    ]);
    expect(strange).toEqual([
      "outside: DOES NOT KNOW this account by this key: if this machine dies, nobody acts",
      expect.stringMatching(
        /does not know this account by this key: it refuses: .*outside deploy$/,
      ),
    ]);
  });

  it("is the only one that serves its folder", async (test) => {
    const { guard, args, start } = await served(test);
    await start();

    const other = await guard.start(args.with(3, `127.0.0.1:${await freePort()}`)).ended;

    expect(other).toMatchObject({ by: 2 });
    expect(other.stderr).toMatch(/already running: pid \d+/);
  });

  it("ends when it is told to, and leaves no lock behind", async (test) => {
    const { start, folder } = await served(test);
    const running = await start();

    running.signal("SIGTERM");

    expect(await running.ended).toMatchObject({ by: 130 });
    expect(readdirSync(folder).filter((name) => name.endsWith(".lock"))).toEqual([]);
  });

  it("takes no secrets from a file that others may read, nor what is none of ours", async (test) => {
    const { guard, args, folder } = await served(test);
    const at = (file: string) => [...args.slice(0, -1), join(guard.folder, file)];
    guard.write("open.json", "{}");
    guard.write("none.json", "{}");
    guard.write("list.json", "[]");
    guard.write("broken.json", '{"RUNPODBOSS_ACCOUNT_MAIN":"{}"}');
    await guard.run("/bin/chmod", ["644", join(guard.folder, "open.json")]).ended;

    const ends = await Promise.all(
      ["open.json", "none.json", "list.json", "broken.json", "gone.json"].map(async (file) => {
        const { by, stderr } = await guard.call(at(file)).ended;
        return `${by} ${stderr.split("\n")[0]}`;
      }),
    );

    expect(ends).toEqual([
      expect.stringMatching(/^2 .*others on this machine may read it/),
      "2 No account stands in these secrets.",
      "2 The secrets are no JSON object.",
      "2 The secrets of main cannot be read.",
      expect.stringMatching(/^2 There are no secrets at /),
    ]);
    expect(() => readdirSync(folder)).toThrow("ENOENT");
  });
});
