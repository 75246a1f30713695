import { join } from "node:path";
import type { Locator } from "playwright-core";
import { expect, it, onTestFinished } from "vitest";
import type { StatusAnswer } from "#http/contract/status.ts";
import { type FakeServer, startFakeServer } from "../page/fake-server.ts";
import { event, operation, pod, status } from "../page/samples.ts";
import { becomes } from "./sights.ts";
import { phone, smallPhone, visitor } from "./visitor.ts";

const built = join(import.meta.dirname, "../../dist/page");

type Visiting = Omit<Parameters<typeof visitor>[0], "origin">;

/** Whether it is what the keyboard speaks to. */
async function isFocused(locator: Locator): Promise<boolean> {
  return (await locator.and(locator.page().locator(":focus")).count()) === 1;
}

/** What buttons have sent. */
function pressed({ asked }: Pick<FakeServer, "asked">) {
  return asked.filter(({ path }) => path.startsWith("/api/pods/"));
}

/** As the sample, but seen just now. */
function now(changes: Partial<StatusAnswer> = {}): StatusAnswer {
  const sample = status();
  const at = new Date().toISOString();
  return {
    ...sample,
    at,
    pods_seen_at: at,
    poll: { ...sample.poll, last_at: at, last_good_at: at },
    ...changes,
  };
}

/** The page as it is built, in a real browser, before a daemon that says what the test wants. */
async function opened(first: StatusAnswer, options: Visiting = {}) {
  const server = await startFakeServer(built, first);
  onTestFinished(() => server.close());
  const seen = await visitor({ origin: new URL(server.url).origin, ...options });
  await seen.page.goto(server.url);
  await seen.page.getByRole("heading", { name: "Balance", exact: true }).waitFor();
  return { ...seen, server };
}

const oddNames = [
  `<img src=x onerror=alert(1)>`,
  `"><script>alert(1)</script>`,
  "تدريب النموذج",
  "\u202Egnissecorp",
  "🚀👩‍🔬🏳️‍🌈",
  "w".repeat(200),
  "a very long name of many words ".repeat(7),
];

it.each([
  ["the smallest phone", smallPhone],
  ["a desk", { width: 1280, height: 800 }],
  ["a desk at 200 % zoom", { width: 640, height: 400 }],
])("any name is shown as it is, and fits: %s", async (_where, viewport) => {
  const pods = oddNames.map((name, n) => pod({ id: `p${n}`, name }));
  const { page } = await opened(now({ pods }), { viewport });
  page.on("dialog", () => expect.unreachable("a name ran as code"));

  expect(await page.locator("#pods .pod-name").allTextContents()).toEqual(oddNames);
  expect(await page.locator("#pods img, #pods script").count()).toBe(0);
  expect(await page.evaluate("document.documentElement.scrollWidth - innerWidth")).toBe(0);
});

it("a hundred pods fit, and an update moves nothing that somebody looks at", async () => {
  const pods = Array.from({ length: 100 }, (_, n) => pod({ id: `p${n}`, name: `pod-${n}` }));
  const { page, server } = await opened(now({ pods }), { viewport: phone });
  const last = page.getByRole("button", { name: "Touch pod-99" });
  await last.focus();
  const before = await page.evaluate("scrollY");

  server.show(now({ pods: pods.slice(1), balance_usd: 7.5 }));
  await page.getByText("$7.50").waitFor({ state: "attached" });

  await becomes(async () => expect(await isFocused(last)).toBe(true));
  expect(before).toBeGreaterThan(1_000);
  await becomes(async () => expect(await page.locator("#pods article").count()).toBe(99));
});

it("what is selected, and what is written into a question, stays through an update", async () => {
  const { page, server } = await opened(now());
  await page.getByRole("button", { name: "Extend trainer" }).click();
  await page.getByRole("radio", { name: "Other" }).check();
  await page.getByLabel("Hours", { exact: true }).fill("1.5");
  const selected = await page.evaluate(
    `getSelection().selectAllChildren(document.querySelector("#question")), String(getSelection())`,
  );

  server.show(now({ balance_usd: 7.5 }));
  await page.getByText("$7.50").waitFor({ state: "attached" });

  await becomes(async () =>
    expect(await page.getByLabel("Hours", { exact: true }).inputValue()).toBe("1.5"),
  );
  await becomes(async () =>
    expect(await page.getByText("That costs up to $4.49 more").isVisible()).toBe(true),
  );
  await becomes(async () => expect(await page.evaluate("String(getSelection())")).toBe(selected));
});

