import { describe, expect, it } from "vitest";
import { minuteMs } from "#guard/model/time.ts";
import { pageLink } from "#outside/page/page-link.ts";
import { seen } from "../guard/samples.ts";
import { stateAfter } from "./kept.ts";
import { adminToken, servedByNode } from "./node-served.ts";

describe("the guard outside on a machine with Node", () => {
  it("shows the same page and the same list", async (test) => {
    const { origin, address, beat } = await servedByNode(test);
    const source = { api: "rest", isConfigured: true } as const;
    const look = seen({ atMs: Date.now(), balanceUsd: 20, source });
    expect(await beat({ look, state: stateAfter([look]) })).toMatchObject({ kind: "heard" });

    const page = await fetch(await pageLink(address, Date.now() + minuteMs));
    const list = await fetch(`${origin}/fleet`, {
      headers: { authorization: `Bearer ${adminToken}` },
    });

    expect(page.status).toBe(200);
    expect(await page.text()).toContain("trainer (p1)");
    expect(page.headers.get("content-security-policy")).toMatch(/^default-src 'none'; /);
    expect(page.headers.get("cache-control")).toBe("no-store");
    expect(await list.json()).toMatchObject({
      accounts: [{ name: "main", role: "standby", balance_usd: 20, pods_running: 1 }],
      next: null,
    });
    expect((await fetch(`${origin}/fleet`)).status).toBe(401);
    expect((await fetch(`${origin}/page/main?until=9999999999&sig=00`)).status).toBe(403);
  });

  it("shows it also where a secret of a channel is a number that stands in it", async (test) => {
    const channel = { name: "phone", minSeverity: "info", timeLimitMs: 60_000 } as const;
    const url = "http://127.0.0.1:1/hook";
    const { address, beat } = await servedByNode(test, [
      { ...channel, type: "webhook", url, headers: { "x-team": "123456" } },
    ]);
    const look = seen({ atMs: Date.now(), balanceUsd: 123_456 });
    await beat({ look, state: stateAfter([look]) });

    const page = await fetch(await pageLink(address, Date.now() + minuteMs));

    expect(page.status).toBe(200);
  });
});
