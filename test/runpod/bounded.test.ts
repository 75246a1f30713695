import { expect, it } from "vitest";
import type { Account } from "#ports.ts";
import { bounded } from "#runpod/bounded.ts";
import { createFakeClock } from "../fake-clock.ts";
import { seen } from "../guard/samples.ts";

const never = (): Promise<never> => new Promise(() => {});
const hanging: Account = { look: never, measure: never, end: never };
const because = "given up: not done after 45 s";

it.each<[string, (account: Account, signal: AbortSignal) => Promise<unknown>, object]>([
  [
    "a poll that never comes back is a failed poll",
    (account, signal) => account.look(signal),
    { kind: "blind", atMs: 45_000, cause: "unreachable", because },
  ],
  [
    "a measurement that never comes back is none",
    (account, signal) => account.measure(signal),
    { kind: "unmeasured", atMs: 45_000, because },
  ],
  [
    "an end that never comes back has failed",
    (account, signal) => account.end({ id: "p1" }, "stop", signal),
    { kind: "failed", because, isReadOnlyKey: false },
  ],
])("%s", async (_sentence, ask, expected) => {
  const clock = createFakeClock();
  const asked = ask(bounded(hanging, clock, 45_000), new AbortController().signal);

  await clock.advanceTo(45_000);

  expect(await asked).toEqual(expected);
});

it("what is given up is told to end, and what broke has failed", async () => {
  const clock = createFakeClock();
  const signals: AbortSignal[] = [];
  const account = bounded(
    {
      ...hanging,
      look(signal) {
        signals.push(signal);
        if (signals.length > 1) throw new Error("the moon is full");
        return never();
      },
    },
    clock,
    45_000,
  );
  const signal = new AbortController().signal;
  const late = account.look(signal);
  await clock.advanceTo(45_000);

  const broken = await account.look(signal);

  expect((await late).kind).toBe("blind");
  expect(signals[0]?.aborted).toBe(true);
  expect(broken).toMatchObject({ kind: "blind", because: "given up: the moon is full" });
});

it("an interruption is not waited out, though nothing heeds it", async () => {
  const clock = createFakeClock();
  const interruption = new AbortController();
  const asked = bounded(hanging, clock, 45_000).look(interruption.signal);

  interruption.abort();
  await clock.advanceTo(1_000);

  expect(await asked).toMatchObject({ kind: "blind", because: "given up: interrupted" });
});

it("what comes in time comes as it is", async () => {
  const account = bounded(
    { ...hanging, look: () => Promise.resolve(seen()) },
    createFakeClock(),
    1,
  );

  expect(await account.look(new AbortController().signal)).toEqual(seen());
});