it("an extension by hours of one's own is sent for the run that was seen", async () => {
  const { page, server } = await opened(now());
  server.answer({
    button: { code: 202, body: operation({ action: "extend", state: "done", words: "Extended." }) },
  });

  await page.getByRole("button", { name: "Extend trainer" }).click();
  await page.getByRole("radio", { name: "Other" }).check();
  await page.keyboard.type("1.5");
  await page.keyboard.press("Enter");
  await page.getByRole("dialog").getByText("Extended.").waitFor();

  expect(pressed(server)).toEqual([
    { path: "/api/pods/p1/extend", body: { hours: 1.5, run: "p1@1" } },
  ]);
});

it("with the keyboard alone: the question has the focus, Escape gives it back", async () => {
  const { page, server } = await opened(now());
  const stop = page.getByRole("button", { name: "Stop trainer" });
  await stop.focus();

  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog", { name: "Stop trainer?" });
  await dialog.waitFor();
  const keep = dialog.getByRole("button", { name: "Keep it running" });
  await becomes(async () => expect(await isFocused(keep)).toBe(true));
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });

  await becomes(async () => expect(await isFocused(stop)).toBe(true));
  expect(pressed(server)).toEqual([]);
});

it("the proof comes step by step; where the pod is gone, the focus is at the pods", async () => {
  const { page, server } = await opened(now());
  server.answer({ button: { code: 202, body: operation({ action: "terminate" }) } });
  await page.getByRole("button", { name: "Terminate trainer" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText("deleted for good").waitFor();
  await dialog.getByRole("button", { name: "Terminate", exact: true }).click();
  await dialog.getByText("Under way").waitFor();
  const step = { at: new Date().toISOString(), words: "RunPod was asked to terminate it" };
  server.send("operation", operation({ action: "terminate", steps: [step] }));
  await dialog.getByRole("log").getByText(step.words).waitFor();

  const words = "Two polls list it no more.";
  server.send("operation", operation({ action: "terminate", steps: [step], state: "done", words }));
  server.show(now({ pods: [] }));
  await dialog.getByText(words).waitFor();
  await dialog.getByRole("button", { name: "Close" }).click();

  await becomes(async () => expect(await isFocused(page.locator("#pods"))).toBe(true));
  await page.getByText("No pods.").waitFor();
  await page.getByRole("button", { name: "Show how it went: Terminate trainer" }).waitFor();
});

it("the focus stays where one is when its button goes with its pod", async () => {
  const { page, server } = await opened(now());
  await page.getByRole("button", { name: "Stop trainer" }).focus();

  server.show(now({ pods: [] }));
  await page.getByText("No pods.").waitFor();

  await becomes(async () => expect(await isFocused(page.locator("#pods"))).toBe(true));
});

it("an end that is not proven is an alert: it may still run and cost money", async () => {
  const { page, server } = await opened(now());
  server.answer({
    button: { code: 202, body: operation({ state: "unproven", words: "Still RUNNING." }) },
  });

  await page.getByRole("button", { name: "Stop trainer" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Stop", exact: true }).click();

  const alert = page.getByRole("dialog").getByRole("alert");
  await alert.getByText("It may still run and cost money.").waitFor();
  expect(await alert.textContent()).toContain("Still RUNNING.");
});

it.each([
  [
    "a refusal",
    { code: 409, body: { error: "trainer is locked.", hint: "Unlock it in RunPod's console." } },
    ["Nothing was done", "trainer is locked.", "Unlock it in RunPod's console."],
  ],
  [
    "an answer of somebody between",
    { code: 502, body: {} },
    ["Not known", "is not known: the answer was 502"],
  ],
])("%s is told in its words", async (_sentence, button, said) => {
  const { page, server, awaits } = await opened(now());
  awaits(/status of (?:409|502)/);
  server.answer({ button });

  await page.getByRole("button", { name: "Stop trainer" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Stop", exact: true }).click();

  const dialog = page.getByRole("dialog");
  await dialog.getByRole("alert").waitFor();
  const told = await dialog.textContent();
  for (const words of said) expect(told).toContain(words);
});

it("when the daemon is gone the page says so, sends nothing, and comes back by itself", async () => {
  const { page, server, awaits } = await opened(now());
  awaits(/status of 503|ERR_|Failed to load/);
  const stop = page.getByRole("button", { name: "Stop trainer" });
  server.answer({ stream: 503 });

  server.cut();
  await page.getByText(/The daemon last polled .* ago\./).waitFor();

  await becomes(async () => expect(await stop.getAttribute("aria-disabled")).toBe("true"));
  await becomes(async () => expect(await page.title()).toBe("Not live · runpodboss"));
  await stop.click({ force: true });
  expect(await page.getByRole("dialog").count()).toBe(0);
  server.answer({ stream: 200 });
  await page.getByText(/^Live, polled/).waitFor();
  await becomes(async () => expect(await stop.getAttribute("aria-disabled")).toBeNull());
});

it("a stream that is open but silent is not taken for quiet", async () => {
  const server = await startFakeServer(built, now());
  onTestFinished(() => server.close());
  const { page, awaits } = await visitor({ origin: new URL(server.url).origin });
  awaits(/status of 503|Failed to load/);
  await page.clock.install();
  await page.goto(server.url);
  await page.getByText(/^Live, polled/).waitFor();
  server.answer({ stream: 503 });

  await page.clock.runFor(50_000);

  await page.getByText(/^Not live, polled/).waitFor();
  await becomes(async () => expect(await page.getByText(/No connection to it/).count()).toBe(1));
});

it("whoever is logged out is told, with a way to log in", async () => {
  const { page, server, awaits } = await opened(now());
  awaits(/status of 401/);
  server.answer({ stream: 401 });

  server.cut();

  await page.getByRole("heading", { name: "You are logged out" }).waitFor();
  await becomes(async () =>
    expect(await page.getByRole("link", { name: "Log in" }).getAttribute("href")).toBe("login"),
  );
  await becomes(async () => expect(await page.getByText("trainer").count()).toBe(0));
});

it("a phone whose clock is years off tells the same times", async () => {
  const server = await startFakeServer(built, now());
  onTestFinished(() => server.close());
  const { page } = await visitor({ origin: new URL(server.url).origin, viewport: phone });
  await page.addInitScript("const right = Date.now.bind(Date); Date.now = () => right() - 9e10");

  await page.goto(server.url);

  await page.getByText(/^Live, polled/).waitFor();
  await becomes(async () =>
    expect(await page.locator(".live").textContent()).toMatch(/(?:just now|\d s ago)$/),
  );
});

it("a clock that is set while one looks changes no time for long", async () => {
  const server = await startFakeServer(built, now());
  onTestFinished(() => server.close());
  const { page, awaits } = await visitor({ origin: new URL(server.url).origin, viewport: phone });
  awaits(/Failed to load/);
  await page.addInitScript(
    "const right = Date.now.bind(Date); window.setBy = 0; Date.now = () => right() + window.setBy",
  );
  await page.goto(server.url);
  await page.getByText(/^Live, polled/).waitFor();

  await page.evaluate("window.setBy = 3 * 3600e3");
  await page.getByText(/^Live, polled 3 h/).waitFor();

  await page.getByText(/^Live, polled (?:just now|\d+ s ago)/).waitFor();
  await becomes(async () => expect(await page.locator("main").getAttribute("data-is")).toBeNull());
});

it("blind stands in red across the top, and is one alert through all ticks", async () => {
  const since = new Date(Date.now() - 245_000).toISOString();
  const unseen = [{ what: "the account", since, because: "RunPod does not answer" }];
  const { page } = await opened(now({ balance_usd: null, unseen, events: [event()] }));
  const alert = page.getByRole("alert");
  const before = await alert.elementHandle();

  await page.getByText(/Blind for 4 min/).waitFor();
  const color = await page.evaluate(
    `getComputedStyle(document.querySelector(".banner")).backgroundColor`,
  );

  expect(color).toMatch(/^rgb\(1[4-9]\d, \d\d, \d\d\)$/);
  await page.getByText(/Live, polled [3-9] s ago/).waitFor();
  expect(await alert.evaluate((now, then) => now === then, before)).toBe(true);
  await becomes(async () => expect(await page.title()).toBe("Blind"));
});

it("what the page does not understand is not shown by half", async () => {
  const { page, server } = await opened(now());

  server.show({ ...now(), pods: [{} as never], thresholds: undefined as never });

  await page.getByRole("heading", { name: "This page cannot show what the daemon says" }).waitFor();
  await becomes(async () =>
    expect(await page.getByRole("button", { name: "Reload" }).count()).toBe(1),
  );
});
