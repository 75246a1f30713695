import { describe, expect, it } from "vitest";
import { hourMs, minuteMs } from "#guard/model/time.ts";
import { emptyState } from "#guard/model/state.ts";
import { summary as contract } from "#outside/summary/contract.ts";
import { summaryOf } from "#outside/summary/summary.ts";
import type { Seen } from "#guard/model/account.ts";
import * as samples from "../guard/samples.ts";
import { pod, policyWith } from "../guard/samples.ts";
import {
  type Kept,
  keptOfBeat,
  keptOfPrimary,
  keptStandingIn,
  ordersWith,
  startMs,
  stateAfter,
} from "./kept.ts";

const channels = [{ name: "phone", minSeverity: "info" }] as const;

function summed(kept: Kept, afterMs = 0) {
  const told = summaryOf(
    { account: "main", kept, channels, moments: undefined },
    startMs + afterMs,
  );
  // Whatever is answered is what was said that it would be.
  return contract.parse(JSON.parse(JSON.stringify(told)));
}

const source = { api: "rest", isConfigured: true } as const;
const seen = (changes: Partial<Seen>) => samples.seen({ source, ...changes });
const blind = (atMs: number) => ({ ...samples.blind(atMs), source });

const at = (afterMs: number): string => new Date(startMs + afterMs).toISOString();

const look = seen({ atMs: startMs, balanceUsd: 20, burnPerHrUsd: 2 });
const heard = keptOfBeat({ look, state: stateAfter([look]) });

