import { describe, expect, it } from "vitest";
import { accountJson } from "#commands/status/all/json.ts";
import type { AccountStatus } from "#commands/status/all/read-all.ts";
import { accountLines } from "#commands/status/all/text.ts";
import { UserError } from "#errors.ts";
import { emptyState } from "#guard/model/state.ts";
import type { PodReport } from "#report/pod.ts";
import { reportOf, type StatusReport } from "#report/status/status.ts";
import { widthOf } from "#terminal/text-width.ts";
import { policy, seen } from "../../../guard/samples.ts";
import { paint } from "../paint.ts";

const minuteMs = 60_000;
const nowMs = 1_000 * 60 * minuteMs;
const pod = (uptimeMs: PodReport["uptimeMs"]) => ({ uptimeMs }) as PodReport;

/** A daemon that runs and sees, and nothing that is wrong. */
const well: StatusReport = {
  ...reportOf(
    {
      settings: { api: "auto", channels: [], schedules: [] },
      policy,
      nowMs,
      look: seen({ atMs: nowMs, balanceUsd: 90, burnPerHrUsd: 2, pods: [] }),
      measured: { kind: "unmeasured", atMs: nowMs, because: "no" },
      saved: { ...emptyState, lookedAtMs: nowMs },
      runs: {},
      moments: undefined,
      book: { leases: {}, touchedAtMs: {} },
      guardPid: 123,
      unread: undefined,
      changeOver: undefined,
      troubles: [],
    },
    undefined,
  ),
  isNobodyTold: false,
  thresholds: [],
};

function account(changes: Partial<StatusReport> = {}, fault?: UserError): AccountStatus {
  const report = { ...well, ...changes };
  return {
    name: "lab",
    configPath: "/lab.json",
    found: { kind: "read", report, fault },
    sameKeyAs: [],
  };
}

function rowOf(one: AccountStatus): string {
  return (accountLines([one], paint, Infinity)[1] ?? "").replaceAll(/ {2,}/g, "  ");
}

const figures = "lab  $90.00  $2.00/h  45.0  0";
const threshold = (name: string, is: "armed" | "fired" | "unknown") =>
  ({ name, belowUsd: 10, belowHours: undefined, is, by: "guard", trippedAtMs: nowMs }) as const;

