import { join } from "node:path";
import { Hono } from "hono";
import { describe, expect, it } from "vitest";
import { UserError } from "#errors.ts";
import { decide } from "#guard/decide.ts";
import type { Policy } from "#guard/model/policy.ts";
import type { GuardState } from "#guard/model/state.ts";
import type { HttpEnv } from "#http/asker.ts";
import type { OperationAnswer } from "#http/contract/operation.ts";
import type { PodAnswer, StatusAnswer } from "#http/contract/status.ts";
import { createApp, type Doors } from "#http/app.ts";
import type { Asked, Operations, View } from "#http/deps.ts";
import { createLinks } from "#http/links/links.ts";
import { linkKeyOf, markOf } from "#http/links/seal.ts";
import { createSpending } from "#http/links/spending.ts";
import { testButton } from "#http/links/test-button.ts";
import { actRoutes } from "#http/routes/act.ts";
import { createSpentLinksFile } from "#store/spent-links-file.ts";
import { createFakeClock } from "../../fake-clock.ts";
import {
  at,
  guarding,
  idleGuard,
  leaseGuard,
  live,
  noticesOf,
  policyWith,
  run,
  unlived,
} from "../../guard/samples.ts";
import { depsWith } from "../http-deps.ts";
import { pod as samplePod, status as sampleStatus } from "../../page/samples.ts";
import { tempFolder } from "../../temp-folder.ts";

const httpToken = "a token of the page that nobody guesses";
const publicUrl = "https://guard.example.com";
const byIdle = guarding({ idle: idleGuard });
const byLease = guarding({ lease: leaseGuard });
const idle = live(unlived, [0, 16], byIdle).state;
const leased = live(unlived, [0, 226], byLease, { sample: { gpuPercents: [90] } }).state;

const running: OperationAnswer = {
  id: "op1",
  pod_id: "p1",
  pod_name: "trainer",
  action: "stop",
  asked_at: "2026-11-27T03:00:00.000Z",
  state: "running",
  steps: [{ at: "2026-11-27T03:00:01.000Z", words: "asked RunPod to stop it" }],
  words: null,
};

interface Given {
  readonly policy?: Policy;
  readonly state?: GuardState;
  readonly minute?: number;
  readonly pod?: Partial<PodAnswer> | undefined;
  readonly status?: Partial<StatusAnswer>;
  readonly begin?: (asked: Asked) => Promise<OperationAnswer>;
  readonly file?: Parameters<typeof createSpending>[0]["file"];
  /** All that is served, as strangers meet it; else what is behind the doors alone. */
  readonly isBehindDoors?: boolean;
}

