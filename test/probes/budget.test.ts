import { describe, expect, it } from "vitest";
import { createBudget } from "#probes/budget.ts";

describe("a budget", () => {
  it("lets through at once what it has, and the rest when it has it again", async () => {
    let now = 0;
    const budget = createBudget(100_000, () => now);
    const done: string[] = [];

    await budget(1_000).then(() => done.push("first"));
    const second = budget(1_000).then(() => done.push("second"));
    const third = budget(1).then(() => done.push("third"));
    await Promise.resolve();
    const atOnce = [...done];
    await Promise.all([second, third]);

    expect(atOnce).toEqual(["first"]);
    expect(done).toEqual(["first", "second", "third"]);
    now = 1_000;
    await budget(1);
  });

  it("saves nothing up for a rush", async () => {
    let now = 1_000_000;
    const budget = createBudget(100_000, () => now);
    await budget(1);
    now += 1_000_000;
    let isThrough = false;

    await budget(2_000);
    const next = budget(1).then(() => (isThrough = true));
    await Promise.resolve();

    expect(isThrough).toBe(false);
    await next;
  });
});
