import type { Response } from "playwright-core";
import { expect, it } from "vitest";
import { servedWith } from "../http/served.ts";
import { logIn } from "./sights.ts";
import { phone, visitorOf } from "./visitor.ts";

interface Manifest {
  readonly name: string;
  readonly start_url: string;
  readonly scope: string;
  readonly display: string;
  readonly icons: readonly {
    readonly src: string;
    readonly sizes: string;
    readonly type: string;
  }[];
}

it("the page can be put on a phone's home screen", async (test) => {
  const { origin, start } = await servedWith(test);
  await start();
  const visit = await visitorOf(test, { origin, viewport: phone });
  const { page, context } = visit;
  await logIn(visit, origin);
  const browser = await context.newCDPSession(page);

  const { data = "", errors, url } = await browser.send("Page.getAppManifest");
  const { installabilityErrors } = await browser.send("Page.getInstallabilityErrors");

  expect(errors).toEqual([]);
  // A visitor of a test is incognito, where nothing can be installed; nothing else may stand in the way.
  const faults = installabilityErrors.map(({ errorId }) => errorId);
  expect(faults.filter((each) => each !== "in-incognito")).toEqual([]);
  const manifest = JSON.parse(data) as Manifest;
  expect(manifest).toMatchObject({ display: "standalone", name: expect.stringMatching(/./) });
  expect(new URL(manifest.start_url, url).href).toBe(`${origin}/`);
  expect(manifest.icons.map(({ sizes }) => sizes)).toEqual(
    expect.arrayContaining(["192x192", "512x512"]),
  );
  for (const { src, sizes, type } of manifest.icons) {
    const answered = await page.request.get(new URL(src, url).href);
    expect([src, answered.status(), answered.headers()["content-type"]]).toEqual([src, 200, type]);
    const [side] = sizes.split("x").map(Number);
    if (type !== "image/png" || side === undefined) continue;
    const bytes = await answered.body();
    expect([bytes.readUInt32BE(16), bytes.readUInt32BE(20)]).toEqual([side, side]);
  }
});

it("all that a page needs comes from here, and is small", async (test) => {
  const { origin, start } = await servedWith(test);
  await start();
  const visit = await visitorOf(test, { origin });
  const answers: Response[] = [];
  visit.page.on("response", (answer) => answers.push(answer));
  await logIn(visit, origin);
  await visit.page.waitForLoadState("load");

  const pathOf = (answer: Response): string => new URL(answer.url()).pathname;
  const files = answers.filter(
    (answer) => answer.ok() && !/^\/(?:api\/|login$|$)/.test(pathOf(answer)),
  );
  const sizes = await Promise.all(files.map(async (each) => (await each.body()).length));
  const bytes = sizes.reduce((sum, each) => sum + each, 0);
  expect(files.map(pathOf)).toEqual(expect.arrayContaining(["/page.js", "/style.css"]));
  expect(bytes).toBeLessThan(120 * 1_024);
});