/** A daemon's part that is behind the buttons, as it is after a notification was sent. */
async function setUp(given: Given = {}) {
  const { policy = byIdle, state = idle, minute = 16, begin } = given;
  const path = join(tempFolder(), "state.json.spent-links");
  const clock = createFakeClock();
  await clock.advanceTo(at(minute));
  const asked: Asked[] = [];
  const wrong: string[] = [];
  let token = httpToken;
  let now = state;
  let operation = running;

  function startLinks() {
    const file = given.file ?? createSpentLinksFile(path);
    const spending = createSpending({ clock, file, most: 1_000 });
    return createLinks({
      doors: () => [{ key: linkKeyOf(token), base: `${publicUrl}/act/` }],
      state: () => now,
      policy: () => policy,
      clock,
      spending,
      hold: async ({ topic, madeAtMs: saidAtMs }) => {
        now = decide(now, { kind: "on-it", atMs: clock.nowMs(), topic, saidAtMs }, policy).state;
      },
    });
  }

  function appWith(links: ReturnType<typeof createLinks>) {
    const pods = [
      samplePod({
        run: (now.runs["p1"]?.firstSeenAtMs ?? 0).toString(36),
        ends_at: new Date(at(minute + 15)).toISOString(),
        ...given.pod,
      }),
    ];
    const deps = depsWith({
      settings: { publicUrl },
      counts: {
        answered: () => undefined,
        wrongToken: () => void wrong.push("wrong"),
        streamBegan: () => () => undefined,
      },
      view: {
        status: () => sampleStatus({ pods, ...given.status }),
        follow: () => () => undefined,
      } as unknown as View,
      operations: {
        begin: async (what: Asked) => {
          asked.push(what);
          return begin === undefined ? operation : begin(what);
        },
        of: (id: string) => (id === operation.id ? operation : undefined),
      } as unknown as Operations,
      links,
    });
    if (given.isBehindDoors === true) return createApp({ ...deps, clock });
    const app = new Hono<HttpEnv>();
    app.onError((_, c) => c.text("a bug", 500));
    const wrongTokens = { wait: () => Promise.resolve(wrong.length < 20) };
    actRoutes(app, { ...deps, clock }, { wrongTokens } as unknown as Doors);
    return app;
  }

  const links = startLinks();
  let app = appWith(links);
  const notice = noticesOf(state.owed).at(-1);
  if (notice === undefined) throw new Error("nothing was said");
  const buttons = links.buttonsFor(notice, state.lastSeen);
  const pathOf = (label: string): string => {
    const url = buttons.find((each) => each.label === label)?.url;
    if (url === undefined)
      throw new Error(`no ${label} among ${buttons.map((b) => b.label).join()}`);
    expect(url.startsWith(`${publicUrl}/act/`)).toBe(true);
    return url.slice(publicUrl.length);
  };
  const press = (where: string, headers: Record<string, string> = {}, body = "sure=yes") =>
    app.request(where, {
      method: "POST",
      headers: {
        "content-type": "application/x-www-form-urlencoded",
        host: "guard.example.com",
        ...headers,
      },
      body,
    });
  return {
    asked,
    buttons,
    clock,
    pathOf,
    press,
    wrong,
    get: (where: string, headers: Record<string, string> = {}) =>
      app.request(where, { headers: { host: "guard.example.com", ...headers } }),
    request: (where: string, method: string) =>
      app.request(where, { method, headers: { host: "guard.example.com" } }),
    restart: () => void (app = appWith(startLinks())),
    changeToken: () => void (token = "another token of the page"),
    become: (next: GuardState) => void (now = next),
    goesOn: (next: Partial<OperationAnswer>) => void (operation = { ...operation, ...next }),
  };
}

async function read(response: Response | Promise<Response>) {
  const answer = await response;
  return { status: answer.status, headers: answer.headers, text: await answer.text() };
}

