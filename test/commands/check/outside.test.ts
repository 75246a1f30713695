import { describe, expect, it } from "vitest";
import {
  type OutsideFound,
  outsideJson,
  outsideLines,
  outsideWarnings,
} from "#commands/check/outside.ts";
import { minuteMs, secondMs } from "#guard/model/time.ts";
import { summaryOf } from "#outside/summary/summary.ts";
import { seen } from "../../guard/samples.ts";
import {
  type Kept,
  keptOfBeat,
  keptOfPrimary,
  keptStandingIn,
  ordersWith,
  startMs,
  stateAfter,
} from "../../outside/kept.ts";

const url = "https://outside.example";
const beatAt = (lookedMs: number, changes: Parameters<typeof keptOfBeat>[0] = {}): Kept => {
  const look = seen({ atMs: lookedMs, balanceUsd: 20 });
  return keptOfBeat({ look, state: stateAfter([look]), ...changes });
};
const heard = beatAt(startMs);
const dryOrders = ordersWith(undefined, { isDry: true });

function answering(
  kept: Kept,
  laterMs = 20 * secondMs,
  isOfConfig: (OutsideFound & { kind: "answers" })["isOfConfig"] = {
    secrets: true,
    rules: undefined,
  },
): OutsideFound {
  const summary = summaryOf(
    { account: "main", kept, channels: [], moments: undefined },
    startMs + laterMs,
  );
  return { kind: "answers", url, summary, isOfConfig };
}

function silent(because: string, isRefused = false): OutsideFound {
  return { kind: "not-asked", url, because, isRefused };
}

describe("the line of the guard outside", () => {
  it.each<[string, OutsideFound, string]>([
    ["it would stop pods", answering(heard), "answers, heard gpu-box 20 s ago, would stop pods"],
    [
      "it was asked only to tell",
      answering(beatAt(startMs, { onSilence: "notify" })),
      "answers, heard gpu-box 20 s ago, would tell, and stop nothing",
    ],
    [
      "it has heard nothing yet",
      answering({}),
      "answers, has heard no beat of this account yet, would do nothing but tell",
    ],
    [
      "it stands in",
      answering(keptStandingIn(heard), 30 * minuteMs),
      "answers, heard gpu-box 30 min ago, acts in its place: stops pods",
    ],
    [
      "it has no machine",
      answering(keptOfPrimary([])),
      "answers, is the account's only guard, stops pods",
    ],
    [
      "it has no machine, and does nothing",
      answering(keptOfPrimary([], dryOrders)),
      "answers, is the account's only guard, in a dry run: stops nothing",
    ],
    [
      "nobody answers",
      silent("the connection was refused"),
      "NOT REACHED (the connection was refused): if this machine dies, nobody acts",
    ],
    [
      "it knows another key",
      silent("it refuses: the signature is not that of this account (HTTP 403)", true),
      "DOES NOT KNOW this account by this key: if this machine dies, nobody acts",
    ],
  ])("%s", (_sentence, found, words) => {
    expect(outsideLines(found)).toEqual([`outside: ${words}`]);
  });

  it("is not there where the config has none", () => {
    expect(outsideLines(undefined)).toEqual([]);
    expect(outsideJson(undefined)).toBe(null);
    expect(outsideWarnings(undefined, { configPath: "c.json", dryRun: false }, 1)).toEqual([]);
  });
});

describe("what is warned of", () => {
  const pid = 7;
  const blindPods = beatAt(startMs, { leases: null });
  const same = { secrets: true, rules: true };

  it.each<[string, OutsideFound, number | undefined, boolean, readonly RegExp[]]>([
    ["all is well", answering(heard), pid, false, []],
    ["a daemon that does not run is not heard", answering({}), undefined, false, []],
    ["no machine, and all is well", answering(keptOfPrimary([]), 0, same), undefined, false, []],
    ["it does not answer", silent("no way"), pid, false, [/was not reached: no way; if this/]],
    ["it knows another key", silent("no", true), pid, false, [/does not know.*outside deploy$/]],
    ["it never heard the daemon", answering({}), pid, false, [/no beat of the daemon \(pid 7\)/]],
    [
      "it has not heard the daemon for long",
      answering(heard, 30 * minuteMs),
      pid,
      false,
      [/the daemon runs \(pid 7\), and nothing was heard of it there for 30 min/],
    ],
    ["a dry run", answering({}), pid, true, [/a dry run sends it no beats/]],
    ["two act", answering(keptOfPrimary([])), pid, false, [/only guard, and a daemon runs here/]],
    [
      "it would not do what it was asked to",
      answering(blindPods),
      pid,
      false,
      [/would stop nothing: its leases could not be read/, /leases could not be read/],
    ],
    [
      "its secrets are older than the config",
      answering(heard, 0, { secrets: false, rules: undefined }),
      pid,
      false,
      [/its secrets are not those of this config; .*outside deploy$/],
    ],
    [
      "its rules are older than the config",
      answering(keptOfPrimary([]), 0, { secrets: true, rules: false }),
      undefined,
      false,
      [/rules that are not those of this config; .*outside deploy --primary$/],
    ],
  ])("%s", (_sentence, found, guardPid, dryRun, words) => {
    const warnings = outsideWarnings(found, { configPath: "c.json", dryRun }, guardPid);

    expect(warnings).toEqual(words.map((each) => expect.stringMatching(each) as unknown));
    for (const each of warnings) expect(each).toMatch(/^outside: /);
  });
});

it("is said to programs, too", () => {
  expect(outsideJson(answering(heard))).toEqual({
    url,
    answers: true,
    knows_this_account: true,
    because: null,
    role: "standby",
    heard_at: "2026-11-27T12:00:00.000Z",
    heard_from: "gpu-box",
    acts_now: null,
    acts_on_silence: "guards",
    has_these_secrets: true,
    has_these_rules: null,
  });
  expect(outsideJson(silent("no way"))).toMatchObject({
    answers: false,
    knows_this_account: null,
    because: "no way",
    role: null,
  });
  expect(outsideJson(silent("no", true))).toMatchObject({ knows_this_account: false });
});
