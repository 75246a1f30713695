import { describe, expect, it } from "vitest";
import { endsAskedOf, type Guard, guardWith, looksOf, told, until } from "./guard.ts";

const pod = { id: "t1", name: "team-a", costPerHrUsd: 1.49 };
const daily = { name: "daily", usd: 1, per: "day" };
const thresholds = [{ name: "last", below_usd: 0.01, prompt: "-" }];

/** Three more polls were answered: what the first two showed was decided on. */
async function polledOn(guard: Guard): Promise<void> {
  const before = looksOf(guard).length;
  await until("more polls", () => looksOf(guard).length >= before + 3);
}

const toldOf = (guard: Guard, words: RegExp): number =>
  guard.calls("notify").filter(({ args }) => words.test(args.join(" "))).length;

describe.concurrent("a daily budget", () => {
  it("is told at 80 % and when it is used up, each once, also over kill -9", async (test) => {
    const config = { thresholds, budgets: [{ ...daily, action: "notify" }] };
    const guard = await guardWith(test, { notify: "", balanceUsd: 20, pods: [pod], config });
    const first = guard.watchApart();
    await polledOn(guard);
    guard.simulator.account.setBalance(19.15);
    await told(guard, /the account has spent \$0\.8\d of \$1\.00 today \(8\d %\)/);
    guard.simulator.account.setBalance(18.9);
    await told(guard, /of \$1\.00 today: the budget is used up/);
    // Killed before it is settled, it may come twice.
    await polledOn(guard);
    first.signal("SIGKILL");
    await first.ended;

    guard.watch();
    await polledOn(guard);
    guard.simulator.account.setBalance(18.5);
    await polledOn(guard);

    expect(toldOf(guard, /the budget is used up/)).toBe(1);
    expect(toldOf(guard, /\(8\d %\)/)).toBe(1);
    const { stdout } = await guard.command("status");
    expect(stdout).toMatch(/daily {2}\$1\.[45]\d of \$1\.00 today \(1[45]\d %\), USED UP/);
  });

  it("of which money is paid in is not used up by that", async (test) => {
    const config = { thresholds, budgets: [{ ...daily, action: "notify" }] };
    const guard = await guardWith(test, { notify: "", balanceUsd: 5, pods: [pod], config });
    guard.watch();
    await polledOn(guard);

    for (const balanceUsd of [4.7, 30, 29.8]) {
      guard.simulator.account.setBalance(balanceUsd);
      await polledOn(guard);
    }

    const { stdout } = await guard.command("status", "--json");
    const { budgets } = JSON.parse(stdout) as {
      budgets: { spent_usd: number; topped_up_usd: number }[];
    };
    expect(budgets[0]?.spent_usd).toBeCloseTo(0.5, 1);
    expect(budgets[0]?.topped_up_usd).toBeCloseTo(25.3, 1);
    expect(toldOf(guard, /used up/)).toBe(0);
  });

  it("that freezes stops what runs and what starts, until a person lifts it", async (test) => {
    const config = {
      thresholds,
      guards: { warn_minutes: 0 },
      budgets: [{ ...daily, action: "stop", freeze: true }],
      protect: ["keep"],
    };
    const kept = { id: "k1", name: "keep", costPerHrUsd: 1 };
    const guard = await guardWith(test, { notify: "", balanceUsd: 20, pods: [pod, kept], config });
    const { account } = guard.simulator;
    guard.watch();
    await polledOn(guard);
    account.setBalance(18.9);
    await until("the stop", () => account.pod("t1")?.status === "EXITED");
    account.resumePod("t1");
    await until("the second stop", () => endsAskedOf(guard).length >= 2);
    await until("it to be off", () => account.pod("t1")?.status === "EXITED");

    const lifted = await guard.command("unfreeze", "daily");
    await told(guard, /lifted by hand/);
    account.resumePod("t1");
    await polledOn(guard);

    expect(lifted.stdout).toMatch(/Budget daily is lifted until/);
    expect(account.pod("t1")?.status).toBe("RUNNING");
    expect(endsAskedOf(guard)).toEqual(["t1", "t1"]);
    expect(account.pod("k1")?.status).toBe("RUNNING");
  });
});
