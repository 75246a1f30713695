import { expect, it } from "vitest";
import { page } from "#page/parts/page.ts";
import { minuteMs } from "#page/words/spans.ts";
import { event, operation, status } from "../samples.ts";
import { sceneAfter, stateWith } from "../seen-page.ts";
import { wordsOf } from "../words-of.ts";

function seen(changes: Parameters<typeof status>[0] = {}, afterMs = 0): string {
  return wordsOf(page(sceneAfter(afterMs, stateWith(status(changes)))));
}

it.each([
  ["the balance", "$42.17"],
  ["the burn", "Burning\n$4.48/h"],
  ["how long it lasts", "Lasts\n9 h 24 min ($0 at 11:24)"],
  ["the worst case", "Worst case\n$11.20"],
  ["the thresholds", "critical $2.00 (armed, below it from 10:58 at this burn)"],
  ["what comes next", "in 2 h 30 minStop pod trainer (p1)"],
  ["a guard and what it will do next", "in 2 h 30 min: stop pod trainer (p1)"],
  ["an event with its reason", "Stopped: idle eval-sweep"],
  ["dollars saved", "At most $61.40 saved in 7 days"],
])("it shows %s", (_sentence, words) => {
  expect(seen()).toContain(words);
});

it("a warning of an end does not read as that end", () => {
  const warned = event({ type: "warn", reason: "lease_expired", because: "ends in 14 min" });

  const words = seen({ events: [warned] });

  expect(words).toContain("Warned: lease eval-sweep");
  expect(words).not.toContain("expired");
});

it("a guard whose polls fail does not stand there as live and well", () => {
  expect(seen()).toContain("Live, polled just now");
  expect(seen({ error: "HTTP 500" })).toContain(
    "Live, but RunPod is not seen: polled just now in vain",
  );
});

it("an unknown balance is never $0, and says what it was", () => {
  const words = seen({
    balance_usd: null,
    burn_per_hr_usd: null,
    hours_left: null,
    worst_case: { usd: null, until: null, words: "unknown: the account is not seen" },
    last_balance: { at: "2026-03-09T01:56:00.000Z", balance_usd: 42.17, burn_per_hr_usd: 4.48 },
  });

  expect(words).toContain("Unknown\nIt was $42.17 4 min ago, at 01:56.");
  expect(words).toContain("Burning\nUnknown (was $4.48/h)");
  expect(words).toContain("Lasts\nUnknown");
  expect(words).toContain("Worst case\nUnknown (unknown: the account is not seen)");
  expect(words).not.toContain("$0");
});

it("what a balance must be by now is an estimate, and said to be one", () => {
  const words = seen({
    balance_usd: null,
    last_balance: { at: "2026-03-09T01:56:00.000Z", balance_usd: 42.17, burn_per_hr_usd: 4.48 },
    estimated_balance: {
      balance_usd: 41.87,
      burn_per_hr_usd: 4.48,
      last_usd: 42.17,
      last_at: "2026-03-09T01:56:00.000Z",
    },
  });

  expect(words).toContain("About $41.87 by now, estimated at $4.48/h.");
});

it("nothing burning is not the same as not knowing", () => {
  expect(seen({ burn_per_hr_usd: 0, hours_left: null })).toContain("Lasts\nNothing burns");
  expect(seen({ burn_per_hr_usd: null, hours_left: null })).toContain("Lasts\nUnknown");
});

it("how long the balance lasts counts down", () => {
  expect(seen({}, 24 * minuteMs)).toContain("Lasts\n9 h ($0 at 11:24)");
});

it("what burns that no pod explains is shown, and what nobody knows of it too", () => {
  const known = {
    since: "2026-03-09T01:00:00.000Z",
    usd_per_hr: 1.2,
    words: "$1.20/h that no pod explains",
  };
  const unknown = {
    since: null,
    usd_per_hr: null,
    words: "Whether anything burns that no pod explains is unknown",
  };

  expect(seen({ unexplained: known })).toContain("$1.20/h that no pod explains ( since 01:00)");
  expect(seen({ unexplained: unknown })).toContain("is unknown");
  expect(seen()).not.toContain("Burning without a pod");
});

it("what was asked for by hand stays to be seen, also of a pod that is gone", () => {
  const ended = operation({
    pod_id: "gone",
    pod_name: "old-one",
    action: "terminate",
    state: "unproven",
  });

  const words = seen({ operations: [ended] });

  expect(words).toMatch(
    /By hand[^]*Terminate old-one[^]*Not proven[^]*It may still run and cost money/,
  );
});

it("an event says nothing twice", () => {
  const started = event({
    id: "e1",
    type: "start",
    reason: null,
    because: "started",
    cost_usd: 0.0001,
  });
  const daemon = event({
    id: "e2",
    type: "daemon",
    reason: null,
    because: "daemon started",
    pod_name: null,
    cost_usd: null,
  });

  const words = seen({ events: [started, daemon] });

  expect(words).toMatch(/\nStarted eval-sweep\n/);
  expect(words).toMatch(/\nDaemon started\n/);
});
