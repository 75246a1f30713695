import { expect, it, vi } from "vitest";
import { boundedRunner } from "#process/bounded-runner.ts";
import type { Command, Ran, Runner } from "#ports.ts";

const graces = { termGraceMs: 10, abortGraceMs: 5 };
const command: Command = { argv: ["true"], timeLimitMs: 100 };

async function ranWith(runner: Runner, abortAfterMs?: number): Promise<Ran> {
  vi.useFakeTimers();
  try {
    const interruption = new AbortController();
    const ran = boundedRunner(runner, graces).run(command, interruption.signal);
    if (abortAfterMs !== undefined) {
      await vi.advanceTimersByTimeAsync(abortAfterMs);
      interruption.abort();
    }
    await vi.advanceTimersByTimeAsync(60_000);
    return await ran;
  } finally {
    vi.useRealTimers();
  }
}

it.each<[string, Runner["run"], number | undefined, Partial<Ran>]>([
  [
    "a program that ends is told as it ended",
    () => Promise.resolve({ kind: "exited", code: 3, tail: "", tookMs: 1 }),
    undefined,
    { kind: "exited", code: 3 },
  ],
  [
    "one that never comes back is given up",
    () => new Promise(() => {}),
    undefined,
    { kind: "timed-out" },
  ],
  ["also when it was to be ended", () => new Promise(() => {}), 50, { kind: "interrupted" }],
  [
    "a runner that breaks is a program that did not start",
    () => Promise.reject(new RangeError("the moon is full")),
    undefined,
    { kind: "not-started", because: "RangeError" },
  ],
])("%s", async (_sentence, run, abortAfterMs, expected) => {
  expect(await ranWith({ run }, abortAfterMs)).toMatchObject(expected);
});
