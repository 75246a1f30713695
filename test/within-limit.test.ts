import { describe, expect, it } from "vitest";
import { oneAtATime, withinLimit } from "#within-limit.ts";
import { createFakeClock } from "./fake-clock.ts";

const never = new Promise<never>(() => {});

/** Work that ends when the test says so. */
function work() {
  let done: (result: string) => void = () => undefined;
  const promise = new Promise<string>((resolve) => (done = resolve));
  return { promise, done };
}

describe("work within a limit", () => {
  it("gives what it gives", async () => {
    expect(await withinLimit(Promise.resolve("it"), 2_000, createFakeClock())).toBe("it");
  });

  it("throws what it throws", async () => {
    const full = Promise.reject(new Error("ENOSPC"));

    await expect(withinLimit(full, 2_000, createFakeClock())).rejects.toThrow("ENOSPC");
  });

  it("that hangs is not waited for any longer", async () => {
    const clock = createFakeClock();
    const limited = withinLimit(never, 2_000, clock);
    const outcome = limited.catch((error: unknown) => String(error));

    await clock.advanceTo(2_000);

    expect(await outcome).toBe("GivenUp: not done after 2 s");
  });

  it("that is done in the last moment is done", async () => {
    const clock = createFakeClock();
    const { promise, done } = work();
    const limited = withinLimit(promise, 2_000, clock);

    await clock.advanceTo(1_999);
    done("it");

    expect(await limited).toBe("it");
  });

  it("that fails after the limit fails nobody", async () => {
    const clock = createFakeClock();
    let fail: (error: Error) => void = () => undefined;
    const late = new Promise<never>((_, reject) => (fail = reject));
    const limited = withinLimit(late, 2_000, clock).catch(() => "given up");
    await clock.advanceTo(2_000);

    fail(new Error("too late"));

    expect(await limited).toBe("given up");
  });
});

describe("one at a time", () => {
  it("begins nothing while the last work hangs, and goes on when that has ended", async () => {
    const clock = createFakeClock();
    const chain = oneAtATime(2_000, clock);
    const begun: string[] = [];
    const first = work();
    const begin = (name: string, promise: Promise<string>) =>
      chain(() => {
        begun.push(name);
        return promise;
      }).catch((error: unknown) => String(error));

    const hangs = begin("first", first.promise);
    await clock.advanceTo(2_000);
    const waits = begin("second", Promise.resolve("second"));
    await clock.advanceTo(4_000);
    first.done("late");
    const third = await begin("third", Promise.resolve("third"));

    expect(await hangs).toBe("GivenUp: not done after 2 s");
    expect(await waits).toBe("GivenUp: not done after 2 s");
    expect(third).toBe("third");
    expect(begun).toEqual(["first", "third"]);
  });

  it("goes on after work that failed", async () => {
    const chain = oneAtATime(2_000, createFakeClock());

    const failed = chain(() => Promise.reject(new Error("no"))).catch(() => "failed");
    const next = chain(() => Promise.resolve("next"));

    expect([await failed, await next]).toEqual(["failed", "next"]);
  });
});
