import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { expectNoSidewaysScroll, logIn, podOn, question, shows } from "./sights.ts";
import { night } from "./night.ts";
import { smallPng } from "./small-png.ts";
import { phone, visitorOf } from "./visitor.ts";

/** Where they are written: nowhere, unless asked, so that a run of the tests changes no file. */
const folder = process.env["RUNPODBOSS_PICTURES"];
const mostBytes = 100_000;

it("the pictures of the documents are what is seen", async (test) => {
  const { origin, start } = await night(test);
  await start();
  const visit = await visitorOf(test, {
    origin,
    viewport: { width: 1320, height: 1000 },
    colorScheme: "light",
    timezoneId: "UTC",
    locale: "en-GB",
  });
  const { page } = visit;
  await logIn(visit, origin);
  await podOn(page, "train-llama-70b").waitFor();
  // What the file of samples knows is there as soon as it is read.
  await shows(page, /In the last 24 hours the balance went from \$7/);

  async function picture(name: string, isWhole = false): Promise<void> {
    await expectNoSidewaysScroll(page);
    const bytes = smallPng(
      await page.screenshot({
        animations: "disabled",
        caret: "hide",
        fullPage: isWhole,
      }),
    );
    expect([name, bytes.length < mostBytes, bytes.length]).toEqual([name, true, bytes.length]);
    if (folder === undefined) return;
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, `${name}.png`), bytes);
  }

  await picture("page-light");
  await page.emulateMedia({ colorScheme: "dark" });
  await picture("page-dark");
  await page.setViewportSize(phone);
  await picture("page-phone");
  await page.getByRole("button", { name: "Stop eval-sweep" }).click();
  await question(page).getByRole("button", { name: /^Stop/ }).click();
  await shows(question(page), /the burn fell/);
  await picture("page-stop");
});
