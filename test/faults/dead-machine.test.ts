import { expect, it } from "vitest";
import { deadMachine, type Outside } from "../bench/faults/dead-machine.ts";

const scenario = { burnPerHrUsd: 24, leadMs: 1_000, speed: 60 } as const;

it.concurrent(
  "a machine that dies while the balance falls costs no more than its silence, a look and the stop",
  async () => {
    const died = await deadMachine({ ...scenario, outside: "guard" });

    expect(died.usd ?? Infinity).toBeLessThanOrEqual(died.boundUsd);
    expect(died.isProtectedUntouched).toBe(true);
  },
);

it.concurrent.each<[outside: Outside, isTold: boolean]>([
  ["notify", true],
  ["none", false],
])(
  "without a guard outside that may stop pods (%s) they run on, and people are told: %s",
  async (outside, isTold) => {
    const died = await deadMachine({ ...scenario, outside });

    expect(died.usd).toBeUndefined();
    expect(died.toldAfterMs !== undefined).toBe(isTold);
  },
);
