import { describe, expect, it, type TestContext } from "vitest";
import { answer, startService } from "../notify/services/service.ts";
import { type Served, servedWith } from "../http/served.ts";
import { reboundName } from "./global-setup.ts";
import { becomes, logIn } from "./sights.ts";
import { type Visitor, visitorOf } from "./visitor.ts";

// Somebody is logged in, and meanwhile looks at the page of a stranger.

const html = { "content-type": "text/html" };

interface Lured {
  readonly served: Served;
  readonly visit: Visitor;
  /** The stranger's page has done what it could. */
  readonly lure: (script: string) => Promise<unknown>;
}

/** `name` is what the stranger's page is reached by: of the same machine, or as another site. */
async function lured(test: TestContext, name: string): Promise<Lured> {
  const served = await servedWith(test);
  await served.start();
  const stranger = await startService(answer(200, "<!doctype html><title>s</title><body>", html));
  const strange = stranger.origin.replace("127.0.0.1", name);
  const visit = await visitorOf(test, { origin: served.origin, alsoFrom: [strange] });
  await logIn(visit, served.origin);
  // Whatever is refused is said on the console of the stranger's page.
  visit.awaits(/./);
  return {
    served,
    visit,
    async lure(script) {
      await visit.page.goto(strange);
      return visit.page.evaluate(script);
    },
  };
}

/** What the owner would see of an end that somebody else has asked for. */
function expectNothingDone({ guard }: Served): void {
  const seeing: readonly string[] = ["look", "measure", "limits"];
  const asked = guard.simulator.asked.filter(({ does }) => !seeing.includes(does));
  expect(asked).toEqual([]);
  expect(guard.simulator.account.pod("p1")?.status).toBe("RUNNING");
}

const sites = [
  ["on another port of this machine", "127.0.0.1"],
  ["on this machine by its name", "localhost"],
  ["of a name that leads to this machine", reboundName],
] as const;

describe.for(sites)("a stranger's page %s", ([, name]) => {
  it("posts a form and stops nothing", async (test) => {
    const { served, visit, lure } = await lured(test, name);
    const { page } = visit;

    for (const action of ["stop", "terminate"]) {
      for (const enctype of ["text/plain", "application/x-www-form-urlencoded"]) {
        const answered = page.waitForResponse((each) => each.request().method() === "POST");
        await lure(`(() => {
          const form = document.createElement("form");
          form.method = "post";
          form.enctype = ${JSON.stringify(enctype)};
          form.action = "${served.origin}/api/pods/p1/${action}";
          document.body.append(form);
          setTimeout(() => form.submit());
        })()`);
        expect([401, 403]).toContain((await answered).status());
        await page.waitForURL(`${served.origin}/**`);
      }
    }

    expectNothingDone(served);
  });

  it("fetches with all that the browser knows, reads nothing and stops nothing", async (test) => {
    const { served, lure } = await lured(test, name);

    const got = await lure(`Promise.all([
      ["/api/status", {}],
      ["/api/status", { mode: "no-cors" }],
      ["/api/live", { mode: "no-cors" }],
      ["/page.js", { mode: "no-cors" }],
      ["/api/pods/p1/stop", { method: "POST", body: "{}" }],
      ["/api/pods/p1/stop", { method: "POST", body: "{}", mode: "no-cors" }],
      ["/api/pods/p1/stop", { method: "POST", body: "{}", headers: { "content-type": "application/json" } }],
      ["/api/pods/p1/stop", { method: "POST", body: new URLSearchParams({ run: "" }), mode: "no-cors" }],
    ].map(async ([path, options]) => {
      try {
        const answer = await fetch("${served.origin}" + path, { credentials: "include", ...options });
        return answer.status + (await answer.text());
      } catch (error) {
        return error.name;
      }
    }))`);

    expect(new Set(got as readonly string[])).toEqual(new Set(["TypeError"]));
    expectNothingDone(served);
  });

  it("puts the page into a frame and sees an empty one", async (test) => {
    const { served, visit, lure } = await lured(test, name);

    await lure(`new Promise((resolve) => {
      const frame = document.createElement("iframe");
      frame.src = "${served.origin}/";
      frame.addEventListener("load", resolve);
      document.body.append(frame);
    })`);

    await becomes(() => expect(visit.page.frames()[1]?.url()).toMatch(/^chrome-error:/));
    expect(visit.faults().join("\n")).toMatch(/frame-ancestors|refused to connect|X-Frame/i);
  });

  it("loads what is served as its own script or picture, and gets nothing", async (test) => {
    const { served, lure } = await lured(test, name);

    const got = await lure(`Promise.all(["script", "img"].flatMap((tag) =>
      ["/page.js", "/api/status", "/icon.svg", "/metrics"].map((path) => new Promise((resolve) => {
        const element = document.createElement(tag);
        element.addEventListener("load", () => resolve(tag + path + " loaded"));
        element.addEventListener("error", () => resolve("refused"));
        element.src = "${served.origin}" + path;
        document.body.append(element);
      }))))`);

    expect(new Set(got as readonly string[])).toEqual(new Set(["refused"]));
  });

  it("opens the page in a window and has no hold on it", async (test) => {
    const { served, visit, lure } = await lured(test, name);
    const opened = visit.context.waitForEvent("page");

    await lure(`void (window.held = window.open("${served.origin}/"))`);
    await (await opened).waitForLoadState();

    await becomes(async () => expect(await visit.page.evaluate("held.closed")).toBe(true));
  });
});

it("a link on another site leads to the page, and asks for no token again", async (test) => {
  const { served, visit, lure } = await lured(test, "localhost");

  await lure(`document.body.innerHTML = '<a href="${served.origin}/">the guard</a>'`);
  await visit.page.getByRole("link", { name: "the guard" }).click();

  await visit.page.getByRole("heading", { name: "Pods" }).waitFor();
  await becomes(async () => expect(await visit.page.getByLabel("Token").count()).toBe(0));
});

it("a name that leads to this machine shows nothing of the page, not even where to log in", async (test) => {
  const served = await servedWith(test);
  await served.start();
  const strange = `http://${reboundName}:${served.port}`;
  const { page, awaits } = await visitorOf(test, { origin: strange });
  awaits(/Failed to load resource|Cross-Origin-Opener-Policy header has been ignored/);

  for (const path of ["/", "/api/status", "/health"]) {
    const answered = await page.goto(`${strange}${path}`);

    expect(answered?.status()).toBe(403);
    expect(await page.getByRole("textbox").count()).toBe(0);
  }
});
