import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { hourMs, servedWith, token, trainer } from "../http/served.ts";
import { becomes, notLetIn, podOn, question, shows } from "./sights.ts";
import { visitorOf } from "./visitor.ts";

/** The name of what has the focus, as it is heard. */
async function focused(page: Page): Promise<string> {
  return (await page.evaluate(`(() => {
    const it = document.activeElement;
    return it?.getAttribute("aria-label") ?? it?.labels?.[0]?.innerText ?? it?.innerText ?? "";
  })()`)) as string;
}

/** Presses Tab until this has the focus; each that had it on the way could be seen. */
async function tabTo(page: Page, name: RegExp): Promise<void> {
  for (let n = 0; n < 60; n += 1) {
    await page.keyboard.press("Tab");
    const isSeen = await page.evaluate(`(() => {
      const it = document.activeElement;
      if (it === null || it === document.body) return true;
      const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(it);
      const { width, height } = it.getBoundingClientRect();
      return width > 0 && height > 0 && ((outlineStyle !== "none" && outlineWidth !== "0px") || boxShadow !== "none");
    })()`);
    const now = await focused(page);
    expect([now, isSeen]).toEqual([now, true]);
    if (name.test(now)) return;
  }
  throw new Error(`no way leads to ${String(name)}`);
}

it("the whole way by keyboard: log in, extend, think again, stop", async (test) => {
  const { origin, start, guard } = await servedWith(test, {
    pods: [{ ...trainer, startedAtMs: Date.now() - 3 * hourMs }],
    config: { guards: { lease: { default_hours: 4, max_hours: 12, action: "stop" } } },
  });
  await start();
  const { page, awaits } = await visitorOf(test, { origin });
  awaits(notLetIn);

  await page.goto(origin);
  await becomes(async () => expect(await focused(page)).toMatch(/Token/));
  await page.keyboard.type(token);
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Pods" }).waitFor();

  await tabTo(page, /Extend trainer/);
  await page.keyboard.press("Enter");
  await question(page).waitFor();
  await tabTo(page, /^Extend (?!trainer$)|^Extend$/);
  await page.keyboard.press("Space");
  await shows(podOn(page, "trainer"), /^in [2-9] h/);
  await page.keyboard.press("Escape");
  await question(page).waitFor({ state: "hidden" });

  await tabTo(page, /Stop trainer/);
  await page.keyboard.press("Enter");
  await question(page).waitFor();
  await page.keyboard.press("Escape");
  await question(page).waitFor({ state: "hidden" });
  await becomes(async () => expect(await focused(page)).toBe("Stop trainer"));
  expect(guard.simulator.account.pod("p1")?.status).toBe("RUNNING");

  await page.keyboard.press("Enter");
  await question(page).waitFor();
  await tabTo(page, /^Stop/);
  await page.keyboard.press("Enter");
  await shows(page, /the burn fell/);
  expect(guard.simulator.account.pod("p1")?.status).toBe("EXITED");
});

it("while a question is open, Tab stays in it", async (test) => {
  const { origin, start } = await servedWith(test);
  await start();
  const { page, awaits } = await visitorOf(test, { origin });
  awaits(notLetIn);
  await page.goto(origin);
  await page.getByLabel("Token").fill(token);
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Stop trainer" }).click();
  await question(page).waitFor();

  for (let n = 0; n < 12; n += 1) {
    await page.keyboard.press("Tab");
    const where = await page.evaluate(
      `document.activeElement === document.body || document.activeElement.closest("dialog") !== null`,
    );
    expect(where).toBe(true);
  }
});