describe("whoever opens a button of a notification is asked", () => {
  it("whether to stop the pod: what it costs, what it loses, and what happens otherwise", async () => {
    const { get, pathOf, asked } = await setUp({
      pod: { end_words: "stopped if it stays idle", idle_minutes: 15, cost_per_hr_usd: 1.49 },
    });

    const { status, text } = await read(get(pathOf("Stop now")));

    expect(status).toBe(200);
    for (const words of [
      "<h1>Stop pod trainer (p1)?</h1>",
      "For 3 h 10 min · 1 × H100 SXM · idle for 15 min",
      "$1.49/h · $9.47 so far",
      "Stopped if it stays idle, at 02:17 UTC, in 15 min",
      "What is not on a volume is lost",
      "Stop it</button>",
      '<form method="post">',
    ]) {
      expect(text).toContain(words);
    }
    expect(asked).toEqual([]);
  });

  it("whether to extend its lease: until when, and what that costs at most", async () => {
    const { get, pathOf } = await setUp({ policy: byLease, state: leased, minute: 226 });

    const { text } = await read(get(pathOf("Extend 2 h")));

    expect(text).toContain("<h1>Extend the lease of pod trainer (p1) by 2 h?</h1>");
    expect(text).toContain("UTC, in 2 h 14 min · costs up to $5.98 more");
    expect(text).toContain("Extend it by 2 h</button>");
  });

  it("whether to keep it", async () => {
    const { get, pathOf } = await setUp();

    const { text } = await read(get(pathOf("Keep it")));

    expect(text).toContain("<h1>Keep pod trainer (p1)?</h1>");
    expect(text).toContain("its idle time begins anew");
  });

  it("on a page that stands alone: no script, nothing loaded, nothing kept, nothing told elsewhere", async () => {
    const { get, pathOf } = await setUp();

    const { text, headers } = await read(get(pathOf("Stop now")));

    const policy = headers.get("content-security-policy") ?? "";
    expect(policy).toMatch(
      /^default-src 'none'; style-src 'sha256-[\w+/=]{44}'; form-action 'self'/,
    );
    expect(policy).not.toMatch(/unsafe|script-src|https?:/);
    expect(text).not.toMatch(/<script|<img|<link|<iframe| on\w+=|src=|@import|url\(/);
    expect(headers.get("cache-control")).toBe("no-store");
    expect(headers.get("referrer-policy")).toBe("no-referrer");
    expect(headers.get("x-robots-tag")).toMatch(/noindex/);
    expect(text).toContain('name="viewport"');
    expect(text).toContain("prefers-color-scheme: dark");
  });

  it("whose names are text, whatever a pod is called", async () => {
    const evil = `"><img src=x onerror=alert(1)><script>alert(2)</script>`;
    const named = { ...idle, runs: { p1: { ...(idle.runs["p1"] ?? run()), name: evil } } };
    const { get, pathOf } = await setUp({
      state: named,
      pod: { end_words: evil, loses: { stop: evil, terminate: evil }, gpu_type: evil },
    });

    const { text } = await read(get(pathOf("Stop now")));

    expect(text).not.toMatch(/<img|<script/);
    expect(text).toContain("&lt;script&gt;");
  });

  it("and told why not, where it cannot be done", async () => {
    const { get, pathOf } = await setUp({
      pod: { may: [], may_not: "the pod is locked. Unlock it in RunPod's console" },
    });

    const { text } = await read(get(pathOf("Stop now")));

    expect(text).toContain("the pod is locked");
    expect(text).not.toContain("<form");
  });

  it.each<[string, Given]>([
    ["its pod is not in the last poll", { status: { pods: [] } }],
    ["nobody knows of any pods", { status: { pods: null } }],
    ["the pod in the last poll is another run", { pod: { run: "another" } }],
  ])("and told to wait, where %s", async (_, given) => {
    const { get, pathOf } = await setUp(given);

    const { text } = await read(get(pathOf("Stop now")));

    expect(text).toContain("was not seen by the last poll");
    expect(text).not.toContain("<form");
  });

  it("in a dry run, with a word on it", async () => {
    const { get, pathOf } = await setUp({ status: { is_dry_run: true } });

    expect((await read(get(pathOf("Stop now")))).text).toContain("dry run");
  });
});

describe("asking does nothing, and does not use the button up:", () => {
  it.each<[string, Record<string, string>]>([
    [
      "Slack's preview",
      { "user-agent": "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)" },
    ],
    ["Telegram's preview", { "user-agent": "TelegramBot (like TwitterBot)" }],
    ["a browser that fetches ahead", { purpose: "prefetch", "sec-purpose": "prefetch;prerender" }],
    [
      "a mail scanner",
      { "user-agent": "Mozilla/5.0 (compatible; BingPreview/1.0b)", accept: "*/*" },
    ],
  ])("%s", async (_, headers) => {
    const { get, press, pathOf, asked } = await setUp();

    for (let n = 0; n < 5; n += 1)
      expect((await get(pathOf("Stop now"), headers)).status).toBe(200);

    expect(asked).toEqual([]);
    expect((await press(pathOf("Stop now"))).status).toBe(303);
  });

  it.each(["HEAD", "OPTIONS", "PUT", "DELETE", "PATCH"])("%s", async (method) => {
    const { request, pathOf, asked } = await setUp();

    const { text, status } = await read(request(pathOf("Stop now"), method));

    expect(text).toBe(method === "HEAD" ? "" : "404 Not Found");
    expect(status).toBe(method === "HEAD" ? 200 : 404);
    expect(asked).toEqual([]);
  });

  it.each([
    ["a post of a program that has not seen the question", ""],
    ["a post of something else", "sure=no"],
    ["a post of a field twice", "sure[]=yes"],
  ])("%s", async (_, body) => {
    const { press, pathOf, asked } = await setUp();

    const { status, text } = await read(press(pathOf("Stop now"), {}, body));

    expect(status).toBe(200);
    expect(text).toContain("<form");
    expect(asked).toEqual([]);
  });

  it("a post whose body is no form", async () => {
    const { press, pathOf, asked } = await setUp();
    const type = { "content-type": "multipart/form-data; boundary=x" };

    expect((await press(pathOf("Stop now"), type, "sure=yes")).status).toBe(200);
    expect(asked).toEqual([]);
  });
});

describe("whoever presses it", () => {
  it("has the pod stopped, that run of it and no other, and is shown how it goes", async () => {
    const { get, press, pathOf, asked, goesOn } = await setUp();
    const path = pathOf("Stop now");

    const pressed = await press(path, { "sec-fetch-site": "same-origin", origin: "null" });

    expect(pressed.status).toBe(303);
    expect(pressed.headers.get("location")).toBe(path);
    expect(asked).toEqual([
      {
        action: "stop",
        podId: "p1",
        onUndone: expect.any(Function),
        run: idle.runs["p1"]?.firstSeenAtMs.toString(36),
        forMs: undefined,
        by: "in a notification",
        // What it is known by, and not itself.
        pressed: markOf(path.slice("/act/".length)),
      },
    ]);

    const shown = await read(get(path));
    expect(shown.status).toBe(200);
    expect(shown.headers.get("refresh")).toBe("2");
    expect(shown.text).toContain("<h1>Stopping: trainer (p1)</h1>");
    expect(shown.text).toContain("asked RunPod to stop it");
    expect(shown.text).not.toContain("<form");

    goesOn({ state: "done", words: "stopped: the pod is EXITED" });
    const over = await read(get(path));
    expect(over.headers.get("refresh")).toBeNull();
    expect(over.text).toContain("<h1>Stopped: trainer (p1)</h1>");
    expect(over.text).toContain("the pod is EXITED");
  });

  it("to extend it has its two hours", async () => {
    const { press, pathOf, asked } = await setUp({ policy: byLease, state: leased, minute: 226 });

    await press(pathOf("Extend 2 h"));

    expect(asked).toMatchObject([{ action: "extend", forMs: 7_200_000 }]);
  });

  it.each([
    ["unproven", "Not proven", "no poll has shown the end"],
    ["refused", "Not done", "the pod is locked"],
    ["interrupted", "Interrupted", "the daemon was ended"],
  ] as const)("is told in a warning that it is %s", async (state, title, words) => {
    const { get, press, pathOf, goesOn } = await setUp();
    await press(pathOf("Stop now"));
    goesOn({ state, words });

    const { text } = await read(get(pathOf("Stop now")));

    expect(text).toContain(`<h1>${title}: trainer (p1)</h1>`);
    expect(text).toContain(`<p class="warn">${words}</p>`);
  });

  it("fifty times at once has it done once", async () => {
    const { press, pathOf, asked } = await setUp();

    const all = await Promise.all(
      Array.from({ length: 50 }, async () => press(pathOf("Stop now"))),
    );

    expect(asked).toHaveLength(1);
    for (const { status } of all) expect([200, 303]).toContain(status);
  });

  it("again has it done no more, also after the daemon was started anew", async () => {
    const { get, press, pathOf, asked, restart } = await setUp();
    await press(pathOf("Stop now"));
    restart();

    const again = await read(press(pathOf("Stop now")));
    const shown = await read(get(pathOf("Stop now")));

    expect(asked).toHaveLength(1);
    for (const { status, text } of [again, shown]) {
      expect(status).toBe(410);
      expect(text).toContain("This button was used");
    }
  });

  it("and is refused is told why, and may press it again when that is over", async () => {
    let isLocked = true;
    const { press, pathOf, asked } = await setUp({
      begin: async () => {
        if (isLocked) throw new UserError("Pod trainer (p1) is locked.", { hint: "Unlock it." });
        return running;
      },
    });

    const refused = await read(press(pathOf("Stop now")));
    isLocked = false;
    const taken = await press(pathOf("Stop now"));

    expect(refused.status).toBe(409);
    expect(refused.text).toContain("Pod trainer (p1) is locked.");
    expect(refused.text).toContain("Unlock it.");
    expect(taken.status).toBe(303);
    expect(asked).toHaveLength(2);
  });

  it("and is refused long after it had begun may press it again, and reads why", async () => {
    const { press, get, pathOf, asked, goesOn } = await setUp();
    expect((await press(pathOf("Stop now"))).status).toBe(303);
    const words = "The poll failed: no complete answer within 30 s. Nothing was changed.";
    goesOn({ state: "refused", words });

    await asked[0]?.onUndone?.();
    const shown = await read(get(pathOf("Stop now")));
    const again = await press(pathOf("Stop now"));
    // What was given back once is not given back for whoever has it now.
    await asked[0]?.onUndone?.();
    await press(pathOf("Stop now"));

    expect(shown.status).toBe(200);
    expect(shown.text).toContain("It was pressed already, and was not done: The poll failed");
    expect(shown.text).toContain('<form method="post">');
    expect(again.status).toBe(303);
    expect(asked).toHaveLength(2);
  });

  it("and meets a bug of ours has used it: what was done nobody knows", async () => {
    const { press, get, pathOf, asked } = await setUp({
      begin: () => Promise.reject(new TypeError("a bug")),
    });

    await press(pathOf("Stop now"));
    await press(pathOf("Stop now"));

    expect(asked).toHaveLength(1);
    expect((await read(get(pathOf("Stop now")))).text).toContain("This button was used");
  });

  it("is told where the disk takes nothing: it is done, once", async () => {
    const { press, get, pathOf, asked } = await setUp({
      file: {
        read: () => Promise.resolve({ kind: "read", spent: new Map() }),
        write: () => Promise.reject(new Error("ENOSPC: no space left on device")),
      },
    });

    await press(pathOf("Stop now"));
    await press(pathOf("Stop now"));

    expect(asked).toHaveLength(1);
    expect((await read(get(pathOf("Stop now")))).text).toContain("ENOSPC");
  });

  it.each([
    ["from another site", { "sec-fetch-site": "cross-site", origin: "https://evil.example" }],
    ["from a neighbour", { "sec-fetch-site": "same-site" }],
    ["by an old browser from another site", { origin: "https://evil.example" }],
    ["by one that sends half an origin", { origin: "https://guard.example.com.evil.example" }],
    ["with an origin that is none", { origin: "evil" }],
  ])("%s does nothing, and the button is still good", async (_, headers) => {
    const { press, pathOf, asked } = await setUp({ isBehindDoors: true });

    expect((await press(pathOf("Stop now"), headers)).status).toBe(403);
    expect(asked).toEqual([]);
    expect((await press(pathOf("Stop now"))).status).toBe(303);
  });

  it.each([
    ["at the public address", { origin: publicUrl }],
    [
      "at the address it is reached by",
      { origin: "http://127.0.0.1:8092", host: "127.0.0.1:8092" },
    ],
    ["in a browser that does not say", { origin: "null" }],
    ["in a browser that says where from", { "sec-fetch-site": "same-origin", origin: "null" }],
  ])("%s is let in", async (_, headers) => {
    const { press, pathOf } = await setUp({ isBehindDoors: true });

    expect((await press(pathOf("Stop now"), headers)).status).toBe(303);
  });
});

describe("nothing is done, and it is said in plain words,", () => {
  const before = live(unlived, [0, 16], byIdle);
  const busy = { sample: { gpuPercents: [90] } };

  it.each<[string, string, GuardState]>([
    [
      "where its end was put off since",
      "was put off since",
      live(before, [17, 18], byIdle, busy).state,
    ],
    ["where its pod is gone", "no longer runs", { ...idle, runs: {} }],
    [
      "where its pod was started again",
      "was stopped and started again since",
      { ...idle, runs: { p1: { ...(idle.runs["p1"] ?? run()), firstSeenAtMs: at(17) } } },
    ],
  ])("%s", async (_, words, state) => {
    const { get, press, pathOf, asked, become } = await setUp();
    const path = pathOf("Stop now");
    become(state);

    for (const { status, text } of [await read(get(path)), await read(press(path))]) {
      expect(status).toBe(410);
      expect(text).toContain("This button is gone");
      expect(text).toContain(words);
      expect(text).toContain("Nothing was changed.");
    }
    expect(asked).toEqual([]);
  });

  it("where it is a day old", async () => {
    const { get, pathOf, clock } = await setUp();
    await clock.advanceTo(at(16 + 24 * 60));

    const { status, text } = await read(get(pathOf("Stop now")));

    expect(status).toBe(410);
    expect(text).toContain("24 hours");
  });

  it("while nobody knows whether it is still that run; it is still good then", async () => {
    const { press, pathOf, asked, become } = await setUp();
    const path = pathOf("Stop now");
    become({ ...idle, runs: { p1: { ...(idle.runs["p1"] ?? run()), unsureSinceMs: at(16) } } });

    const { status, text, headers } = await read(press(path));

    expect(status).toBe(503);
    expect(headers.get("retry-after")).toBe("60");
    expect(text).toContain("still good");
    expect(asked).toEqual([]);
    become(idle);
    expect((await press(path)).status).toBe(303);
  });

  it("where it was made with another token of the page", async () => {
    const { get, press, pathOf, asked, changeToken, wrong } = await setUp();
    const path = pathOf("Stop now");
    changeToken();

    for (const answer of [await read(get(path)), await read(press(path))]) {
      expect(answer.status).toBe(404);
      expect(answer.text).toContain("none of this guard");
    }
    expect(asked).toEqual([]);
    expect(wrong).toHaveLength(2);
  });

  it.each([
    ["cut short", (path: string) => path.slice(0, -4)],
    ["made up", () => "/act/hello"],
    ["with another's end", (path: string) => `${path.slice(0, -4)}AAAA`],
    ["full of signs", () => "/act/%3Cscript%3E%2e%2e%00"],
    ["endless", () => `/act/${"A".repeat(5_000)}`],
  ])("where it is %s", async (_, spoil) => {
    const { get, press, pathOf, asked, wrong } = await setUp();
    const path = spoil(pathOf("Stop now"));

    for (const answer of [await read(get(path)), await read(press(path))]) {
      expect(answer.status).toBe(404);
      expect(answer.text).not.toContain("<script");
    }
    expect(asked).toEqual([]);
    expect(wrong).toHaveLength(2);
  });

  it("where nobody knows any more which were used", async () => {
    const { get, press, pathOf, asked } = await setUp({
      file: {
        read: () =>
          Promise.resolve({ kind: "unreadable", because: "/x/spent cannot be read: EIO" }),
        write: () => Promise.resolve(),
      },
    });

    const { status, text } = await read(press(pathOf("Stop now")));

    expect(status).toBe(410);
    expect(text).toContain("EIO");
    expect((await get(pathOf("Stop now"))).status).toBe(410);
    expect(asked).toEqual([]);
  });
});

describe("behind the doors", () => {
  it("whoever has the link needs no token, and comes to nothing else by it", async () => {
    const { get, press, pathOf, asked } = await setUp({ isBehindDoors: true });
    const path = pathOf("Stop now");

    const question = await read(
      get(path, {
        "sec-fetch-site": "cross-site",
        "sec-fetch-mode": "navigate",
        "sec-fetch-dest": "document",
      }),
    );
    expect(question.status).toBe(200);
    expect(question.headers.get("content-security-policy")).toContain("style-src 'sha256-");
    expect(question.headers.get("set-cookie")).toBeNull();
    expect((await press(path)).status).toBe(303);
    expect(asked).toHaveLength(1);
    for (const other of ["/", "/api/status", "/metrics", "/act", "/act/", `${path}/more`]) {
      expect((await get(other)).status, other).toBe(401);
    }
    expect(
      (await get(`/api/pods/p1/stop`, { authorization: `Bearer ${path.slice(5)}` })).status,
    ).toBe(401);
  });

  it("whoever tries addresses that are none is slowed down, and no good one is", async () => {
    const { get, pathOf } = await setUp({ isBehindDoors: true });
    for (let n = 0; n < 10; n += 1) expect((await get(`/act/x${n}`)).status).toBe(404);

    const slow = Array.from({ length: 6 }, async (_, n) => (await get(`/act/y${n}`)).status);

    expect(await Promise.race(slow)).toBe(429);
    expect((await get(pathOf("Stop now"))).status).toBe(200);
  });

  it("whatever strangers send, a button can be pressed", async () => {
    const { get, press, pathOf, asked } = await setUp({ isBehindDoors: true });
    for (let n = 0; n < 300; n += 1) await get("/nothing");
    const wrong = Array.from({ length: 100 }, async (_, n) => (await press(`/act/x${n}`)).status);

    expect((await get(pathOf("Stop now"))).status).toBe(200);
    expect((await press(pathOf("Stop now"))).status).toBe(303);
    expect(asked).toHaveLength(1);
    expect(await Promise.race(wrong)).toBe(404);
  });

  it("whoever asks too often for one button is slowed down, and no other is", async () => {
    const { get, pathOf } = await setUp({ isBehindDoors: true });
    const statuses: number[] = [];
    for (let n = 0; n < 101; n += 1) statuses.push((await get(pathOf("Stop now"))).status);

    expect(statuses.filter((status) => status === 200)).toHaveLength(100);
    expect(statuses.at(-1)).toBe(429);
    expect((await get(pathOf("Keep it"))).status).toBe(200);
  });

  it.each([
    ["a body without end", "sure=yes&x=".padEnd(80_000, "x"), 413],
    ["a body of nothing", "", 200],
  ])("%s does nothing", async (_, body, status) => {
    const { press, pathOf, asked } = await setUp({ isBehindDoors: true });

    const length = { "content-length": String(body.length) };
    expect((await press(pathOf("Stop now"), length, body)).status).toBe(status);
    expect(asked).toEqual([]);
  });

  it("by another name there is nothing", async () => {
    const { get, pathOf } = await setUp({ isBehindDoors: true });

    expect((await get(pathOf("Stop now"), { host: "evil.example" })).status).toBe(403);
  });
});

it("the button of a test says that it works, and does nothing, however it is asked", async () => {
  const { get, press, asked } = await setUp();
  const { url } = testButton(publicUrl, httpToken, at(16));
  const path = url.slice(publicUrl.length);

  for (const answer of [await read(get(path)), await read(press(path))]) {
    expect(answer.status).toBe(200);
    expect(answer.text).toContain("The button works");
    expect(answer.text).not.toContain("<form");
  }
  expect(asked).toEqual([]);
});

describe("a notification has no buttons", () => {
  const notice = noticesOf(idle.owed).at(-1);
  const clock = createFakeClock();
  const parts = {
    state: () => idle,
    policy: () => byIdle,
    clock,
    spending: createSpending({
      clock,
      file: {
        read: () => Promise.resolve({ kind: "read", spent: new Map<string, number>() }),
        write: () => Promise.resolve(),
      },
      most: 9,
    }),
    hold: () => Promise.resolve(),
  };

  it.each([
    ["where nobody could reach them", [{ key: linkKeyOf(httpToken), base: undefined }]],
    ["while the token of the page is not known", []],
  ])("%s", (_, doors) => {
    const links = createLinks({ ...parts, doors: () => doors });

    expect(notice && links.buttonsFor(notice, idle.lastSeen)).toEqual([]);
    expect(links.read("x.y")).toBeUndefined();
  });
});

describe("somebody who says to be on it", () => {
  const low = { name: "low", belowUsd: 10, answers: ["notify"], backstop: undefined } as const;
  const policy = policyWith({ thresholds: [{ ...low, remind: "hourly" }] });
  const { state } = live(unlived, [0, 16], policy, (n) => ({
    look: { balanceUsd: n < 16 ? 20 : 9 },
  }));
  const crossed = () => setUp({ policy, state });

  it("is asked first, holds its reminders once sure, and is shown until when", async () => {
    const { get, press, pathOf, asked } = await crossed();
    const path = pathOf("I am on it");

    const question = await read(get(path));
    const unsure = await read(press(path, {}, ""));
    const answer = await read(press(path));
    const after = await read(get(path));
    const again = await read(press(path));

    expect(question.text).toContain("<h1>I am on it: low?</h1>");
    expect(question.text).toContain("Nobody is reminded of it for 4 h, unless it gets worse");
    expect(unsure.text).toContain("<h1>I am on it: low?</h1>");
    expect(answer.status).toBe(303);
    expect(answer.headers.get("location")).toBe(path);
    expect(after.text).toContain("<h1>Somebody is on it</h1>");
    expect(after.text).toContain("in 4 h 0 min at the soonest");
    expect(again.text).toBe(after.text);
    expect(asked).toEqual([]);
  });

  it("comes too late where it is over", async () => {
    const { get, press, pathOf, become } = await crossed();
    const path = pathOf("I am on it");
    become({ ...state, reminded: undefined });

    const answers = [await read(get(path)), await read(press(path))];

    for (const { status, text } of answers) {
      expect(status).toBe(410);
      expect(text).toContain("What was told of low is over. Nothing was changed.");
    }
  });
});
