import { describe, expect, it } from "vitest";
import { emptyState } from "#guard/model/state.ts";
import { beatOf } from "#outside/beat/beat-of.ts";
import { createBeatSender } from "#outside/beat/send-beat.ts";
import { createSignedSender } from "#outside/beat/send-signed.ts";
import { pageLink } from "#outside/page/page-link.ts";
import { summary } from "#outside/summary/contract.ts";
import { secretName } from "#outside/worker/accounts.ts";
import { exchange } from "#requests/exchange.ts";
import { writeLeaseBook } from "#store/lease-text.ts";
import { policyWith, seen } from "../guard/samples.ts";
import { stateAfter } from "../outside/kept.ts";
import type { Told } from "./timed-worker.ts";
import { beatKey, minuteMs, world } from "./world.ts";

const never = new AbortController().signal;
const pods = [{ id: "p1", name: "trainer", costPerHrUsd: 1.49 }];

function beat() {
  const source = { api: "rest", isConfigured: true } as const;
  const look = seen({ atMs: Date.now(), balanceUsd: 20, source });
  return beatOf({
    host: "gpu-box",
    nowMs: Date.now(),
    nextInMs: minuteMs,
    look,
    state: stateAfter([look], policyWith(), emptyState),
    saved: emptyState,
    leases: writeLeaseBook({ leases: {}, touchedAtMs: {} }),
    orders: {
      policy: policyWith(),
      calendar: { budgets: [], schedules: [] },
      beforeStop: "none",
      isDry: false,
    },
    onSilence: "guard",
  });
}

describe.concurrent("what the guard outside shows", () => {
  it("is answered to who asks under a signature", async (test) => {
    const { url, account } = await world(test, { pods });
    await createBeatSender(exchange, Date.now)(beat(), { url, account, beatKey }, never);
    const ask = createSignedSender(exchange, Date.now);

    const sent = await ask("status", "{}", { url, account, beatKey }, never);

    const body = sent.kind === "answered" ? (sent.body as { summary: unknown }) : undefined;
    expect(summary.parse(body?.summary)).toMatchObject({
      account,
      role: "standby",
      balance_usd: 20,
      pods: [{ id: "p1", status: "RUNNING" }],
    });
  });

  it("has what it saw itself while it stands in, and keeps little for it", async (test) => {
    const its = await world(test, { pods, balanceUsd: 15 });
    await its.send();
    await its.wakeAfter(11 * minuteMs);
    const first = await its.wakeAfter(minuteMs);
    const second = await its.wakeAfter(minuteMs);
    const ask = createSignedSender(exchange, () => Date.now() + 60 * minuteMs);

    const to = { url: its.url, account: its.account, beatKey };
    const sent = await ask("status", "{}", to, never);

    const { rowsWritten } = await its.test({});
    expect(rowsWritten - second.rowsWritten).toBe(1);
    expect(second.rowsWritten - first.rowsWritten).toBeLessThanOrEqual(3);
    const body = sent.kind === "answered" ? (sent.body as { summary: unknown }) : undefined;
    expect(summary.parse(body?.summary)).toMatchObject({
      acts: "guards",
      own_look: { is_seen: true },
      balance_usd: expect.closeTo(15, 0) as number,
      pods: [{ id: "p1", name: "trainer", status: "RUNNING" }],
    });
  });

  it("is a page for who has a good link, that runs nothing and is kept nowhere", async (test) => {
    const { url, account } = await world(test, { pods });
    await createBeatSender(exchange, Date.now)(beat(), { url, account, beatKey }, never);

    const page = await fetch(await pageLink({ url, account, beatKey }, Date.now() + minuteMs));

    const text = await page.text();
    expect(page.status).toBe(200);
    expect(text).toContain("trainer (p1)");
    expect(text).not.toMatch(/<script|javascript:/i);
    expect(page.headers.get("content-security-policy")).toMatch(/^default-src 'none'; style-src /);
    expect(page.headers.get("cache-control")).toBe("no-store");
    expect(page.headers.get("refresh")).toBe("60");
  });

  it("is one page that tells nothing, whatever is wrong with the link", async (test) => {
    const { url, account } = await world(test, { pods });
    const good = await pageLink({ url, account, beatKey }, Date.now() + minuteMs);
    const wrong = [
      await pageLink({ url, account, beatKey }, Date.now() - minuteMs),
      await pageLink({ url, account, beatKey: "another-key-of-another-account" }, Date.now() + 1e9),
      good.replace(account, "nobody-has-this-account"),
      good.replace(/&sig=.*/, ""),
      `${url}page/${account}`,
    ];

    const answers = await Promise.all(wrong.map((link) => fetch(link)));

    expect(answers.map(({ status }) => status)).toEqual(wrong.map(() => 403));
    const texts = new Set(await Promise.all(answers.map((each) => each.text())));
    expect(texts.size).toBe(1);
    expect([...texts][0]).not.toContain(account);
    expect((await fetch(good, { method: "POST" })).status).toBe(405);
  });

  it("is a list of all accounts in the order of their names, some at a time", async (test) => {
    const its = await world(test);
    const [first, unread, quiet] = ["zz-list-a", "zz-list-b", "zz-list-c"] as const;
    const secret = JSON.stringify({
      beatKey,
      apiKey: "key",
      api: "rest",
      graphqlUrl: its.simulator.url,
      channels: [],
    });
    await fetch(new URL(`/beat/${its.account}`, its.url), {
      method: "POST",
      headers: { "x-test": "yes" },
      body: JSON.stringify({
        bindings: {
          RUNPODBOSS_ADMIN_TOKEN: "the-token-of-this-test",
          [secretName(first)]: secret,
          [secretName(unread)]: "{}",
          [secretName(quiet)]: secret,
        },
      }),
    });
    const to = { url: its.url, account: first, beatKey };
    await createBeatSender(exchange, Date.now)(beat(), to, never);
    const list = (query: string, token = "the-token-of-this-test") =>
      fetch(new URL(`/fleet?${query}`, its.url), { headers: { authorization: `Bearer ${token}` } });

    expect(await (await list("after=zz-list&limit=2")).json()).toEqual({
      accounts: [
        expect.objectContaining({
          name: first,
          role: "standby",
          balance_usd: 20,
          burn_per_hr_usd: 1.49,
          runway_hours: expect.closeTo(13.4228, 4) as number,
          silent_since: null,
          guarding: false,
          pods_running: 1,
          problem: null,
        }),
        expect.objectContaining({ name: unread, role: null, problem: "its secret cannot be read" }),
      ],
      next: unread,
    });
    expect(await (await list(`after=${unread}&limit=2`)).json()).toEqual({
      accounts: [expect.objectContaining({ name: quiet, role: "unheard", balance_usd: null })],
      next: null,
    });
    const refused = await list("after=zz-list", "the-token-of-another");
    expect([refused.status, await refused.json()]).toEqual([401, { error: "not allowed" }]);
    const asked = { method: "POST", headers: { "x-test": "yes" }, body: "{}" };
    const told = (await (await fetch(new URL(`/beat/${quiet}`, its.url), asked)).json()) as Told;
    expect([told.rowsWritten, told.alarmsSet]).toEqual([0, 0]);
  });
});
