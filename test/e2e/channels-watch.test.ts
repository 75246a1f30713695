import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { answer, type Got, silence, startService } from "../notify/services/service.ts";
import { guardWith, linesOf, textOf, until } from "./guard.ts";

const topic = "Zq9-topic-that-nobody-else-has";
const secret = "signing-secret-that-nobody-else-has";
const token = "tk_token_that_nobody_else_has";
const secrets = [topic, secret, token];

const channelsAt = (ntfy: string, hook: string) => [
  { type: "ntfy", url: `${ntfy}/${topic}`, token },
  { type: "webhook", url: `${hook}/in`, secret },
];

const idsOf = (got: readonly Got[]) => got.map(({ headers }) => headers["idempotency-key"]);

/** What stands in all files of the folder but the config. */
function written(folder: string): string {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== "config.json")
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), "utf8"))
    .join("\n");
}

const held = (text: string): readonly string[] => secrets.filter((each) => text.includes(each));

describe("a crossing", () => {
  it("is told on every channel at once, though one of them hangs", async (test) => {
    const [ntfy, hook] = [
      await startService(answer(200, { id: "x", event: "message" })),
      await startService(answer(202, "")),
    ];
    const dead = await startService(silence);
    const guard = await guardWith(test, {
      balanceUsd: 9,
      config: {
        claude_command: [],
        notify: [
          { type: "webhook", name: "dead", url: dead.origin },
          ...channelsAt(ntfy.origin, hook.origin),
        ],
      },
    });
    const daemon = guard.watch();

    await daemon.said("notification sent", { channel: "ntfy" });
    await daemon.said("notification sent", { channel: "webhook" });

    expect(dead.got).toHaveLength(1);
    expect(JSON.parse(hook.got[0]?.body ?? "")).toMatchObject({
      version: 1,
      event: "trip",
      severity: "warning",
      balance_usd: 9,
      threshold: { name: "warning" },
    });
    expect(ntfy.got).toHaveLength(1);
    await until("only the one that hangs is owed", () => {
      const { owed } = guard.saved();
      return owed.length === 1 && owed[0]?.["channel"] === "dead";
    });
    expect(linesOf(daemon.lines, "notification not sent")).toEqual([]);
  });

  it("that the guard was killed over is told on each channel once more at most, by the same id, and no secret is left anywhere", async (test) => {
    let isOpen = false;
    const good = answer(200, { id: "x", event: "message" });
    const ntfy = await startService((response, got) => isOpen && good(response, got));
    const hook = await startService(answer(202, ""));
    const guard = await guardWith(test, {
      balanceUsd: 9,
      config: { claude_command: [], notify: channelsAt(ntfy.origin, hook.origin) },
    });
    const killed = guard.watchApart();
    await until("one channel's in the state", () => {
      const owed = guard.state() === undefined ? [] : guard.saved().owed;
      return ntfy.got.length === 1 && owed.length === 1 && owed[0]?.["channel"] === "ntfy";
    });
    const argv = readFileSync(`/proc/${killed.pid}/cmdline`, "utf8");
    killed.signal("SIGKILL");
    await killed.ended;
    isOpen = true;

    const daemon = guard.watchApart();
    await daemon.said("notification sent", { channel: "ntfy" });
    await until("nothing owed", () => guard.saved().owed.length === 0);
    daemon.signal("SIGTERM");
    const { stdout, stderr } = await daemon.ended;

    expect([ntfy.got.length, hook.got.length]).toEqual([2, 1]);
    expect(new Set(idsOf(hook.got)).size).toBe(1);
    expect(new Set(ntfy.got.map(({ body }) => body)).size).toBe(1);
    const history = textOf(join(guard.folder, "history.jsonl")) ?? "";
    expect(history).toContain("balance $9.00 is below $10.00");
    expect(held(`${argv}${stdout}${stderr}${written(guard.folder)}`)).toEqual([]);
  });
});

const eventsOf = (got: readonly Got[]) =>
  got.map(({ body }) => JSON.parse(body) as { event: string; severity: string; text: string });

/** Six hours before and after now, on UTC's clock. */
function quietNow(): { readonly quiet_hours: string; readonly timezone: string } {
  const at = (hours: number) =>
    new Date(Date.now() + hours * 3_600_000).toISOString().slice(11, 16);
  return { quiet_hours: `${at(-6)}-${at(6)}`, timezone: "UTC" };
}

describe("a channel", () => {
  it("in its quiet hours is told of what is critical, and status says how much waits", async (test) => {
    const hook = await startService(answer(200, ""));
    const guard = await guardWith(test, {
      balanceUsd: 0.4,
      config: {
        claude_command: [],
        notify: [{ type: "webhook", url: hook.origin, ...quietNow() }],
      },
    });
    const daemon = guard.watch();
    await daemon.said("notification sent", { channel: "webhook" });
    await until("the rest waits", () => guard.saved().owed.length === 1 && hook.got.length === 2);

    const { stdout } = await guard.command("status");

    expect(stdout).toMatch(
      /^notifications: 1 waits until \d\d:\d\d \(UTC\) for webhook, which is in its quiet hours$/m,
    );
    expect(eventsOf(hook.got)).toMatchObject([
      { event: "trip", severity: "critical" },
      { event: "trip", severity: "critical" },
    ]);
  });

  it("that fails is told of on the others, with how long it is left alone, and a reload that replaces it loses nothing", async (test) => {
    const [bad, good, late] = [
      await startService(answer(500, "")),
      await startService(answer(200, "")),
      await startService(answer(200, "")),
    ];
    const guard = await guardWith(test, {
      balanceUsd: 9,
      config: {
        claude_command: [],
        notify: [
          { type: "webhook", name: "bad", url: bad.origin },
          { type: "webhook", name: "good", url: good.origin, events: ["trouble", "recovered"] },
        ],
      },
    });
    const daemon = guard.watch();
    await until("told on the other", () => good.got.length > 0);
    guard.configure({ notify: [{ type: "webhook", name: "late", url: late.origin }] });

    daemon.signal("SIGHUP");
    await until("told by the new one", () => late.got.length > 0);

    expect(eventsOf(good.got)[0]).toMatchObject({
      event: "trouble",
      text: expect.stringContaining("Channel bad: notifications cannot be sent: HTTP 500"),
    });
    expect(linesOf(daemon.lines, "notification not sent")[0]).toMatchObject({
      channel: "bad",
      because: "HTTP 500",
      again: true,
      againInMs: 100,
    });
    await until("the crossing", () => eventsOf(late.got).some(({ event }) => event === "trip"));
  });

  it("is told that a daemon could not start, by the id and severity that such a thing has", async (test) => {
    const hook = await startService(answer(200, ""));
    const guard = await guardWith(test, {
      config: {
        poll_interval_seconds: "often",
        notify: [{ type: "webhook", url: hook.origin, secret, min_severity: "critical" }],
      },
    });

    const { by, stderr } = await guard.watch().ended;
    await guard.watch().ended;

    expect(by).toBe(2);
    expect(stderr).not.toContain("could not notify");
    expect(eventsOf(hook.got)).toMatchObject([
      {
        event: "trouble",
        severity: "critical",
        text: expect.stringMatching(/watch could not start: .*poll_interval_seconds/s),
      },
    ]);
    expect(hook.got[0]?.headers["x-runpodboss-signature"]).toMatch(/^t=\d+,v1=/);
  });
});
