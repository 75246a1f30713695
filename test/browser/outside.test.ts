import { describe, expect, it, type TestContext } from "vitest";
import { hourMs, minuteMs } from "#guard/model/time.ts";
import { pageLink } from "#outside/page/page-link.ts";
import { pod, policyWith, seen } from "../guard/samples.ts";
import { ordersWith, stateAfter } from "../outside/kept.ts";
import { servedByNode } from "../outside/node-served.ts";
import { findingsOn } from "./axe.ts";
import { expectNoSidewaysScroll } from "./sights.ts";
import { desk, smallPhone, visitorOf } from "./visitor.ts";

const policy = policyWith({
  protect: ["keep*"],
  podGuards: {
    ...policyWith().podGuards,
    hardTimeout: { action: "stop", afterMs: 8 * hourMs, pods: ["*"] },
    lease: { action: "stop", defaultMs: 12 * hourMs, maxMs: 24 * hourMs, pods: ["*"] },
  },
  budgets: [{ name: "all", limitUsd: 50, per: "day", action: "notify", freezes: false }],
});

/** Somebody opens the page of an account with pods of all kinds. */
async function opened(test: TestContext) {
  const { origin, address, beat } = await servedByNode(test);
  const source = { api: "rest", isConfigured: true } as const;
  const look = seen({
    atMs: Date.now(),
    balanceUsd: 9.2,
    burnPerHrUsd: 6.65,
    source,
    pods: [
      pod(),
      pod({ id: "k1", name: "keep-me" }),
      pod({ id: "l1", name: "locked-one", isLocked: true }),
      pod({ id: "w1", name: "w".repeat(64), costPerHrUsd: undefined }),
      pod({ id: "s1", name: "stopped-one", status: "stopped" }),
    ],
  });
  await beat({ look, state: stateAfter([look], policy), orders: ordersWith(policy) });
  const visit = await visitorOf(test, { origin, viewport: smallPhone });
  const link = await pageLink(address, Date.now() + minuteMs);
  return { ...visit, link, origin };
}

describe("the page of an account outside", () => {
  it("is fit for all, light and dark, on a small phone and a desk", async (test) => {
    const { page, link } = await opened(test);
    await page.goto(link);
    await page.getByRole("heading", { name: "main: guarded by gpu-box" }).waitFor();

    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      for (const viewport of [smallPhone, desk]) {
        await page.setViewportSize(viewport);
        expect(await findingsOn(page), `${colorScheme}, ${viewport.width} wide`).toEqual([]);
        await expectNoSidewaysScroll(page);
      }
    }
  });

  it("tells nothing to whoever has no good link", async (test) => {
    const { page, link, awaits } = await opened(test);
    awaits(/Failed to load resource: .* 403/);
    await page.goto(link.replace(/sig=.*/, "sig=0"));

    await page.getByRole("heading", { name: "This link is not good any more" }).waitFor();
    expect(await page.getByText("trainer").count()).toBe(0);
    expect(await findingsOn(page)).toEqual([]);
  });
});
