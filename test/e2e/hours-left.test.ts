import { describe, expect, it, type TestContext } from "vitest";
import { answer, startService } from "../notify/services/service.ts";
import { type Guard, guardWith, type Json, looksOf, until } from "./guard.ts";
import { without } from "./without-fields.ts";

const pods = [
  { id: "t1", name: "trainer", costPerHrUsd: 0.5 },
  { id: "e1", name: "eval", costPerHrUsd: 1.5 },
];
const soon = { name: "soon", below_hours: 2, prompt: "-" };

/** Three more polls were answered: what the first two showed was decided on. */
async function polledOn(guard: Guard): Promise<void> {
  const before = looksOf(guard).length;
  await until("more polls", () => looksOf(guard).length >= before + 3);
}

async function guardTold(test: TestContext, thresholds: readonly object[]) {
  const { origin, got } = await startService(answer(202, ""));
  const config = { claude_command: [], thresholds, notify: [{ type: "webhook", url: origin }] };
  const guard = await guardWith(test, { balanceUsd: 20, pods, config });
  return { guard, told: () => got.map(({ body }) => JSON.parse(body) as Json) };
}

describe.concurrent("a threshold in hours", () => {
  it("is told once, with the balance, the burn, what is left and who costs most", async (test) => {
    const { guard, told } = await guardTold(test, [soon]);
    guard.watch();
    await polledOn(guard);
    expect(told()).toEqual([]);

    guard.simulator.account.setBalance(3.9);
    await until("it is told", () => told().length > 0);
    guard.simulator.account.setBalance(3.5);
    await polledOn(guard);

    expect(told()).toMatchObject([
      {
        event: "trip",
        text: "Balance $3.90 lasts 1.9 h at $2.00/h, less than 2 h",
        balance_usd: 3.9,
        burn_per_hour_usd: 2,
        hours_left: 1.95,
        pods: [
          { id: "e1", name: "eval", cost_per_hour_usd: 1.5 },
          { id: "t1", name: "trainer", cost_per_hour_usd: 0.5 },
        ],
      },
    ]);
    const { stdout } = await guard.command("status");
    expect(stdout).toMatch(/soon +2 h left +fired /);
  });

  it("is not crossed while nobody knows the burn, as one in dollars is beside it", async (test) => {
    const { guard, told } = await guardTold(test, [
      soon,
      { name: "last", below_usd: 1, prompt: "-" },
    ]);
    guard.configure(await without(["currentSpendPerHr", "costPerHr", "cost"], test, guard));
    guard.watch();
    await polledOn(guard);

    guard.simulator.account.setBalance(1.01);
    await polledOn(guard);
    expect(told()).toEqual([]);
    guard.simulator.account.setBalance(0.9);
    await until("it is told", () => told().length > 0);
    await polledOn(guard);

    expect(told()).toMatchObject([
      { text: "Balance $0.90 is below $1.00", burn_per_hour_usd: null, hours_left: null },
    ]);
  });
});
