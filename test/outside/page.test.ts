import { describe, expect, it } from "vitest";
import { minuteMs } from "#guard/model/time.ts";
import { wholeActPage } from "#http/links/act-page.ts";
import { isPageLink, pageLink } from "#outside/page/page-link.ts";
import { summaryPage } from "#outside/page/page.ts";
import { summaryOf } from "#outside/summary/summary.ts";
import { pod, policyWith, seen } from "../guard/samples.ts";
import {
  type Kept,
  keptOfBeat,
  keptOfPrimary,
  keptStandingIn,
  ordersWith,
  startMs,
  stateAfter,
} from "./kept.ts";

const source = { api: "rest", isConfigured: true } as const;
const look = seen({ atMs: startMs, balanceUsd: 20, burnPerHrUsd: 2, source });
const blind = {
  kind: "blind",
  atMs: startMs,
  cause: "unreachable",
  because: "connection refused",
  source,
} as const;
const heard = keptOfBeat({ look, state: stateAfter([look]) });

async function pageOf(kept: Kept, afterMs = 0): Promise<string> {
  const channels = [{ name: "phone", minSeverity: "info" }] as const;
  const sources = { account: "main", kept, channels, moments: undefined };
  return wholeActPage(summaryPage(summaryOf(sources, startMs + afterMs)));
}

/** What is read on it, line by line. */
function wordsOn(page: string): string {
  return page
    .replace(/<style>.*<\/style>/s, "")
    .replace(/<[^>]*>/g, " ")
    .replace(/\s+/g, " ");
}

describe("the page of an account", () => {
  it.for<[sentence: string, kept: Kept, afterMs: number, words: readonly RegExp[]]>([
    [
      "a beat is late",
      heard,
      2 * minuteMs,
      [
        /main: gpu-box is late/,
        /Last heard 2 min ago, from gpu-box; the next is late by 1 min/,
        /When I step in At 12:10 UTC, in 8 min, unless it is heard by then: I look myself and stop pods by its rules/,
        /Balance \$20\.00, seen 2 min ago/,
        /Burning \$2\.00\/h/,
        /Time left About 10 h 0 min/,
        /Thresholds crossed None/,
        /Pods running: 1 trainer \(p1\) · RUNNING · \$1\.49\/h/,
      ],
    ],
    ["all is well", heard, 0, [/main: guarded by gpu-box/, /I only listen\./]],
    [
      "the machine is blind",
      keptOfBeat({ look: blind, state: stateAfter([look, blind]) }),
      0,
      [
        /main: gpu-box sees nothing/,
        /unless it sees again by then: I look myself/,
        /Not seen now: no poll of the guard on gpu-box works/,
      ],
    ],
    [
      "it stands in",
      keptStandingIn(heard, [{ ...look, atMs: startMs + 11 * minuteMs, balanceUsd: 9 }]),
      12 * minuteMs,
      [
        /main: gpu-box is silent/,
        /The guard on gpu-box is silent\. I look every minute in its place, and stop pods by the rules\./,
        /My own last look 1 min ago; it saw the account/,
        /Thresholds crossed Warning \(\$10\.00\), 1 min ago/,
        /What I did 1 min ago start trainer \(p1\): found running/,
      ],
    ],
    [
      "it stands in, and sees nothing",
      keptStandingIn(heard, [{ ...blind, atMs: startMs + 11 * minuteMs }]),
      11 * minuteMs,
      [
        /main: not seen/,
        /But I do not see the account now, so nothing is stopped\./,
        /My own last look Just now; it saw nothing: connection refused/,
        /Balance \$20\.00, seen 11 min ago/,
        /Not seen now: connection refused/,
      ],
    ],
    [
      "there is no machine",
      keptOfPrimary([look]),
      minuteMs,
      [/main: guarded from here/, /I am the only guard of this account/],
    ],
    ["nothing was heard", {}, 0, [/main: nothing heard yet/, /Balance Unknown/, /Pods: unknown/]],
    [
      "the machine would not be stood in for",
      keptOfBeat({ look, state: stateAfter([look]), leases: null }),
      0,
      [/and stop nothing: its leases could not be read/],
    ],
  ])("says how it stands while %s", async ([, kept, afterMs, words]) => {
    const read = wordsOn(await pageOf(kept, afterMs));

    for (const each of words) expect(read).toMatch(each);
  });

  it("says once that a pod would be stopped, also in a dry run", async () => {
    const policy = policyWith({
      podGuards: {
        ...policyWith().podGuards,
        hardTimeout: { action: "stop", afterMs: 8 * 60 * minuteMs, pods: ["*"] },
      },
    });
    const state = stateAfter([look], policy);

    for (const isDry of [true, false]) {
      const orders = ordersWith(policy, { isDry });
      const read = wordsOn(await pageOf(keptOfBeat({ look, state, orders })));
      expect(read).toContain("up for 0 s would be stopped by the hard timeout after 8 h, at 20:00");
    }
  });

  it("lets no name of a pod pass for markup", async () => {
    const named = pod({ name: "<script>alert(1)</script>" });
    const odd = { ...look, pods: [named] };

    const page = await pageOf(keptOfBeat({ look: odd, state: stateAfter([odd]) }));

    expect(page).toContain("&lt;script&gt;");
    expect(page).not.toContain("<script");
  });

  it("does not list pods without end", async () => {
    const many = Array.from({ length: 300 }, (_, n) => pod({ id: `p${n}`, name: `worker-${n}` }));
    const full = { ...look, pods: many };
    const policy = policyWith();

    const read = wordsOn(
      await pageOf(
        keptOfBeat({ look: full, state: stateAfter([full], policy), orders: ordersWith(policy) }),
      ),
    );

    expect(read).toContain("Pods running: 300");
    expect(read).toContain("And 200 more that run.");
  });
});

describe("a link to the page", () => {
  const address = {
    url: "https://guard.example/",
    account: "main",
    beatKey: "a-beat-key-of-this-test-and-of-no-other",
  };
  const untilMs = startMs + 60 * minuteMs;

  it("is good until its end, and says nothing of the key", async () => {
    const link = await pageLink(address, untilMs);

    expect(link).toMatch(/^https:\/\/guard\.example\/page\/main\?until=\d+&sig=[0-9a-f]{64}$/);
    expect(link).not.toContain(address.beatKey);
    expect(await isPageLink(new URL(link), address, untilMs - 1)).toBe(true);
    expect(await isPageLink(new URL(link), address, untilMs)).toBe(false);
  });

  it.for<[sentence: string, change: (link: string) => string, changes: Partial<typeof address>]>([
    ["whose end was changed", (link) => link.replace(/until=\d/, "until=9"), {}],
    [
      "whose signature was changed",
      (link) => link.replace(/.$/, (last) => (last === "0" ? "1" : "0")),
      {},
    ],
    ["without a signature", (link) => link.replace(/&sig=.*/, ""), {}],
    ["without an end", (link) => link.replace(/until=\d+/, ""), {}],
    ["of another account", (link) => link, { account: "other" }],
    ["of another key", (link) => link, { beatKey: "another-key-of-another-account-than-this" }],
  ])("is not good %s", async ([, change, changes]) => {
    const link = change(await pageLink(address, untilMs));

    expect(await isPageLink(new URL(link), { ...address, ...changes }, startMs)).toBe(false);
  });
});
