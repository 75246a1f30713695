import { setImmediate as nextTurn } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { createTurns } from "#effects/turns.ts";
import { createFakeClock } from "../fake-clock.ts";

function turnsAt() {
  const clock = createFakeClock();
  const turns = createTurns(clock);
  const done: string[] = [];
  const { signal } = new AbortController();
  /** Begins an end that the test finishes. */
  function begin(by: "guard" | "person", name: string, podId = "p1", within = signal) {
    let finish = (): void => undefined;
    const finished = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const over = turns.take(
      podId,
      async (hasWaited) => {
        done.push(`${name} begins${hasWaited ? " after waiting" : ""}`);
        await finished;
        return name;
      },
      { by, patienceMs: 30_000, signal: within, onWait: () => void done.push(`${name} waits`) },
    );
    return { finish, over };
  }
  return { clock, done, begin };
}

describe("two who end the same pod", () => {
  it.each([
    ["person", "guard"],
    ["guard", "person"],
    ["person", "person"],
  ] as const)("do so one after the other: a %s, then a %s", async (one, other) => {
    const { done, begin } = turnsAt();

    const first = begin(one, "first");
    const second = begin(other, "second");
    await nextTurn();
    expect(done).toEqual(["first begins", "second waits"]);
    first.finish();
    await first.over;
    await nextTurn();

    expect(done.at(-1)).toBe("second begins after waiting");
    second.finish();
    expect(await second.over).toBe("second");
  });

  it("do not wait for each other where both are guards: nothing delays the guard but a person", async () => {
    const { done, begin } = turnsAt();

    begin("guard", "backstop");
    begin("guard", "idle");
    await nextTurn();

    expect(done).toEqual(["backstop begins", "idle begins"]);
  });

  it("do not wait where it is not the same pod", async () => {
    const { done, begin } = turnsAt();

    begin("person", "first", "p1");
    begin("guard", "second", "p2");
    await nextTurn();

    expect(done).toEqual(["first begins", "second begins"]);
  });

  it("do not wait for ever for one that hangs", async () => {
    const { clock, done, begin } = turnsAt();

    begin("person", "first");
    begin("guard", "second");
    await clock.advanceTo(29_999);
    expect(done).toEqual(["first begins", "second waits"]);
    await clock.advanceTo(30_000);
    await nextTurn();

    expect(done.at(-1)).toBe("second begins after waiting");
  });

  it("do not wait any longer once interrupted", async () => {
    const { done, begin } = turnsAt();
    const interrupting = new AbortController();

    begin("person", "first");
    begin("guard", "second", "p1", interrupting.signal);
    interrupting.abort();
    await nextTurn();

    expect(done.at(-1)).toBe("second begins after waiting");
  });

  it("have their turn after one that fails, too", async () => {
    const turns = createTurns(createFakeClock());
    const { signal } = new AbortController();
    const waiting = { by: "person", patienceMs: 1, signal } as const;

    const failing = turns.take("p1", () => Promise.reject(new Error("a fault")), waiting);
    const after = turns.take("p1", () => Promise.resolve("done"), waiting);

    await expect(failing).rejects.toThrow("a fault");
    expect(await after).toBe("done");
  });
});
