import { expect, it } from "vitest";
import type { Input } from "#guard/model/state.ts";
import { at, policyWith, saidOf, step, unlived, type Lived } from "../samples.ts";

const policy = policyWith({ tells: false, channels: [{ name: "phone", minSeverity: "info" }] });

const is = (kind: "silent" | "heard", minute: number): Input => ({
  kind,
  atMs: at(minute),
  because: kind,
});

const lived = (...said: readonly (readonly ["silent" | "heard", number])[]): Lived =>
  said.reduce((now, [kind, minute]) => step(now, minute, is(kind, minute), policy), unlived);

it("a machine that is silent is told of at once, and again after 1 h, 2 h, 4 h", () => {
  const minutes = [0, 1, 59, 60, 61, 119, 120, 121, 239, 240, 241, 480];

  const told = saidOf(lived(...minutes.map((n) => ["silent", n] as const)));

  expect(told.map(([minute]) => minute)).toEqual([0, 60, 120, 240, 480]);
});

it("one that is heard again is told of once, and a silence after that is news", () => {
  const now = lived(["silent", 0], ["heard", 5], ["heard", 6], ["silent", 7]);

  expect(saidOf(now)).toEqual([
    [0, "silent: silent"],
    [5, "heard: heard"],
    [7, "silent: silent"],
  ]);
});

it("one whose silence nobody was told of is not told of when it is heard", () => {
  expect(saidOf(lived(["heard", 0]))).toEqual([]);
});

it("its silence is critical, and its return says that this is over", () => {
  const { owed } = lived(["silent", 0]).state;

  expect(owed).toMatchObject([{ event: "silent", severity: "critical", channel: "phone" }]);
});