describe("the row of an account", () => {
  it("has nothing behind it where nothing is wrong", () => {
    expect(rowOf(account())).toBe(figures);
  });

  it.each<[string, Partial<StatusReport>, string]>([
    [
      "its daemon does not run",
      { guardPid: undefined, lookedAtMs: nowMs - 5 * minuteMs },
      "<red>daemon NOT RUNNING, last poll 5 min ago</red>",
    ],
    [
      "no daemon ever ran",
      { guardPid: undefined, lookedAtMs: undefined },
      "<red>daemon NOT RUNNING</red>",
    ],
    ["it begins", { lookedAtMs: undefined }, "<red>the daemon has not polled yet</red>"],
    [
      "its daemon hangs",
      { isLate: true, lookedAtMs: nowMs - 20 * minuteMs },
      "<red>LAST POLL 20 min ago</red>",
    ],
    [
      "its daemon does not see",
      { unseen: [{ what: "the pods", sinceMs: nowMs - 7 * minuteMs }] },
      "<red>BLIND to the pods for 7 min</red>",
    ],
    [
      "it is below thresholds: the most severe",
      {
        thresholds: [
          threshold("warning", "fired"),
          threshold("critical", "fired"),
          threshold("emergency", "armed"),
        ],
      },
      "<red>below critical</red>",
    ],
    ["whether it is below is unknown", { thresholds: [threshold("warning", "unknown")] }, ""],
    ["nobody would hear of it", { isNobodyTold: true }, "<red>nobody is told</red>"],
    [
      "something fails",
      { troubles: ["log file: ENOSPC"] },
      "<yellow>trouble: log file: ENOSPC</yellow>",
    ],
    [
      "two things are so",
      { guardPid: undefined, lookedAtMs: undefined, troubles: ["x"] },
      "<red>daemon NOT RUNNING; trouble: x</red>",
    ],
  ])("tells that %s", (_sentence, changes, words) => {
    expect(rowOf(account(changes))).toBe(`${figures}  ${words}`.trim());
  });

  it("tells what was seen last where RunPod is not seen, and takes it for no figure", () => {
    const found = account(
      {
        balance: undefined,
        blind: { kind: "blind", atMs: nowMs, cause: "key-refused", because: "no" },
        pods: [pod(minuteMs)],
        podsOfMs: nowMs - minuteMs,
        lastBalance: { atMs: nowMs - 3 * minuteMs, balanceUsd: 12, burnPerHrUsd: 1 },
      },
      new UserError("RunPod refused the API key: no."),
    );

    expect(rowOf(found)).toBe(
      "lab  ?  ?  ?  ?  <red>RunPod refused the API key: no; $12.00 3 min ago</red>",
    );
  });

  it.each<[string, Partial<StatusReport>, string]>([
    ["those that run", { pods: [pod(1), pod("unknown")] }, "2"],
    ["those that run, of all", { pods: [pod(1), pod("none"), pod("none")] }, "1 of 3"],
    ["that some could not be read", { pods: [pod(1)], unreadablePods: 1 }, "1 + ?"],
    ["that none is known", { pods: undefined }, "?"],
  ])("counts %s", (_sentence, changes, words) => {
    expect(rowOf(account(changes))).toBe(`lab  $90.00  $2.00/h  45.0  ${words}`);
  });

  it.each<[string, Partial<StatusReport>, string]>([
    [
      "burn",
      { balance: { atMs: nowMs, balanceUsd: 5, burnPerHrUsd: undefined } },
      "$5.00  ?  ?  0",
    ],
    [
      "end of the money",
      { balance: { atMs: nowMs, balanceUsd: 5, burnPerHrUsd: 0 } },
      "$5.00  $0.00/h  unlimited  0",
    ],
  ])("never fills in an unknown %s", (_sentence, changes, words) => {
    expect(rowOf(account(changes))).toBe(`lab  ${words}`);
  });

  it("that cannot be read has why in it, whatever its config is called", () => {
    const found: AccountStatus = {
      name: "\u001b[2Jodd",
      configPath: "/odd.json",
      found: { kind: "unread", error: new UserError("It cannot be used:\n  a  is wrong") },
      sameKeyAs: [],
    };

    expect(rowOf(found)).toBe(
      " [2Jodd  ?  ?  ?  ?  <red>CANNOT BE READ: It cannot be used: a is wrong</red>",
    );
    expect(accountJson(found)).toMatchObject({
      account: "\u001b[2Jodd",
      error: "It cannot be used:\n  a  is wrong",
      balance_usd: null,
      pods: null,
      daemon: null,
    });
  });

  it("with the key of others names them", () => {
    const found = { ...account(), sameKeyAs: ["main", "prod"] };

    expect(rowOf(found)).toBe(`${figures}  <red>has the API key of main, prod</red>`);
    expect(accountJson(found)).toMatchObject({ same_key_as: ["main", "prod"] });
  });
});

it.each([60, 80])("the table fits %d columns, with names of any length whole", (columns) => {
  const plain = { red: asItIs, yellow: asItIs, bold: asItIs };
  const names = ["a", "some-account-with-a-name-of-40-characters"];
  const accounts = names.map((name) => ({
    ...account({ guardPid: undefined, troubles: ["the load of the pods could not be read"] }),
    name,
  }));

  const lines = accountLines(accounts, plain, columns);

  // What is said of columns that were left out is broken where it is printed.
  const wide = lines.filter((line) => widthOf(line) > columns && !line.startsWith("(no room"));
  expect(wide).toEqual([]);
  for (const name of names) expect(lines.some((line) => line.startsWith(name))).toBe(true);
  expect(lines.join(" ")).toContain("NOT RUNNING");
});

function asItIs(text: string): string {
  return text;
}
