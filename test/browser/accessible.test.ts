import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import type { NewPod } from "#simulator/pod.ts";
import { hourMs, servedWith, trainer } from "../http/served.ts";
import { findingsOn } from "./axe.ts";
import { cutOff, expectNoSidewaysScroll, logIn, notLetIn, question, shows } from "./sights.ts";
import { desk, phone, smallPhone, type Visitor, visitorOf } from "./visitor.ts";

const idle = { after_minutes: 30, action: "stop" };
const lease = { default_hours: 4, max_hours: 12, action: "stop" };

const pods = (): readonly NewPod[] => [
  { ...trainer, startedAtMs: Date.now() - 3.9 * hourMs },
  { id: "p2", name: "keep-me", costPerHrUsd: 0.4 },
  { id: "p3", name: "held", costPerHrUsd: 0.4, locked: true },
  { id: "p4", name: "resting", costPerHrUsd: 0.4, status: "EXITED" },
  { id: "p5", name: "four-of-them", costPerHrUsd: 4, gpuCount: 4, telemetry: null },
];
const config = { protect: ["keep-me"], guards: { idle, lease } };

const looks = {
  light: { colorScheme: "light", viewport: desk },
  dark: { colorScheme: "dark", viewport: desk },
  "light, on a phone": { colorScheme: "light", viewport: phone },
  "dark, on a small phone": { colorScheme: "dark", viewport: smallPhone },
} as const;
const all = Object.keys(looks) as readonly (keyof typeof looks)[];
/** The colours of both, and the arrangement of both. */
const two = ["light", "dark, on a small phone"] as const;

/** As it stands: in light and dark, on a desk and on phones. */
async function expectFitForAll({ page }: Visitor, tried: readonly (keyof typeof looks)[] = two) {
  for (const each of tried) {
    const { colorScheme, viewport } = looks[each];
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize(viewport);
    await settled(page);
    expect(await findingsOn(page), each).toEqual([]);
    await expectNoSidewaysScroll(page);
  }
}

/** Two frames are drawn, so that what a width changes is there. */
function settled(page: Page): Promise<unknown> {
  return page.evaluate(
    "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))",
  );
}

describe.concurrent("fit for all, light and dark, on a desk and on phones", () => {
  it("where to log in, and after a wrong token", async (test) => {
    const { origin, start } = await servedWith(test);
    await start();
    const visit = await visitorOf(test, { origin });
    visit.awaits(notLetIn);
    await visit.page.goto(origin);
    await expectFitForAll(visit, all);

    await visit.page.getByLabel("Token").fill("not-the-token-but-as-long-as-one");
    await visit.page.keyboard.press("Enter");
    await visit.page.getByRole("alert").waitFor();
    await expectFitForAll(visit);
  });

  it("pods of all kinds, and each question", async (test) => {
    const { origin, start } = await servedWith(test, { pods: pods(), config, balanceUsd: 9 });
    await start();
    const visit = await visitorOf(test, { origin });
    await logIn(visit, origin);
    await shows(visit.page, "trainer");
    await expectFitForAll(visit, all);

    for (const action of ["Extend", "Touch", "Stop", "Terminate"]) {
      await visit.page.getByRole("button", { name: `${action} trainer` }).click();
      await question(visit.page).waitFor();
      await expectFitForAll(visit);
      await visit.page.keyboard.press("Escape");
      await question(visit.page).waitFor({ state: "hidden" });
    }
  });

  it("an end with its proof", async (test) => {
    const { origin, start } = await servedWith(test, { pods: pods(), config });
    await start();
    const visit = await visitorOf(test, { origin });
    await logIn(visit, origin);
    await visit.page.getByRole("button", { name: "Stop trainer" }).click();
    await question(visit.page).getByRole("button", { name: /^Stop/ }).click();
    await shows(visit.page, /the burn fell/);

    await expectFitForAll(visit);
  });

  it("blind, and then cut off", async (test) => {
    const { origin, start, guard } = await servedWith(test, { pods: pods(), config });
    const running = await start();
    const visit = await visitorOf(test, { origin });
    await logIn(visit, origin);
    guard.simulator.failAll("http-500");
    await shows(visit.page, /^Blind for/);
    await expectFitForAll(visit);

    visit.awaits(cutOff);
    running.signal("SIGTERM");
    await shows(visit.page, /daemon last polled/);
    await expectFitForAll(visit);
  });

  it("an account without pods, and one of which nobody knows", async (test) => {
    for (const fault of [undefined, "pods-null", "http-500"] as const) {
      const { origin, start, guard } = await servedWith(test, { pods: [] });
      if (fault !== undefined) guard.simulator.failAll(fault);
      await start();
      const visit = await visitorOf(test, { origin });
      await logIn(visit, origin);

      await expectFitForAll(visit);
    }
  });

  it("a dry run", async (test) => {
    const { origin, start } = await servedWith(test, {
      pods: pods(),
      config: { ...config, dry_run: true },
    });
    await start();
    const visit = await visitorOf(test, { origin });
    await logIn(visit, origin);
    await shows(visit.page, /dry run/i);

    await expectFitForAll(visit);
  });
});
