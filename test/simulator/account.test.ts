import { expect, it } from "vitest";
import { createAccount, type AccountOptions, type SimulatedAccount } from "#simulator/account.ts";

const hourMs = 3_600_000;

function accountAt(options: Partial<AccountOptions> = {}) {
  let ms = 0;
  const account = createAccount({ balanceUsd: 10, ...options, nowMs: () => ms });
  return { account, afterHours: (hours: number) => (ms = hours * hourMs) };
}

const changes: [string, (account: SimulatedAccount) => void, number][] = [
  ["nothing changes", () => {}, 6],
  ["a pod is stopped", (account) => account.stopPod("a"), 8],
  ["a pod is terminated", (account) => account.terminatePod("a"), 8],
  ["a pod is added", (account) => account.addPod({ costPerHrUsd: 1 }), 5],
  ["the account is topped up", (account) => account.topUp(20), 26],
  ["the balance is set", (account) => account.setBalance(7), 5],
  ["something else starts to drain", (account) => account.setOtherBurn(0.5), 5.5],
  ["telemetry changes", (account) => account.setTelemetry("a", null), 6],
];

it.each(changes)("the balance drains exactly when, after an hour, %s", (_when, change, leftUsd) => {
  const { account, afterHours } = accountAt();
  account.addPod({ id: "a", costPerHrUsd: 2 });
  afterHours(1);

  change(account);
  afterHours(2);

  expect(account.balanceUsd()).toBe(leftUsd);
});

it("looking often gives the same cents as looking once", () => {
  const often = accountAt();
  const once = accountAt();
  for (const { account } of [often, once]) account.addPod({ costPerHrUsd: 0.1 });

  for (let step = 0; step <= 700; step++) {
    often.afterHours(step / 100);
    often.account.balanceUsd();
  }
  once.afterHours(7);

  expect(often.account.balanceUsd()).toBe(once.account.balanceUsd());
  expect(often.account.spentUsd()).toBe(once.account.spentUsd());
});

it("at $0 a network volume saves the data, and the crossing is dated though nobody looked", () => {
  const { account, afterHours } = accountAt();
  account.addPod({ id: "kept", costPerHrUsd: 1, networkVolumeId: "volume" });
  account.addPod({ id: "lost", costPerHrUsd: 3 });

  afterHours(100);

  const atMs = 2.5 * hourMs;
  expect(account.ended()).toEqual([
    { podId: "kept", how: "balance-ran-out", atMs, dataLost: false },
    { podId: "lost", how: "balance-ran-out", atMs, dataLost: true },
  ]);
  expect(account.pods()).toMatchObject([{ id: "kept", status: "EXITED", statusChangedAtMs: atMs }]);
  expect(account.balanceUsd()).toBe(0);
  expect(account.burnPerHrUsd()).toBe(0);
  expect(account.spentUsd()).toBe(10);
});

it("what is not a pod drains on below $0", () => {
  const { account, afterHours } = accountAt({ otherBurnPerHrUsd: 1 });
  account.addPod({ costPerHrUsd: 4 });

  afterHours(5);

  expect(account.balanceUsd()).toBe(-3);
  expect(account.ended()).toMatchObject([{ atMs: 2 * hourMs }]);
});

it("a stop and an end each remember whether data was lost", () => {
  const { account, afterHours } = accountAt();
  account.addPod({ id: "stopped", costPerHrUsd: 1 });
  account.addPod({ id: "ended", costPerHrUsd: 1 });
  account.addPod({ id: "ended with a volume", costPerHrUsd: 1, networkVolumeId: "volume" });
  afterHours(1);

  account.stopPod("stopped");
  account.stopPod("stopped");
  account.terminatePod("ended");
  account.terminatePod("ended with a volume");

  expect(account.ended()).toEqual([
    { podId: "stopped", how: "stopped", atMs: hourMs, dataLost: false },
    { podId: "ended", how: "terminated", atMs: hourMs, dataLost: true },
    { podId: "ended with a volume", how: "terminated", atMs: hourMs, dataLost: false },
  ]);
  expect(account.pods()).toMatchObject([{ id: "stopped", status: "EXITED" }]);
});

it("a stopped pod resumes and drains again", () => {
  const { account, afterHours } = accountAt();
  account.addPod({ id: "a", costPerHrUsd: 2, status: "EXITED" });
  afterHours(1);

  account.resumePod("a");
  afterHours(2);

  expect(account.balanceUsd()).toBe(8);
  expect(account.pod("a")).toMatchObject({ status: "RUNNING", startedAtMs: hourMs });
});

const refusals: [string, (account: SimulatedAccount) => void, string][] = [
  ["stopping a pod that is not there", (account) => account.stopPod("b"), "Pod b not found"],
  ["ending a pod that is not there", (account) => account.terminatePod("b"), "Pod b not found"],
  ["stopping a locked pod", (account) => account.stopPod("locked"), "Pod locked is locked"],
  [
    "resuming without money",
    (account) => {
      account.setBalance(0);
      account.resumePod("stopped");
    },
    "balance is too low",
  ],
];

it.each(refusals)("%s is refused", (_what, act, words) => {
  const { account } = accountAt();
  account.addPod({ id: "locked", costPerHrUsd: 1, locked: true });
  account.addPod({ id: "stopped", costPerHrUsd: 1, status: "EXITED", networkVolumeId: "volume" });

  expect(() => act(account)).toThrow(words);
});
