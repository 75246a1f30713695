import { join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  answer,
  type Answering,
  type Got,
  silence,
  startService,
} from "../notify/services/service.ts";
import { fastCli, guardWith, textOf, until } from "./guard.ts";

const topic = "/Zq9-topic-that-nobody-else-has";
const secret = "signing-secret-of-this-test";

const severityIn = ({ headers, body }: Got) =>
  headers["x-runpodboss-signature"] === undefined
    ? undefined
    : (JSON.parse(body) as { severity: string }).severity;

describe("what is printed reaches nobody, and all the same each message is sent, and the exit code says it, of", () => {
  it.for([
    [
      "notify test into a pipe that is closed",
      `"$0" "$@" notify test -c config.json | head -c 5`,
      3,
    ],
    ["notify test on a full disk", `"$0" "$@" notify test -c config.json >/dev/full`, 3],
    ["drill on a full disk", `"$0" "$@" drill --no-agent -c config.json >/dev/full`, 2],
  ] as const)("%s", async ([_sentence, command, count], test) => {
    const hook = await startService(answer(202, ""));
    const thresholds = ["a", "b"].map((name, n) => ({ name, below_usd: 9 - n, prompt: "look" }));
    const guard = await guardWith(test, {
      notify: "",
      config: { thresholds, notify: [{ type: "webhook", url: `${hook.origin}${topic}` }] },
    });
    const line = `set -o pipefail; ${command}`;

    const { by, stderr } = await guard.run("bash", ["-c", line, ...fastCli()]).ended;

    expect(hook.got).toHaveLength(count);
    expect({ by, stderr }).toEqual({
      by: 2,
      stderr: expect.stringMatching(/^Not all could be printed: .*(EPIPE|ENOSPC)/) as string,
    });
  });
});

