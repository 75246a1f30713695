import { describe, expect, it } from "vitest";
import { hardTimeoutAtMs, hardTimeoutReason } from "#guard/pods/rules/deadlines.ts";
import {
  at,
  book,
  guarding,
  hardTimeout,
  hourMs,
  idleGuard,
  leaseGuard,
  live,
  type Minute,
  owedBy,
  podEffectsOf,
  run,
  unlived,
  warnsOf,
} from "../../samples.ts";

it.each([
  [8 * hourMs, "hard_timeout_8h", 480],
  [hourMs / 2, "hard_timeout_0.5h", 30],
])("after %d ms it is %s, from the start of the run", (afterMs, reason, minute) => {
  const guard = { ...hardTimeout, afterMs };

  expect(hardTimeoutReason(guard)).toBe(reason);
  expect(hardTimeoutAtMs(run(), guard)).toBe(at(minute));
});

describe("the hard timeout", () => {
  const noDefault = { ...leaseGuard, defaultMs: undefined, maxMs: 100 * hourMs };
  const policy = guarding({ hardTimeout, lease: noDefault, idle: idleGuard });

  it.each<[sentence: string, minute: (n: number) => Minute]>([
    ["a busy pod", () => ({ sample: { cpuPercent: 99 } })],
    [
      "a pod with a long lease",
      () => ({
        sample: { cpuPercent: 99 },
        book: book({ p1: { endsAtMs: at(5_000), givenAtMs: at(1) } }),
      }),
    ],
    ["a pod that is touched all the time", (n) => ({ book: book({}, { p1: at(n) }) })],
    ["a pod whose load is unknown", () => ({ sample: { cpuPercent: undefined } })],
    ["a pod that is not measured", () => ({ sample: "unmeasured" })],
    ["a pod of which nobody knows what people said", () => ({ book: "unknown" })],
    [
      "a pod whose container restarts time and again",
      (n) => ({ sample: { cpuPercent: 99, bootedAtMs: at(n) } }),
    ],
  ])("ends %s", (_sentence, minute) => {
    const lived = live(unlived, [0, 490], policy, minute);

    expect(warnsOf(lived)).toEqual([[465, "hard_timeout"]]);
    expect(owedBy(lived)).toEqual([[480, "hard_timeout"]]);
    expect(podEffectsOf(lived.state.owed).at(-1)).toMatchObject({
      reason: "hard_timeout_8h",
      because: "hard timeout after 8 h",
    });
  });

  it("keeps off a protected pod, which nothing else does", () => {
    const protecting = { ...policy, protect: ["train*"] };

    const lived = live(unlived, [0, 500], protecting);

    expect(lived.owed).toEqual([]);
    expect(warnsOf(lived)).toEqual([]);
  });
});
