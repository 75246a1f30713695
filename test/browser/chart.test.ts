import { join } from "node:path";
import { expect, it, onTestFinished, vi } from "vitest";
import type { BalanceAnswer } from "#http/contract/balance.ts";
import type { StatusAnswer } from "#http/contract/status.ts";
import { startFakeServer } from "../page/fake-server.ts";
import { status } from "../page/samples.ts";
import { becomes } from "./sights.ts";
import { desk, patienceMs, phone, visitor } from "./visitor.ts";

const hourMs = 3_600_000;
const folder = join(import.meta.dirname, "../../dist/page");

/** A day that falls by $2 an hour to $40, with an hour in which nobody looked and a payment of $30. */
function answer(nowMs: number, changes: Partial<BalanceAnswer> = {}): BalanceAnswer {
  const points = Array.from({ length: 23 * 12 + 1 }, (_, n) => {
    const ago = 23 - n / 12;
    const usd = ago > 6 ? 22 + (ago - 6) * 2 : 40 + ago * 2;
    return [nowMs / 1000 - ago * 3_600, ago > 10 && ago < 11 ? null : usd] as [
      number,
      number | null,
    ];
  });
  return {
    from: iso(nowMs - 24 * hourMs),
    to: iso(nowMs),
    points: points.filter(([, usd], n) => usd !== null || points[n - 1]?.[1] !== null),
    since: iso(nowMs - 400 * hourMs),
    thresholds: [{ name: "warning", below_usd: 10 }],
    forecast: [
      [nowMs / 1000, 40],
      [nowMs / 1000 + 15 * 3_600, 10],
      [nowMs / 1000 + 20 * 3_600, 0],
    ],
    ...changes,
  };
}

/** What the daemon says of it at that moment. */
function statusAt(nowMs: number, changes: Partial<StatusAnswer> = {}): StatusAnswer {
  const sample = status();
  return {
    ...sample,
    at: iso(nowMs),
    balance_usd: 40,
    burn_per_hr_usd: 2,
    hours_left: 20,
    thresholds: [
      {
        name: "warning",
        below_usd: 10,
        below_hours: null,
        crosses_at_usd: 10,
        is: "armed",
        by: "guard",
        tripped_at: null,
        meets_at: iso(nowMs + 15 * hourMs),
      },
    ],
    poll: { ...sample.poll, last_at: iso(nowMs), last_good_at: iso(nowMs) },
    ...changes,
  };
}

function iso(atMs: number): string {
  return new Date(atMs).toISOString();
}

async function chartWith(
  balance: { readonly code: number; readonly body: object } | undefined,
  nowMs: number,
  options: Partial<Parameters<typeof visitor>[0]> = {},
) {
  const server = await startFakeServer(folder, statusAt(nowMs));
  onTestFinished(server.close);
  server.answer({ balance });
  const origin = new URL(server.url).origin;
  const seen = await visitor({ origin, viewport: desk, ...options });
  await seen.page.goto(server.url);
  return { server, ...seen };
}

it("the curve is drawn with its thresholds and forecast, and told in words", async () => {
  const nowMs = Date.now();
  const { page } = await chartWith({ code: 200, body: answer(nowMs) }, nowMs);

  const chart = page.getByRole("application", { name: "Balance over the last 24 hours" });
  await chart.locator("canvas").waitFor();

  const words = await page.locator("#curve-summary").textContent();
  expect(words).toMatch(
    /went from \$56\.00 .* to \$40\.00 .* It rose by \$\d+\.\d\d at about .* In one gap nobody looked\./,
  );
  await becomes(async () =>
    expect(await page.locator(".meets li").allTextContents()).toEqual([
      expect.stringMatching(/^warning at about .*\d\d:\d\d$/),
      expect.stringMatching(/^\$0 at about .*\d\d:\d\d$/),
    ]),
  );
});