describe("a summary of an account", () => {
  it("says that nothing was ever heard, and knows nothing", () => {
    expect(summed({})).toMatchObject({
      role: "unheard",
      beat: null,
      silent_from: null,
      acts: null,
      on_silence: null,
      own_look: null,
      balance_usd: null,
      pods: null,
      pods_running: null,
      did: [],
    });
  });

  it("has what the machine saw last, while it is heard", () => {
    expect(summed(heard, 30_000)).toMatchObject({
      role: "standby",
      beat: {
        heard_at: at(0),
        host: "gpu-box",
        next_due_at: at(minuteMs),
        late_minutes: 0,
        is_blind: false,
      },
      silent_from: at(10 * minuteMs),
      silent_since: null,
      on_silence: { acts: "guards", because: null },
      acts: null,
      standing_in: null,
      own_look: null,
      balance_usd: 20,
      burn_per_hr_usd: 2,
      hours_left: 10,
      balance_at: at(0),
      pods: [{ id: "p1", name: "trainer", status: "RUNNING", is_running: true }],
      pods_running: 1,
      pods_because: null,
      troubles: [],
    });
  });

  it.for<[sentence: string, afterMs: number, late: number, isSilent: boolean]>([
    ["on time", minuteMs, 0, false],
    ["late", 4 * minuteMs, 3, false],
    ["silent", 10 * minuteMs, 9, true],
  ])("says that a beat is %s", ([, afterMs, late, isSilent]) => {
    const { beat, silent_since: silentSince } = summed(heard, afterMs);

    expect(beat?.late_minutes).toBe(late);
    expect(silentSince).toBe(isSilent ? at(0) : null);
  });

  it("has the machine's moments by the clock here", () => {
    const hourBehind = { ...look, atMs: startMs - hourMs };
    const state = stateAfter([hourBehind]);

    const { balance_at: balanceAt, silent_from: silentFrom } = summed(
      keptOfBeat({ nowMs: startMs - hourMs, look: hourBehind, state }),
    );

    expect(balanceAt).toBe(at(0));
    expect(silentFrom).toBe(at(10 * minuteMs));
  });

  it("says that the machine is blind, what it saw last, and that this is not of now", () => {
    const failed = blind(startMs);
    const state = stateAfter([{ ...look, atMs: startMs - 5 * minuteMs }, failed]);

    expect(summed(keptOfBeat({ look: failed, state }))).toMatchObject({
      beat: { is_blind: true },
      balance_usd: 20,
      balance_at: at(-5 * minuteMs),
      pods: [{ id: "p1", status: null, is_running: null }],
      pods_because: "no poll of the guard on gpu-box works",
    });
  });

  it("does not take pods that nobody lists for none", () => {
    const unlisted = seen({ atMs: startMs, pods: "unknown" });

    expect(summed(keptOfBeat({ look: unlisted, state: stateAfter([unlisted]) }))).toMatchObject({
      pods: null,
      pods_running: null,
      balance_usd: 100,
    });
  });

  it.for<[sentence: string, changes: Parameters<typeof keptOfBeat>[0], because: string | null]>([
    ["it is asked for no more", { onSilence: "notify" }, null],
    ["the leases could not be read", { leases: null }, "its leases could not be read"],
  ])("says that it would only tell, as %s", ([, changes, because]) => {
    const kept = keptOfBeat({ look, state: stateAfter([look]), ...changes });

    expect(summed(kept).on_silence).toEqual({ acts: "tells", because });
  });

  it.for<[sentence: string, pods: ReturnType<typeof pod>, expected: object]>([
    [
      "would be stopped",
      pod(),
      {
        ends_by: "hard_timeout",
        ends_at: at(8 * hourMs),
        end_words: "stopped by the hard timeout after 8 h",
      },
    ],
    ["has a lease", pod(), { lease_ends_at: at(12 * hourMs) }],
    [
      "is protected",
      pod({ id: "k1", name: "keep-me" }),
      { is_protected: true, ends_by: "none", end_words: "nothing ends it: it is protected" },
    ],
    [
      "is locked",
      pod({ isLocked: true }),
      { kept_from_ending: "locked", end_words: "nothing ends it: it is locked" },
    ],
    [
      "has a name that nobody knows",
      pod({ name: "", rawName: undefined }),
      { kept_from_ending: "unknown", ends_by: "none" },
    ],
    ["is stopped", pod({ status: "stopped" }), { status: "EXITED", is_running: false }],
  ])("says what comes next of a pod that %s", ([, each, expected]) => {
    const policy = policyWith({
      protect: ["keep*"],
      podGuards: {
        ...policyWith().podGuards,
        hardTimeout: { action: "stop", afterMs: 8 * hourMs, pods: ["*"] },
        lease: { action: "stop", defaultMs: 12 * hourMs, maxMs: 24 * hourMs, pods: ["*"] },
      },
    });
    const shown = seen({ atMs: startMs, pods: [each] });
    const state = stateAfter([shown], policy);

    const { pods } = summed(keptOfBeat({ look: shown, state, orders: ordersWith(policy) }));

    expect(pods?.[0]).toMatchObject(expected);
  });

  it("has the thresholds that are crossed, and the ends that are owed", () => {
    const policy = policyWith({ backstop: { action: "stop", afterMs: 0 } });
    const low = seen({ atMs: startMs, balanceUsd: 0.4 });
    const state = stateAfter([low, { ...low, atMs: startMs + 1_000 }], policy);

    expect(summed(keptOfBeat({ look: low, state, orders: ordersWith(policy) }))).toMatchObject({
      thresholds: [
        { name: "warning", is: "fired", tripped_at: at(0) },
        { name: "critical", is: "fired" },
        { name: "emergency", is: "fired" },
      ],
      owed_ends: [{ pod_id: "p1", pod_name: "trainer", action: "stop", tries: 0 }],
    });
  });

  it("looks by its own eyes while it stands in, and says what it did and what it cannot", () => {
    const policy = policyWith({
      thresholds: [
        {
          name: "emergency",
          belowUsd: 10,
          answers: ["notify", "call-agent"],
          backstop: { action: "stop", afterMs: 0 },
        },
      ],
    });
    const kept = keptOfBeat({
      look,
      state: stateAfter([look], policy),
      orders: ordersWith(policy),
    });
    const low = seen({ atMs: startMs + 11 * minuteMs, balanceUsd: 9, burnPerHrUsd: 3 });

    const told = summed(keptStandingIn(kept, [low], policy), 12 * minuteMs);

    expect(told).toMatchObject({
      role: "standby",
      silent_since: at(0),
      acts: "guards",
      acts_because: null,
      standing_in: { last_heard_at: at(0), heard_again_at: null },
      own_look: { at: at(11 * minuteMs), is_seen: true, because: null },
      balance_usd: 9,
      burn_per_hr_usd: 3,
      hours_left: 3,
      balance_at: at(11 * minuteMs),
      pods: [{ id: "p1", status: "RUNNING" }],
      thresholds: [{ name: "emergency", is: "fired" }],
      did: [{ type: "start" }, { type: "backstop" }, { type: "trip", reason: "emergency" }],
      cannot: ["call an agent (threshold emergency): people are told", "run notify_command"],
    });
  });

  it("stands in for a machine that is heard and has been blind for long, by its own eyes", () => {
    const failed = blind(startMs);
    const kept = keptOfBeat({ look: failed, state: stateAfter([look, failed]) });
    const sinceMs = startMs - 11 * minuteMs;
    const beat = JSON.stringify({ ...JSON.parse(kept["beat"] ?? ""), blindSinceMs: sinceMs });
    const later = seen({ atMs: startMs + minuteMs, balanceUsd: 12 });

    expect(summed(keptStandingIn({ ...kept, beat }, [later]), 2 * minuteMs)).toMatchObject({
      beat: { is_blind: true, blind_since: at(-11 * minuteMs), late_minutes: 1 },
      silent_since: null,
      needed_from: at(-minuteMs),
      acts: "guards",
      own_look: { at: at(minuteMs), is_seen: true },
      balance_usd: 12,
      pods: [{ id: "p1", status: "RUNNING" }],
    });
  });

  it("has no look of its own before the first one, and takes none of the machine's for it", () => {
    expect(summed(keptStandingIn(heard), 10 * minuteMs).own_look).toBeNull();
  });

  it("says why it only tells, although it was asked to guard", () => {
    const kept = keptOfBeat({ look, state: stateAfter([look]), leases: null });

    expect(summed(keptStandingIn(kept), 11 * minuteMs)).toMatchObject({
      acts: "tells",
      acts_because: "its leases could not be read",
    });
  });

  it("says that it is blind itself and why, and shows what it knew last", () => {
    const failed = blind(startMs + 11 * minuteMs);

    expect(summed(keptStandingIn(heard, [failed]), 11 * minuteMs)).toMatchObject({
      own_look: { at: at(11 * minuteMs), is_seen: false, because: "connection refused" },
      balance_usd: 20,
      balance_at: at(0),
      pods: [{ id: "p1", status: null }],
      pods_because: "connection refused",
    });
  });

  it("stops no pod that nobody has spoken of, and says so", () => {
    const both = [pod(), pod({ id: "p2", name: "stranger" })];
    const later = seen({ atMs: startMs + 11 * minuteMs, pods: both });

    const { pods } = summed(keptStandingIn(heard, [later]), 11 * minuteMs);

    expect(pods?.map(({ id, kept_from_ending: held }) => [id, held])).toEqual([
      ["p1", null],
      ["p2", "protected"],
    ]);
  });

  it("is what an only guard sees, where there is no machine", () => {
    expect(summed(keptOfPrimary([look]), minuteMs)).toMatchObject({
      role: "primary",
      beat: null,
      silent_from: null,
      acts: "guards",
      own_look: { at: at(0), is_seen: true },
      balance_usd: 20,
      pods: [{ id: "p1" }],
    });
  });

  it("shows no list of an only guard that has not looked for long as one of now", () => {
    const { pods_because: because } = summed(keptOfPrimary([look]), hourMs);

    expect(because).toBe("it last looked 1 h 0 min ago");
  });

  it("says what cannot be read", () => {
    const { troubles } = summed({ ...keptOfPrimary([look]), "own.state": "{" });

    expect(troubles).toEqual(["what is kept of its state cannot be read"]);
  });

  it("says nothing of a machine's state where there is none", () => {
    expect(summed(keptOfBeat({ state: emptyState })).troubles).toEqual([]);
  });
});
