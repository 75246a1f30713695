import * as fs from "node:fs";
import { join } from "node:path";
import { describe, expect, it, type TestContext } from "vitest";
import { guardWith, type Guard, until } from "../../e2e/guard.ts";
import { answer, type Got, startService } from "../../notify/services/service.ts";

const path = "/hooks/Zq9xLm2vTT71-nobody-else-has";

const textsOf = (got: readonly Got[]): readonly string[] =>
  got.map(({ body }) => (JSON.parse(body) as { text: string }).text);

/** A guard with a channel "team" that works, and "phone", the file of whose address is not there. */
async function withoutPhone(test: TestContext, config = {}) {
  const hook = await startService(answer(200, ""));
  const guard = await guardWith(test, { balanceUsd: 20 });
  const phoneFile = join(guard.folder, "phone-url");
  guard.configure({
    notify: [
      { type: "webhook", name: "team", url: `${hook.origin}/team` },
      { type: "webhook", name: "phone", url_file: phoneFile },
    ],
    ...config,
  });
  const heard = (at: string): readonly string[] =>
    textsOf(hook.got.filter(({ url }) => url === at));
  const mend = (): void => guard.write("phone-url", `${hook.origin}${path}\n`);
  return { guard, hook, heard, mend };
}

/** Until its end by a signal, a daemon in the midst of this. */
async function whileWatching(guard: Guard, body: () => Promise<void>): Promise<string> {
  const running = guard.watch();
  await running.said("polled");
  await body();
  running.signal("SIGTERM");
  return (await running.ended).stderr;
}

describe("a guard that starts while the secret of one channel is missing", () => {
  it("guards, tells it on the others and in status, and goes on with it once it is there", async (test) => {
    const { guard, heard, mend } = await withoutPhone(test);
    let status = "";

    const said = await whileWatching(guard, async () => {
      await until("the others are told", () =>
        heard("/team").some((text) =>
          text.startsWith("Channel phone: notifications cannot be sent"),
        ),
      );
      status = (await guard.command("status")).stdout;
      guard.simulator.account.setBalance(9);
      await until("a crossing is told", () => heard("/team").some((text) => /\$9/.test(text)));
      mend();
      // What was owed to it meanwhile is not lost.
      await until("phone is told", () => heard(path).some((text) => /\$9/.test(text)));
      await until("that is told, too", () =>
        heard("/team").some((text) => text.startsWith("Channel phone: working again")),
      );
    });

    expect(status).toMatch(
      /channel phone: notifications cannot be sent: its secret is not there: notify\[1\]\.url_file must name a readable file/,
    );
    expect(heard("/team").filter((text) => /cannot be sent/.test(text))).toHaveLength(1);
    expect(`${said}${guard.state()}${fs.readFileSync(guard.logFile, "utf8")}`).not.toContain(
      path.slice(7, 19),
    );
  });

  it("is stopped by nothing else than that: a typo, a wrong type, a reload and a check are refused", async (test) => {
    const { guard } = await withoutPhone(test);

    const checked = await guard.command("check");
    let reload = "";
    const running = guard.watch();
    await running.said("polled");
    running.signal("SIGHUP");
    const refused = await running.said("config not reloaded, still using the old one");
    reload = String(refused["because"]);
    running.signal("SIGTERM");
    await running.ended;
    guard.configure({ pol_interval: 5 });
    const typo = await guard.watch().ended;

    expect(checked.by).toBe(2);
    expect(checked.stderr).toContain("notify[1].url_file");
    expect(reload).toContain("notify[1].url_file");
    expect(typo.by).toBe(2);
    expect(typo.stderr).toMatch(/pol_interval/);
  });

  it("of which no daemon runs yet, status says it; what needs no channel works", async (test) => {
    const { guard } = await withoutPhone(test);
    guard.simulator.account.addPod({ id: "p1", name: "trainer", costPerHrUsd: 1 });

    const status = await guard.command("status");
    const touched = await guard.command("touch", "p1");

    expect(status.by).toBe(0);
    expect(status.stdout).toContain("channel phone: its secret is not there: notify[1].url_file");
    expect(status.stdout).toMatch(/channels never tested: team;/);
    expect(touched.by).toBe(0);
  });

  it("is tested by notify test all the same, which says what is missing and what to do", async (test) => {
    const { guard, heard } = await withoutPhone(test);

    const { by, stdout, stderr } = await guard.command("notify", "test");

    expect({ by, stderr }).toEqual({ by: 2, stderr: "1 of 2 failed: phone.\n" });
    expect(stdout).toMatch(
      /phone: info FAILED: its secret is not there: notify\[1\]\.url_file .*\n {2}Put it there/,
    );
    expect(heard("/team")).toHaveLength(3);
  });

  it("says it in a dry run", async (test) => {
    const { guard } = await withoutPhone(test, { dry_run: true });
    const running = guard.watch();

    await running.said("dry run: would have sent", { event: "trouble", channel: "team" });

    running.signal("SIGTERM");
    expect((await running.ended).by).toBe(130);
  });
});

describe("a guard that can tell nobody", () => {
  it("guards, says so in its log, and by the heartbeat until it can", async (test) => {
    const beats = await startService(answer(200, "OK"));
    const { guard, mend } = await withoutPhone(test, {
      notify: [{ type: "webhook", name: "phone", url_env: "NOT_SET_URL" }],
      heartbeat: { url: `${beats.origin}/U-1`, every_seconds: 1 },
    });
    mend();
    const asked = (suffix: string): boolean => beats.got.some(({ url }) => url === suffix);

    const said = await whileWatching(guard, async () => {
      await until("it says so outside", () => asked("/U-1/fail"));
      expect(asked("/U-1")).toBe(false);
      // The variable may stand in this file, too.
      guard.write(".runpodboss/env", "NOT_SET_URL=http://127.0.0.1:9/hooks/x7k2v9q4m1\n");
      await until("it is well again", () => asked("/U-1"));
    });

    expect(said).toContain("nobody can be told of anything");
    expect(said).toContain("the variable NOT_SET_URL is not set");
  });

  it("where the address of its heartbeat is missing, too", async (test) => {
    const { guard, heard } = await withoutPhone(test, {
      heartbeat: { url_file: "/no/such/beat-url" },
    });

    await whileWatching(guard, async () => {
      await until("that is told", () =>
        heard("/team").some((text) => text.startsWith("The heartbeat's address: no heartbeat is")),
      );
    });

    expect(heard("/team").join("\n")).toContain("heartbeat.url_file must name a readable file");
  });
});