describe("runpodboss notify test", () => {
  it("sends one of each severity through every channel and says what was answered", async (test) => {
    const [ntfy, hook] = [
      await startService(answer(200, { id: "x", event: "message" })),
      await startService(answer(202, "")),
    ];
    const guard = await guardWith(test, {
      notify: "",
      config: {
        notify: [
          {
            type: "ntfy",
            url: `${ntfy.origin}${topic}`,
            min_severity: "warning",
            quiet_hours: "23:00-07:00",
            timezone: "Europe/Berlin",
          },
          { type: "webhook", name: "ops", url: `${hook.origin}/in`, secret },
        ],
      },
    });

    const { by, stdout, stderr } = await guard.command("notify", "test");

    expect({ by, stderr }).toEqual({ by: 0, stderr: "" });
    const lines = stdout.trimEnd().split("\n");
    expect(lines[0]).toBe("Sending a test of each severity through: ntfy, ops, command");
    expect(lines.slice(1, -1).toSorted()).toEqual([
      expect.stringMatching(/^command: critical sent \(exit 0 after /),
      expect.stringMatching(/^command: info sent /),
      expect.stringMatching(/^command: warning sent /),
      expect.stringMatching(/^ntfy: critical sent \(HTTP 200/),
      expect.stringMatching(/^ntfy: info sent /),
      "ntfy: note: in earnest, from 23:00 to 07:00 (Europe/Berlin) only what is critical is sent; the rest waits",
      "ntfy: note: in earnest, only what is warning or critical is sent",
      expect.stringMatching(/^ntfy: warning sent /),
      expect.stringMatching(/^ops: critical sent \(HTTP 202/),
      expect.stringMatching(/^ops: info sent /),
      expect.stringMatching(/^ops: warning sent /),
    ]);
    expect(lines.at(-1)).toMatch(/^Every message was taken\. Now look whether /);
    expect(ntfy.got).toHaveLength(3);
    expect(hook.got.map(severityIn)).toEqual(["info", "warning", "critical"]);
    expect(guard.calls("notify")).toHaveLength(3);
    expect(guard.simulator.requests).toBe(0);
    const remembered = textOf(join(guard.folder, "channels.json")) ?? "";
    expect(remembered).toMatch(/"tested": \{"ntfy":.*"ops":/);
    expect(`${stdout}${remembered}`).not.toMatch(new RegExp(`${topic.slice(1)}|${secret}`));
  });

  it("says why a channel failed and what to do, tries no more of it, and tests the others", async (test) => {
    const [ntfy, hook] = [
      await startService(answer(403, { code: 40301, error: "forbidden" })),
      await startService(answer(204, "")),
    ];
    const guard = await guardWith(test, {
      config: {
        notify: [
          { type: "ntfy", url: `${ntfy.origin}${topic}` },
          { type: "webhook", url: hook.origin },
        ],
      },
    });

    const { by, stdout, stderr } = await guard.command("notify", "test");

    expect({ by, stderr }).toEqual({ by: 2, stderr: "1 of 2 failed: ntfy.\n" });
    expect(stdout).toContain(
      "ntfy: info FAILED: HTTP 403: forbidden\n  Check the topic in url, and token if the topic needs one.\n",
    );
    expect(stdout).toContain("ntfy: critical not tried\n");
    expect([ntfy.got.length, hook.got.length]).toEqual([1, 3]);
    expect(textOf(join(guard.folder, "channels.json"))).not.toContain("ntfy");
  });

  it("--json says the same for programs, of the named channels only", async (test) => {
    const hook = await startService(answer(429, "slow down", { "retry-after": "90" }));
    const guard = await guardWith(test, {
      config: {
        notify: [
          { type: "webhook", url: hook.origin },
          { type: "ntfy", url: `${hook.origin}${topic}` },
        ],
      },
    });

    const { by, stdout } = await guard.command("notify", "test", "webhook", "--json");

    expect(by).toBe(2);
    expect(JSON.parse(stdout)).toEqual({
      channels: [
        {
          name: "webhook",
          type: "webhook",
          worked: false,
          messages: [
            {
              severity: "info",
              is: "failed",
              answer: null,
              because: expect.stringMatching(/^HTTP 429/),
              what_to_do: "It asks to be left alone for 2 min: try again then.",
              wait_seconds: 90,
            },
            expect.objectContaining({ severity: "warning", is: "not_tried" }),
            expect.objectContaining({ severity: "critical", is: "not_tried" }),
          ],
          notes: [],
        },
      ],
    });
  });

  it.for<[string, readonly string[], string]>([
    [
      "an unknown channel",
      ["test", "slck"],
      "There is no channel slck.\nThe config has: command.\n",
    ],
    ["an unknown word", ["tset"], "unknown command 'tset'"],
  ])("of %s exits with 2 and says what there is", async ([_what, args, words], test) => {
    const guard = await guardWith(test, { notify: "" });

    const { by, stdout, stderr } = await guard.command("notify", ...args);

    expect({ by, stdout }).toEqual({ by: 2, stdout: "" });
    expect(stderr).toContain(words);
  });
});

describe("a drill", () => {
  it("goes through each channel that would be told, and says why another is not", async (test) => {
    const [ntfy, hook] = [
      await startService(answer(200, { id: "x", event: "message" })),
      await startService(answer(200, "")),
    ];
    const guard = await guardWith(test, {
      config: {
        notify: [
          { type: "ntfy", url: `${ntfy.origin}${topic}`, min_severity: "critical" },
          { type: "webhook", url: hook.origin, secret, quiet_hours: "00:00-23:59" },
          { type: "webhook", name: "bills", url: hook.origin, events: ["brief"] },
        ],
      },
    });

    const { by, stdout } = await guard.command("drill", "warning", "emergency", "--no-agent");

    expect(by).toBe(0);
    expect(stdout).toBe(`warning: channel ntfy is not told: only what is critical is sent
warning: channel webhook ...
  worked: HTTP 200
  note: in earnest, from 00:00 to 23:59 only what is critical is sent; the rest waits
warning: channel bills is not told: only these events are sent: brief
emergency: channel ntfy ...
  worked: HTTP 200: message x
emergency: channel webhook ...
  worked: HTTP 200
emergency: channel bills is not told: only these events are sent: brief
All 3 worked.
`);
    expect(ntfy.got).toHaveLength(1);
    expect(hook.got.map(severityIn)).toEqual(["warning", "critical"]);
  });

  it("that fails at a channel says so once, with what to do", async (test) => {
    const hook = await startService(answer(404, ""));
    const guard = await guardWith(test, {
      config: { notify: [{ type: "webhook", url: hook.origin }] },
    });

    const { by, stdout, stderr } = await guard.command("drill", "--no-agent");

    expect({ by, stderr }).toEqual({ by: 2, stderr: "1 of 1 failed.\n" });
    expect(stdout).toBe(`warning: channel webhook ...
  FAILED: HTTP 404. See what the receiver says of it, and check url, headers and secret.
critical: channel webhook is not told: it has failed above
emergency: channel webhook is not told: it has failed above
`);
    expect(hook.got).toHaveLength(1);
  });
});

describe("check", () => {
  it("asks each channel without sending, says what is to be done, and counts on none that fails", async (test) => {
    const [ntfy, hook] = [
      await startService(answer(403, { code: 40301, error: "forbidden" })),
      await startService(answer(200, "")),
    ];
    const guard = await guardWith(test, {
      config: {
        heartbeat: { url: `${hook.origin}/beat` },
        notify: [
          { type: "ntfy", url: `${ntfy.origin}${topic}` },
          { type: "webhook", url: hook.origin, min_severity: "critical" },
        ],
      },
    });
    await guard.command("notify", "test", "webhook");
    const sentBefore = hook.got.length;

    const { stdout } = await guard.command("check");
    const json = await guard.command("check", "--json");

    expect(hook.got).toHaveLength(sentBefore);
    expect(ntfy.got.map(({ method }) => method)).not.toContain("POST");
    expect(stdout.replaceAll(/ \d+ (s|min) ago/g, " N ago")).toContain(`channels:
  ntfy     refused: HTTP 403: forbidden. Check the topic in url, and token if the topic needs one; never tested
  webhook  cannot be tried without sending: runpodboss -c ${guard.config} notify test webhook; last tested N ago
           only what is critical is sent
heartbeat: every 60 s
`);
    expect(stdout).toContain(
      "  channel ntfy: refused: HTTP 403: forbidden. Check the topic in url",
    );
    expect(stdout).toMatch(/!  the balance falls below \$10\.00 +nobody is told/);
    expect(stdout).toMatch(/ {3}the balance falls below \$0\.50 +you are told/);
    expect(stdout).toMatch(/ {3}this machine dies +the heartbeat's receiver tells you/);
    expect(JSON.parse(json.stdout)).toMatchObject({
      heartbeat_seconds: 60,
      channels: [
        { name: "ntfy", is: "refused", because: "HTTP 403: forbidden", last_tested: null },
        { name: "webhook", is: "untried", last_tested: expect.stringMatching(/^\d{4}-/) },
      ],
    });
  });

  it("shows names that share words with a topic as they are typed, and the topic nowhere", async (test) => {
    const hook = await startService(answer(200, ""));
    const topics = ["gpu-alerts-phone-7Hq2", "production-llm-alerts"];
    const guard = await guardWith(test, {
      config: {
        protect: ["production-llm"],
        thresholds: [{ name: "gpu-alerts-phone", below_usd: 10, prompt: "-" }],
        notify: [
          { type: "webhook", name: "gpu-alerts-phone", url: `${hook.origin}/${topics[0]}` },
          { type: "ntfy", name: "production-llm", url: `${hook.origin}/${topics[1]}` },
        ],
      },
    });
    guard.simulator.account.addPod({ id: "p1", name: "production-llm", costPerHrUsd: 1 });

    const check = await guard.command("check");
    const status = await guard.command("status");
    const all = `${check.stdout}${check.stderr}${status.stdout}${status.stderr}`;

    expect(check.stdout).toContain(
      `never tested; try it with runpodboss -c ${guard.config} notify test gpu-alerts-phone\n`,
    );
    expect(status.stdout).toContain("production-llm");
    expect(all).not.toMatch(/\[redacted\]/);
    for (const secret of topics) expect(all).not.toContain(secret);
  });

  it("says that a channel was never tested once it goes elsewhere, and how to test it", async (test) => {
    const hook = await startService(answer(200, ""));
    const to = (path: string) => ({ notify: [{ type: "webhook", url: `${hook.origin}/${path}` }] });
    const guard = await guardWith(test, { config: to("one") });
    await guard.command("notify", "test");
    const before = await guard.command("check");
    guard.configure(to("two"));

    const { stdout } = await guard.command("check");

    expect(before.stdout).toMatch(/; last tested \d+ s ago$/m);
    expect(before.stdout).not.toContain("never tested");
    expect(stdout).toContain(
      `  channel webhook: never tested; try it with runpodboss -c ${guard.config} notify test webhook\n`,
    );
  });
});

describe("the daemon", () => {
  it("tells a crossing through every channel, of one that is down through the others, and when it is over", async (test) => {
    let isDown = true;
    const repaired: Answering = (response, got) => answer(isDown ? 500 : 200, "")(response, got);
    const [ops, down, hung] = [
      await startService(answer(200, "")),
      await startService(repaired),
      await startService(silence),
    ];
    const hook = (name: string, { origin }: typeof ops) => ({ type: "webhook", name, url: origin });
    const guard = await guardWith(test, {
      balanceUsd: 1,
      config: {
        claude_command: [],
        thresholds: [{ name: "critical", below_usd: 2, prompt: "-" }],
        notify: [hook("ops", ops), hook("down", down), hook("hung", hung)],
      },
    });
    const told = ({ got }: typeof ops) =>
      got.map(({ body }) => JSON.parse(body) as Readonly<Record<string, unknown>>);
    const running = guard.watch();

    const of = (event: string) => (each: { readonly event?: unknown }) => each.event === event;
    await until("ops hears of the crossing", () => told(ops).some(of("trip")));
    await until("and that a channel is down", () => told(ops).some(of("trouble")));
    isDown = false;
    await until("and that it works again", () => told(ops).some(of("recovered")));
    guard.simulator.account.setBalance(20);
    await until("and that the balance is back", () => told(ops).some(of("rearm")));
    await until("both of them", () => told(down).some(of("rearm")));
    running.signal("SIGTERM");
    await running.ended;

    const [trip, trouble, works, rearm] = told(ops);
    expect(trip).toMatchObject({ event: "trip", severity: "critical", status: "firing" });
    expect(trouble).toMatchObject({ severity: "warning", status: "firing" });
    expect(trouble?.["text"]).toMatch(/^Channel down: notifications cannot be sent: HTTP 500/);
    expect(works).toMatchObject({ status: "resolved", incident: trouble?.["incident"] });
    expect(rearm).toMatchObject({
      status: "resolved",
      severity: "info",
      incident: trip?.["incident"],
    });
    const ids = down.got.map(({ headers }) => headers["idempotency-key"]);
    expect(new Set(ids).size).toBe(2);
    expect(hung.got.length).toBeLessThanOrEqual(2);
  });
});
