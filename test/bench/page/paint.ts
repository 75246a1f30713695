import { chromium, type Page } from "playwright-core";
import { findChromium } from "../../browser/chromium.ts";
import { type Figure, median } from "../figure.ts";
import type { Served } from "./served.ts";

const visits = 9;
const phone = { width: 390, height: 844 };
const mostPaintMs = 1_000;
const mostSeenMs = 2_000;
const mostKb = 150;

interface Visit {
  /** Until something is to be seen, until the balance is, and until the curve is. */
  readonly paintMs: number;
  readonly balanceMs: number;
  readonly curveMs: number;
  readonly bytes: number;
}

/** Visits of a phone that comes for the first time; without a browser there is no figure, and it says so. */
export async function paintFigures(served: Served): Promise<readonly Figure[]> {
  const executablePath = findChromium(process.env);
  if (executablePath === undefined) {
    const none = { value: "not measured", beside: "no Chromium here", aim: "-", isMet: true };
    return [{ what: "page, first paint and bytes sent", ...none }];
  }
  const browser = await chromium.launch({ executablePath, args: ["--disable-gpu"] });
  const seen: Visit[] = [];
  try {
    for (let n = 0; n < visits; n += 1) {
      const context = await browser.newContext({
        viewport: phone,
        extraHTTPHeaders: { authorization: `Bearer ${served.token}` },
      });
      seen.push(await visit(await context.newPage(), served.url));
      await context.close();
    }
  } finally {
    await browser.close();
  }
  const middle = (of: (each: Visit) => number): number => median(seen.map(of));
  const [paintMs, balanceMs, curveMs] = [
    middle((each) => each.paintMs),
    middle((each) => each.balanceMs),
    middle((each) => each.curveMs),
  ];
  const kb = middle((each) => each.bytes) / 1_000;
  const ofVisits = `median of ${visits} first visits`;
  return [
    {
      what: "page, first paint",
      value: `${paintMs.toFixed(0)} ms`,
      beside: ofVisits,
      aim: `<= ${mostPaintMs} ms`,
      isMet: paintMs <= mostPaintMs,
    },
    {
      what: "page, balance and curve to be seen",
      value: `${balanceMs.toFixed(0)} ms, ${curveMs.toFixed(0)} ms`,
      beside: ofVisits,
      aim: `<= ${mostSeenMs} ms`,
      isMet: Math.max(balanceMs, curveMs) <= mostSeenMs,
    },
    {
      what: "page, bytes sent for it",
      value: `${kb.toFixed(1)} kB`,
      beside: "with its first status and curve",
      aim: `<= ${mostKb} kB`,
      isMet: kb <= mostKb,
    },
  ];
}

async function visit(page: Page, url: string): Promise<Visit> {
  let bytes = 0;
  const session = await page.context().newCDPSession(page);
  await session.send("Network.enable");
  session.on("Network.dataReceived", ({ encodedDataLength }) => (bytes += encodedDataLength));
  session.on("Network.responseReceived", ({ response }) => (bytes += response.encodedDataLength));
  const startMs = performance.now();
  await page.goto(url, { waitUntil: "commit" });
  await page.locator(".amount").waitFor();
  const balanceMs = performance.now() - startMs;
  await page.locator(".plot canvas").waitFor();
  const curveMs = performance.now() - startMs;
  const paintMs = await page.evaluate(
    () => performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? NaN,
  );
  return { paintMs, balanceMs, curveMs, bytes };
}
