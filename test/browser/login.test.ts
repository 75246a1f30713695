import { describe, expect, it, type TestContext } from "vitest";
import type { Running } from "../e2e/guard.ts";
import { type Served, servedWith, token } from "../http/served.ts";
import { becomes, logIn, notLetIn, textOn } from "./sights.ts";
import { type Visitor, visitorOf } from "./visitor.ts";

interface AtTheDoor extends Served {
  readonly visit: Visitor;
  readonly running: Running;
}

async function atTheDoor(test: TestContext): Promise<AtTheDoor> {
  const served = await servedWith(test);
  const running = await served.start();
  const visit = await visitorOf(test, { origin: served.origin });
  visit.awaits(notLetIn);
  return { ...served, visit, running };
}

/** The words that `runpodboss dashboard` prints where no browser opens. */
async function oneTimeLink({ guard }: Served): Promise<string> {
  const { stdout, stderr, by } = await guard.command("dashboard", "--print");
  expect({ by, stderr }).toEqual({ by: 0, stderr: "" });
  const [link = ""] = /http:\/\/\S+/.exec(stdout) ?? [];
  expect(link).not.toBe("");
  return link;
}

describe.concurrent("the door", () => {
  it("asks for the token, shows nothing of the account, and lets the right one in", async (test) => {
    const { visit, origin } = await atTheDoor(test);
    const { page, context } = visit;

    await page.goto(origin);
    expect(await textOn(page)).not.toMatch(/trainer|\$/);
    await logIn(visit, origin);

    await page.getByText("trainer").first().waitFor();
    expect(page.url()).toBe(`${origin}/`);
    const [cookie, ...others] = await context.cookies();
    expect(others).toEqual([]);
    expect(cookie).toMatchObject({ httpOnly: true, sameSite: "Strict", path: "/" });
    expect(cookie?.value).not.toContain(token);
    const days = ((cookie?.expires ?? 0) - Date.now() / 1_000) / 86_400;
    expect(days).toBeGreaterThan(29);
    expect(days).toBeLessThan(31);
  });

  it("says that a token is wrong, and lets it be tried again", async (test) => {
    const { visit, origin } = await atTheDoor(test);
    const { page } = visit;
    await page.goto(origin);

    await page.getByLabel("Token").fill("not-the-token-but-as-long-as-one");
    await page.getByRole("button", { name: "Log in" }).click();

    await page.getByRole("alert").getByText("That is not the token").waitFor();
    await becomes(async () => expect(await visit.context.cookies()).toEqual([]));
    await page.getByLabel("Token").fill(` ${token} `);
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Pods" }).waitFor();
  });

  it("opens with a link of runpodboss dashboard, once", async (test) => {
    const door = await atTheDoor(test);
    const { page } = door.visit;
    const link = await oneTimeLink(door);
    expect(link).not.toContain(token);

    await page.goto(link);

    await page.getByRole("heading", { name: "Pods" }).waitFor();
    expect(page.url()).toBe(`${door.origin}/`);
    const other = await visitorOf(test, { origin: door.origin });
    other.awaits(/Failed to load resource/);
    await other.page.goto(link);
    await other.page.getByLabel("Token").waitFor();
    await becomes(async () => expect(await other.context.cookies()).toEqual([]));
  });

  it("lets nobody in with a link that was never given", async (test) => {
    const door = await atTheDoor(test);
    const { page, context, awaits } = door.visit;
    awaits(/Failed to load resource/);
    const link = new URL(await oneTimeLink(door));

    for (const part of ["search", "pathname"] as const) {
      const wrong = new URL(link);
      wrong[part] = wrong[part].replace(/.$/, (last) => (last === "A" ? "B" : "A"));
      if (wrong.href === link.href) continue;
      await page.goto(wrong.href);
      expect(await page.getByRole("heading", { name: "Pods" }).count()).toBe(0);
    }
    await becomes(async () => expect(await context.cookies()).toEqual([]));
  });

  it("asks again when the token has changed, on the page that is open too", async (test) => {
    const { visit, origin, guard, running } = await atTheDoor(test);
    await logIn(visit, origin);
    visit.awaits(/Failed to load resource/);

    guard.write("page-token", "another-token-of-more-than-16-characters\n");
    running.signal("SIGHUP");

    await visit.page
      .getByText(/log in/i)
      .first()
      .waitFor();
    await becomes(async () =>
      expect(await visit.page.getByRole("button", { name: /^Stop/ }).count()).toBe(0),
    );
    await visit.page.goto(origin);
    await visit.page.getByLabel("Token").fill("another-token-of-more-than-16-characters");
    await visit.page.keyboard.press("Enter");
    await visit.page.getByRole("heading", { name: "Pods" }).waitFor();
  });

  it("is open to the page alone: whoever has its cookie, as other ports of the machine do, sees nothing", async (test) => {
    const { visit, origin } = await atTheDoor(test);
    const { page, context } = visit;
    await logIn(visit, origin);
    visit.awaits(/Failed to load resource/);

    await page.reload();
    await page.getByRole("heading", { name: "Pods" }).waitFor();
    // The browser's own requests carry the cookie, and no key.
    for (const path of ["/api/status", "/api/live", "/metrics"]) {
      expect((await context.request.get(`${origin}${path}`)).status()).toBe(401);
    }
    await page.evaluate("localStorage.clear()");
    await page.reload();
    await page.getByRole("heading", { name: "You are logged out" }).waitFor();
    await page.getByRole("link", { name: "Log in" }).click();
    await page.getByLabel("Token").fill(token);
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Pods" }).waitFor();
    expect(page.url()).toBe(`${origin}/`);
  });

  it("stays open in a browser that keeps nothing, until the page is loaded anew", async (test) => {
    const { visit, origin } = await atTheDoor(test);
    await visit.page.addInitScript(
      "Object.defineProperty(window, 'localStorage', { get() { throw new Error('denied'); } })",
    );

    await logIn(visit, origin);

    expect(visit.page.url()).toBe(`${origin}/`);
  });

  it("is closed again by logging out", async (test) => {
    const { visit, origin } = await atTheDoor(test);
    await logIn(visit, origin);
    visit.awaits(/Failed to load resource/);

    await visit.page.getByRole("button", { name: "Log out" }).click();

    await visit.page.getByLabel("Token").waitFor();
    await becomes(async () => expect(await visit.context.cookies()).toEqual([]));
    await becomes(async () =>
      expect(await visit.page.evaluate("localStorage.getItem('runpodboss.key')")).toBeNull(),
    );
  });
});
