import { describe, expect, it } from "vitest";
import { askForCode } from "#http/login/token-proof.ts";
import { activityToken, bearer, host, metricsToken, served, token } from "../http-deps.ts";

const page = { accept: "text/html,application/xhtml+xml" };
const form = { "content-type": "application/x-www-form-urlencoded" };

/** Every path that anything is served under, and one under which nothing is. */
const paths = ["/", "/page.js", "/metrics", "/api/status", "/api/nothing", "/nothing"];

async function loggedIn({ ask }: Pick<ReturnType<typeof served>, "ask">, headers = {}) {
  const answer = await ask("/login", {
    method: "POST",
    headers: { ...form, ...page, ...headers },
    body: new URLSearchParams({ token }).toString(),
  });
  const cookie = answer.headers.get("set-cookie") ?? "";
  const [, key = ""] = /content="0;url=\/#key=([\w-]{43})"/.exec(await answer.text()) ?? [];
  const alone = { cookie: cookie.split(";")[0] ?? "" };
  return { answer, cookie, key, alone, session: { ...alone, "x-runpodboss-key": key } };
}

describe("without a token", () => {
  it.each(paths)("%s is refused", async (path) => {
    const answer = await served().ask(path);

    expect(answer.status).toBe(401);
    expect(await answer.json()).toMatchObject({ error: "This needs the token of the page." });
  });

  it.each(["POST", "PUT", "DELETE", "OPTIONS", "PATCH", "QUERY"])("so is %s", async (method) => {
    expect((await served().ask("/api/status", { method })).status).toBe(401);
  });

  it("a person gets the form to log in, which needs nothing else of ours", async () => {
    const answer = await served().ask("/", { headers: page });
    const text = await answer.text();

    expect(answer.status).toBe(401);
    expect(text).toContain('<form method="post" action="/login">');
    // Its icon is in itself, so that no browser asks for one that it would not get.
    expect(text).toContain('<link rel="icon" href="data:image/svg+xml,');
    expect(text).not.toMatch(/<script|<link (?!rel="icon" href="data:)|<img|style=|src=/);
    const policy = answer.headers.get("content-security-policy");
    expect(policy).toMatch(/style-src 'sha256-[\w+/=]+'; img-src data:;/);
  });

  it("/health says yes or no, and nothing more", async () => {
    const answer = await served().ask("/health");

    expect([answer.status, await answer.text()]).toEqual([200, "ok"]);
  });
});

describe("with a token", () => {
  it("the owner is let in", async () => {
    const answer = await served().ask("/metrics", { headers: bearer });

    expect([answer.status, await answer.text()]).toEqual([200, "up 1\n"]);
  });

  it.each([
    ["another", `Bearer ${token}x`],
    ["a shorter one", `Bearer ${token.slice(0, -1)}`],
    ["in capitals", `Bearer ${token.toUpperCase()}`],
    ["none", "Bearer "],
    ["two words", `Bearer ${token} ${token}`],
    ["as a password", `Basic ${btoa(`runpodboss:${token}`)}`],
  ])("%s is refused, on every path", async (_what, authorization) => {
    const { ask } = served();
    for (const path of ["/metrics", "/", "/health", "/api/nothing"]) {
      const answer = await ask(path, { headers: { authorization } });

      expect(answer.status).toBe(401);
      expect(await answer.json()).toMatchObject({ error: "That is not the token." });
    }
  });

  it.each(paths)("%s is refused to the token of the jobs", async (path) => {
    const headers = { authorization: `Bearer ${activityToken}` };

    expect((await served().ask(path, { headers })).status).toBe(403);
  });

  it.each(paths.filter((path) => path !== "/metrics"))(
    "%s is refused to the token of Prometheus",
    async (path) => {
      const headers = { authorization: `Bearer ${metricsToken}` };

      expect((await served().ask(path, { headers })).status).toBe(403);
    },
  );

  it("the token of Prometheus reads the metrics and why the guard is well, and changes nothing there", async () => {
    const { ask } = served();
    const headers = { authorization: `Bearer ${metricsToken}` };

    expect(await (await ask("/metrics", { headers })).text()).toBe("up 1\n");
    expect((await ask("/metrics", { method: "HEAD", headers })).status).toBe(200);
    expect(await (await ask("/health", { headers })).json()).toMatchObject({ because: "fine" });
    for (const method of ["POST", "PUT", "PATCH", "DELETE"]) {
      expect((await ask("/metrics", { method, headers })).status).toBe(403);
    }
  });

  it.each([
    ["the jobs", activityToken],
    ["Prometheus", metricsToken],
  ])("the token of %s logs nobody in", async (_whose, shown) => {
    const answer = await served().ask("/login", {
      method: "POST",
      headers: form,
      body: `token=${shown}`,
    });

    expect(answer.status).toBe(401);
    expect(answer.headers.get("set-cookie")).toBeNull();
  });

  it("a token in the address is none", async () => {
    expect((await served().ask(`/metrics?token=${token}&access_token=${token}`)).status).toBe(401);
  });
});

describe("the session of a browser", () => {
  it("is kept from scripts and from other sites", async () => {
    const { answer, cookie } = await loggedIn(served());

    expect(answer.status).toBe(200);
    expect(cookie).toMatch(
      /^runpodboss-8092=[\w.-]+; Max-Age=2592000; Path=\/; HttpOnly; SameSite=Strict$/,
    );
    expect(cookie).not.toContain(token);
  });

  it("goes over TLS only where the browser came over TLS", async () => {
    const settings = { publicUrl: "https://guard.example.com" };
    const { cookie } = await loggedIn(served({ settings }), { host: "guard.example.com" });

    expect(cookie).toMatch(/^__Host-runpodboss=.*; HttpOnly; Secure; SameSite=Strict$/);
  });

  it("lets in, also after a restart", async () => {
    const { session } = await loggedIn(served());

    expect((await served().ask("/metrics", { headers: session })).status).toBe(200);
  });

  it("ends with the token, after 30 days, and by logging out", async () => {
    const here = served();
    const { session } = await loggedIn(here);
    const other = served({ settings: { token: `${token}-changed` } });

    expect((await other.ask("/metrics", { headers: session })).status).toBe(401);

    await here.clock.advanceTo(30 * 86_400_000 - 1);
    expect((await here.ask("/metrics", { headers: session })).status).toBe(200);
    await here.clock.advanceTo(30 * 86_400_000);
    expect((await here.ask("/metrics", { headers: session })).status).toBe(401);

    const out = await here.ask("/logout", {
      method: "POST",
      headers: { origin: `http://${host}` },
    });
    expect(out.headers.getSetCookie()).toContainEqual(
      expect.stringMatching(/^runpodboss-8092=; Max-Age=0/),
    );
  });

  it("lives no longer by being used", async () => {
    const here = served();
    const { session } = await loggedIn(here);
    await here.clock.advanceTo(2 * 86_400_000);

    for (const path of ["/", "/metrics"]) {
      const answer = await here.ask(path, { headers: session });
      expect(answer.headers.get("set-cookie")).toBeNull();
    }
  });

  it("is over for everybody who has it when one logs out, and others go on", async () => {
    const here = served();
    const { session, alone } = await loggedIn(here);
    const { session: other } = await loggedIn(here);
    await here.ask("/logout", { method: "POST", headers: { ...alone, origin: `http://${host}` } });

    expect((await here.ask("/metrics", { headers: session })).status).toBe(401);
    expect((await here.ask("/", { headers: alone })).status).toBe(401);
    expect((await here.ask("/metrics", { headers: other })).status).toBe(200);
    expect((await loggedIn(here)).answer.status).toBe(200);
  });

  it("the cookie by itself, which every port of the host gets, opens only what holds nothing", async () => {
    const file = { body: new ArrayBuffer(0), type: "text/javascript", tag: '"1"' };
    const here = served({
      pageFiles: new Map([
        ["/", file],
        ["/index.html", file],
        ["/page.js", file],
      ]),
    });
    const { alone } = await loggedIn(here);
    const { key: others } = await loggedIn(here);
    const ours = { origin: `http://${host}` };

    for (const headers of [alone, { ...alone, "x-runpodboss-key": others }]) {
      for (const path of ["/", "/page.js"]) {
        expect((await here.ask(path, { headers })).status).toBe(200);
        expect(
          (await here.ask(path, { headers: { ...headers, ...ours }, method: "POST" })).status,
        ).toBe(401);
      }
      for (const path of [
        "/metrics",
        "/api/status",
        "/api/live",
        "/api/nothing",
        "/nothing",
        "/page.js/",
      ]) {
        for (const method of ["GET", "POST", "PUT", "DELETE"]) {
          const answer = await here.ask(path, { method, headers: { ...headers, ...ours } });
          expect([path, method, answer.status]).toEqual([path, method, 401]);
        }
      }
    }
  });

  it("however many strangers ask from the same place, the page is loaded", async () => {
    const file = { body: new ArrayBuffer(0), type: "text/html", tag: '"1"' };
    const here = served({ pageFiles: new Map([["/index.html", file]]) });
    const { alone } = await loggedIn(here);
    for (let n = 0; n < 2_500; n++) await here.ask("/nothing");

    expect((await here.ask("/nothing")).status).toBe(429);
    expect((await here.ask("/", { headers: alone })).status).toBe(200);
  });

  it("who has only the cookie left is led to the form to log in", async () => {
    const here = served();
    const { alone } = await loggedIn(here);
    const answer = await here.ask("/login", { headers: { ...page, ...alone } });

    expect(await answer.text()).toContain('<form method="post" action="/login">');
  });

  it("a program that logs in gets the key as it is to be sent", async () => {
    const here = served();
    const answer = await here.ask("/login", {
      method: "POST",
      headers: form,
      body: new URLSearchParams({ token }).toString(),
    });
    const [cookie = ""] = (answer.headers.get("set-cookie") ?? "").split(";");
    const key = answer.headers.get("x-runpodboss-key") ?? "";
    const headers = { cookie, "x-runpodboss-key": key };

    expect(answer.status).toBe(204);
    expect((await here.ask("/metrics", { headers })).status).toBe(200);
  });

  it.each([
    ["made up", () => "99999999999999.abc.def"],
    ["with a later end", (good: string) => good.replace(/=\d+/, "=2592000001")],
    ["cut", (good: string) => good.slice(0, -1)],
    ["of nobody", () => "runpodboss-8092="],
  ])("one that is %s is none", async (_what, change) => {
    const here = served();
    const { session } = await loggedIn(here);

    expect(
      (await here.ask("/metrics", { headers: { ...session, cookie: change(session.cookie) } }))
        .status,
    ).toBe(401);
  });
});

describe("the name that it is called by", () => {
  const remote = { host: "0.0.0.0", isRemoteAllowed: true };
  const named = { publicUrl: "https://guard.example.com" };

  it.each([
    ["127.0.0.1:8092", {}],
    ["localhost:8092", {}],
    ["LocalHost:8092", {}],
    ["[::1]:8092", {}],
    ["localhost:9000", {}],
    ["localhost", {}],
    ["127.0.0.2:8092", {}],
    ["guard.example.com", named],
    ["GUARD.example.com", named],
    ["guard.example.com:443", named],
    ["192.168.1.5:8092", remote],
    ["[fd00::5]:8092", remote],
    ["10.0.0.7:8092", { host: "10.0.0.7", isRemoteAllowed: true }],
  ])("%s with %j is ours", async (called, settings) => {
    const answer = await served({ settings }).ask("/metrics", {
      headers: { ...bearer, host: called },
    });

    expect(answer.status).toBe(200);
  });

  it.each([
    ["rebound.example:8092", {}],
    ["localhost.:8092", {}],
    ["localhost.rebound.example:8092", {}],
    ["127.0.0.1.nip.io:8092", {}],
    ["192.168.1.5:8092", {}],
    ["[fd00::5]:8092", {}],
    ["0.0.0.0:8092", {}],
    ["[::]:8092", {}],
    ["2130706433:8092", {}],
    ["127.1:8092", {}],
    ["0x7f.0.0.1:8092", {}],
    ["guard.example.com.", named],
    ["guard.example.com:8443", named],
    ["a.guard.example.com", named],
    ["guard.example.com@rebound.example", named],
    ["rebound.example", remote],
    ["localhost:", {}],
    ["localhost:99999", {}],
    ["", {}],
    ["localhost:8092, rebound.example", {}],
    ["user@localhost:8092", {}],
  ])("%s with %j is not, whoever asks", async (called, settings) => {
    const answer = await served({ settings }).ask("/metrics", {
      headers: { ...bearer, host: called },
    });

    expect(answer.status).toBe(403);
    expect(await answer.json()).toMatchObject({ error: "This guard is not called by that name." });
  });

  it("not even /health answers to a name that is not ours", async () => {
    expect((await served().ask("/health", { headers: { host: "rebound.example" } })).status).toBe(
      403,
    );
  });
});

describe("what the page of another site sends", () => {
  const here = { origin: `http://${host}` };
  const named = { publicUrl: "https://guard.example.com" };

  it.each([
    ["from elsewhere", { origin: "https://elsewhere.example" }],
    ["from another port of this machine", { origin: "http://127.0.0.1:3000" }],
    ["from our name over TLS", { origin: `https://${host}` }],
    ["from a frame without a name", { origin: "null" }],
    ["from elsewhere, by its metadata", { "sec-fetch-site": "cross-site" }],
    ["from another port, by its metadata", { "sec-fetch-site": "same-site" }],
    ["without a name, from elsewhere", { origin: "null", "sec-fetch-site": "cross-site" }],
    ["by a form in a new window", { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate" }],
    ["typed by nobody", { "sec-fetch-site": "none" }],
    ["by who says nothing", {}],
  ])("a session is no proof %s", async (_from, headers) => {
    const doors = served();
    const { session } = await loggedIn(doors);
    const answer = await doors.ask("/api/nothing", {
      method: "POST",
      headers: { ...session, ...headers },
    });

    expect(answer.status).toBe(403);
    expect(answer.headers.get("access-control-allow-origin")).toBeNull();
  });

  it.each([
    ["by its origin", here, {}],
    ["by its metadata", { "sec-fetch-site": "same-origin" }, {}],
    ["without a referrer", { origin: "null", "sec-fetch-site": "same-origin" }, {}],
    ["under its public name", { origin: "https://guard.example.com" }, named],
  ])("our own page is known %s", async (_by, headers, settings) => {
    const doors = served({ settings });
    const { session } = await loggedIn(doors);
    const answer = await doors.ask("/api/nothing", {
      method: "POST",
      headers: { ...session, ...headers },
    });

    expect(answer.status).toBe(404);
  });

  it("a program shows a token and says nothing of where it is", async () => {
    const answer = await served().ask("/api/nothing", { method: "POST", headers: bearer });

    expect(answer.status).toBe(404);
  });

  it("a token from elsewhere is refused all the same", async () => {
    const headers = { ...bearer, origin: "https://elsewhere.example" };

    expect((await served().ask("/metrics", { headers })).status).toBe(403);
  });

  it.each([
    ["a link", { "sec-fetch-mode": "navigate", "sec-fetch-dest": "document" }, 200],
    ["a script", { "sec-fetch-mode": "no-cors", "sec-fetch-dest": "script" }, 403],
    ["a picture", { "sec-fetch-mode": "no-cors", "sec-fetch-dest": "image" }, 403],
    ["a frame", { "sec-fetch-mode": "navigate", "sec-fetch-dest": "iframe" }, 403],
    ["a request", { "sec-fetch-mode": "cors", "sec-fetch-dest": "empty" }, 403],
  ])("%s of another site", async (_what, headers, status) => {
    const doors = served();
    const { session } = await loggedIn(doors);
    const answer = await doors.ask("/metrics", {
      headers: { ...session, "sec-fetch-site": "cross-site", ...headers },
    });

    expect(answer.status).toBe(status);
  });

  it("who follows a link of another site has no session yet: the page asks for itself once more", async () => {
    const cross = { ...page, "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate" };
    const first = await served().ask("/", { headers: cross });
    const again = await served().ask("/", {
      headers: { ...page, "sec-fetch-site": "same-origin" },
    });

    expect(first.status).toBe(401);
    expect(await first.text()).toContain('http-equiv="refresh"');
    expect(await again.text()).not.toContain('http-equiv="refresh"');
  });

  it("a form of our own logs in, though it has no name of its own", async () => {
    const { answer } = await loggedIn(served(), { origin: "null" });

    expect(answer.status).toBe(200);
  });
});

describe("every answer", () => {
  it.each([
    ["/health", {}],
    ["/metrics", bearer],
    ["/", page],
    ["/", bearer],
    ["/nothing", bearer],
    ["/api/status", bearer],
    ["/metrics", { host: "rebound.example" }],
    ["/metrics", { authorization: "Bearer wrong" }],
  ])("%s with %j has what keeps strangers out", async (path, headers) => {
    const answer = await served().ask(path, { headers });

    expect(answer.headers.get("content-security-policy")).toMatch(
      /^default-src 'none'; script-src 'self'; style-src '.*frame-ancestors 'none'$/,
    );
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      "x-content-type-options": "nosniff",
      "referrer-policy": "no-referrer",
      "cross-origin-opener-policy": "same-origin",
      "cross-origin-resource-policy": "same-origin",
      "cache-control": "no-store",
    });
  });

  it("says nothing of what went wrong inside, and the log says it once", async () => {
    const { ask, logged } = served();
    const answers = [
      await ask("/api/status", { headers: bearer }),
      await ask("/api/status", { headers: bearer }),
    ];

    for (const answer of answers) {
      expect(answer.status).toBe(500);
      expect(await answer.text()).not.toContain("secret-detail");
    }
    expect(logged).toEqual(["error: this is a bug of the page"]);
  });
});

describe("too much at once", () => {
  it("a body that is too large", async () => {
    const body = `token=${"x".repeat(70_000)}`;
    const headers = { ...form, "content-length": String(body.length) };
    const answer = await served().ask("/login", { method: "POST", headers, body });

    expect(answer.status).toBe(413);
  });

  it("strangers are refused by their address, the owner is not", async () => {
    const { ask, clock } = served();
    const statuses: number[] = [];
    for (let n = 0; n < 150; n++) statuses.push((await ask("/nothing")).status);

    expect(statuses.filter((status) => status === 401)).toHaveLength(100);
    expect(statuses.at(-1)).toBe(429);
    expect((await ask("/nothing", { from: "192.0.2.2" })).status).toBe(401);
    expect((await ask("/metrics", { headers: bearer })).status).toBe(200);
    const form = await ask("/", { headers: page });
    expect([form.status, await form.text()]).toEqual([
      429,
      expect.stringContaining('action="/login"'),
    ]);
    await clock.advanceTo(1_000);
    expect((await ask("/nothing")).status).toBe(401);
  });

  it("whatever strangers send, from the same address, nobody is locked out", async () => {
    const { ask, clock } = served();
    for (let n = 0; n < 300; n++) {
      await ask("/health", { method: "POST" });
      await ask("/nothing");
    }
    const wrong = ["/login", "/api/login-codes", "/open/no-such-code"].flatMap((path) =>
      Array.from({ length: 50 }, () =>
        ask(path, path.startsWith("/open") ? {} : { method: "POST", body: "token=no" }),
      ),
    );

    expect((await loggedIn({ ask })).answer.status).toBe(200);
    const asked = askForCode(token, host, clock.nowMs());
    const given = await ask("/api/login-codes", { method: "POST", body: JSON.stringify(asked) });
    const { code } = (await given.json()) as { readonly code: string };
    expect((await ask(`/open/${code}`, { headers: page })).status).toBe(200);
    expect((await ask("/health")).status).toBe(200);

    await clock.advanceTo(60_000);
    const statuses = (await Promise.all(wrong)).map(({ status }) => status);
    expect(statuses.filter((status) => status === 401)).toHaveLength(10 + 4);
    expect(statuses.filter((status) => status === 429)).toHaveLength(150 - 14);
  });

  it("what the pages of other sites send takes nothing from anybody", async () => {
    const { ask } = served();
    const headers = { origin: "https://elsewhere.example" };
    for (let n = 0; n < 150; n++) {
      expect((await ask("/nothing", { method: "POST", headers })).status).toBe(403);
    }

    expect((await ask("/nothing", { method: "POST" })).status).toBe(401);
  });

  it("a stranger's body that is larger than a token", async () => {
    const ofSize = (headers: Record<string, string>) =>
      served().ask("/nothing", {
        method: "POST",
        headers: { ...headers, "content-length": "20000" },
        body: "x".repeat(20_000),
      });

    expect((await ofSize({})).status).toBe(413);
    expect((await ofSize(bearer)).status).toBe(404);
  });

  it("the owner is refused after a thousand at once, and what changes anything after forty", async () => {
    const { ask } = served();
    const count = async (method: string, most: number): Promise<number> => {
      let n = 0;
      while (n < most && (await ask("/nothing", { method, headers: bearer })).status !== 429)
        n += 1;
      return n;
    };

    expect(await count("POST", 100)).toBe(40);
    expect(await count("GET", 2_000)).toBe(959);
  });
});

describe("wrong tokens", () => {
  const wrong = { authorization: "Bearer not-the-token-at-all" };

  it("ten are answered at once, the next is held, and the owner never is", async () => {
    const { ask, clock } = served();
    for (let n = 0; n < 10; n++)
      expect((await ask("/metrics", { headers: wrong })).status).toBe(401);
    let status: number | undefined;
    const late = ask("/metrics", { headers: wrong }).then((answer) => (status = answer.status));

    await clock.advanceTo(999);
    expect(status).toBeUndefined();
    expect((await ask("/metrics", { headers: bearer })).status).toBe(200);
    await clock.advanceTo(1_000);
    await late;
    expect(status).toBe(401);
  });

  it("few are held at once, whoever sends them; more are sent away", async () => {
    const { ask, clock } = served();
    const all = Array.from({ length: 40 }, (_, n) =>
      ask("/metrics", { headers: wrong, from: n < 20 ? "192.0.2.1" : "192.0.2.2" }),
    );
    await clock.advanceTo(0);
    expect((await ask("/metrics", { headers: bearer, from: "192.0.2.1" })).status).toBe(200);
    await clock.advanceTo(60_000);
    const statuses = (await Promise.all(all)).map(({ status }) => status);

    expect(statuses.filter((status) => status === 401)).toHaveLength(2 * 14);
    expect(statuses.filter((status) => status === 429)).toHaveLength(2 * 6);
  });

  it("an address is forgiven after a quarter of an hour", async () => {
    const { ask, clock } = served();
    for (let n = 0; n < 10; n++) await ask("/metrics", { headers: wrong });
    await clock.advanceTo(15 * 60_000 + 1);

    expect((await ask("/metrics", { headers: wrong })).status).toBe(401);
  });

  it("all addresses of one network are one", async () => {
    const { ask, clock } = served();
    for (let n = 0; n < 10; n++) await ask("/metrics", { headers: wrong, from: `2001:db8::${n}` });
    let isAnswered = false;
    void ask("/metrics", { headers: wrong, from: "2001:db8:0:0:1::1" }).then(
      () => (isAnswered = true),
    );
    await clock.advanceTo(500);

    expect(isAnswered).toBe(false);
    expect((await ask("/metrics", { headers: wrong, from: "2001:db8:1::1" })).status).toBe(401);
  });

  it("the form to log in counts as well", async () => {
    const { ask, clock } = served();
    const login = () =>
      ask("/login", { method: "POST", headers: { ...form, ...page }, body: "token=no" });
    for (let n = 0; n < 10; n++) {
      const answer = await login();
      expect(answer.status).toBe(401);
      expect(await answer.text()).toContain("That is not the token.");
    }
    let isAnswered = false;
    void login().then(() => (isAnswered = true));
    await clock.advanceTo(500);

    expect(isAnswered).toBe(false);
  });
});