it("keys move along the curve, and what they stand on is read out", async () => {
  const nowMs = Date.now();
  const { page } = await chartWith({ code: 200, body: answer(nowMs) }, nowMs, { viewport: phone });
  const chart = page.locator(".plot");
  await chart.locator("canvas").waitFor();
  const spoken = page.locator(".chart [aria-live=polite]");

  await chart.focus();
  await page.keyboard.press("End");
  await becomes(async () =>
    expect(await spoken.textContent()).toMatch(
      /^About .*, at the present burn: \$0\.00, meets \$0$/,
    ),
  );
  await page.keyboard.press("ArrowLeft");
  await becomes(async () =>
    expect(await spoken.textContent()).toMatch(/at the present burn: \$10\.00, meets warning$/),
  );
  await page.keyboard.press("ArrowLeft");
  await becomes(async () => expect(await spoken.textContent()).toMatch(/^[^A].*: \$40\.00$/));
  await page.keyboard.press("ArrowRight");
  await becomes(async () => expect(await spoken.textContent()).toMatch(/meets warning$/));
  await page.keyboard.press("Home");
  await becomes(async () => expect(await spoken.textContent()).toMatch(/: \$56\.00$/));
  await page.keyboard.press("ArrowRight");
  await becomes(async () => expect(await spoken.textContent()).toMatch(/: \$55\.83$/));
  await becomes(async () =>
    expect(await page.locator(".reading").textContent()).toBe(await spoken.textContent()),
  );
});

it("a range that is chosen is asked for, and remembered", async () => {
  const nowMs = Date.now();
  const { page, server } = await chartWith({ code: 200, body: answer(nowMs) }, nowMs);
  const week = page.getByRole("button", { name: "7 d" });

  await week.click();

  await vi.waitFor(() => {
    const url = new URL(server.asked.at(-1)?.path ?? "", server.url);
    const [from, to] = ["from", "to"].map((name) => Date.parse(url.searchParams.get(name) ?? ""));
    expect((to ?? 0) - (from ?? 0)).toBe(7 * 24 * hourMs);
    expect(Number(url.searchParams.get("points"))).toBeGreaterThan(200);
  }, patienceMs);
  await page.reload();
  await page.locator(".plot canvas").waitFor();
  await becomes(async () => expect(await week.getAttribute("aria-pressed")).toBe("true"));
});

it("a point that comes is added without asking anew, and the forecast goes while the balance is unknown", async () => {
  const nowMs = Date.now();
  const { page, server } = await chartWith({ code: 200, body: answer(nowMs) }, nowMs);
  await page.locator(".plot canvas").waitFor();
  const before = server.asked.length;

  server.send("balance", [nowMs / 1000 + 60, 39.5]);

  await vi.waitFor(
    async () => expect(await page.locator(".reading").textContent()).toMatch(/: \$39\.50$/),
    patienceMs,
  );
  expect(server.asked).toHaveLength(before);
  server.show(statusAt(nowMs, { balance_usd: null, burn_per_hr_usd: null, hours_left: null }));
  await page.locator(".meets").waitFor({ state: "hidden" });
});

it.each([
  ["nothing was ever seen", { since: null, points: [], forecast: [] }, /No balance is known yet/],
  [
    "nobody looked in this time",
    { points: [], forecast: [] },
    /nobody looked, or every poll failed/,
  ],
])("there is no empty plot: it says why, as %s", async (_why, changes, words) => {
  const nowMs = Date.now();
  const { page } = await chartWith({ code: 200, body: answer(nowMs, changes) }, nowMs);

  await page.getByText(words).waitFor();
  await becomes(async () => expect(await page.locator(".plot").isVisible()).toBe(false));
});

it("a curve that cannot be fetched says so, and what the daemon said", async () => {
  const nowMs = Date.now();
  const body = { error: "the samples are still being read", hint: null };
  const { page, awaits } = await chartWith({ code: 503, body }, nowMs);
  awaits(/503/);

  const trouble = page.getByText("could not be fetched: the samples are still being read");
  await trouble.waitFor();
  await becomes(async () => expect(await page.locator(".plot").isVisible()).toBe(false));
});

it("light and dark are drawn in their own colours, at once", async () => {
  const nowMs = Date.now();
  const { page } = await chartWith({ code: 200, body: answer(nowMs) }, nowMs, {
    colorScheme: "dark",
  });
  const canvas = page.locator(".plot canvas");
  await canvas.waitFor();
  const picture = () =>
    canvas.evaluate((node) => (node as unknown as { toDataURL: () => string }).toDataURL());
  const dark = await picture();

  await page.emulateMedia({ colorScheme: "light" });

  await vi.waitFor(async () => expect(await picture()).not.toBe(dark), patienceMs);
});

it("fits a phone, and is as wide as there is room for", async () => {
  const nowMs = Date.now();
  const { page } = await chartWith({ code: 200, body: answer(nowMs) }, nowMs);
  const width = async () => (await page.locator(".plot canvas").boundingBox())?.width ?? 0;
  await page.locator(".plot canvas").waitFor();
  const wide = await width();

  await page.setViewportSize(phone);

  await vi.waitFor(async () => expect(await width()).toBeLessThan(phone.width), patienceMs);
  expect(wide).toBeGreaterThan(phone.width);
});
