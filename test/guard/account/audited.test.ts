import { describe, expect, it } from "vitest";
import { isAuditDue } from "#guard/account/audited.ts";
import { decide } from "#guard/decide.ts";
import { emptyState, type GuardState } from "#guard/model/state.ts";
import { policy } from "../samples.ts";

const hourMs = 3_600_000;
const burning: GuardState = { ...emptyState, saidAtMs: { "burn:since": 10 * hourMs } };

describe("an audit", () => {
  it.each<[string, GuardState, boolean]>([
    ["is due when something burns that no pod explains", burning, true],
    ["is not due when the pods explain it", emptyState, false],
    ["is not due within an hour of the last", audited(9.5), false],
    ["is due an hour after the last", audited(9), true],
    ["is due when the last is of the future", audited(11), true],
  ])("%s", (_sentence, state, isDue) => {
    expect(isAuditDue(state, 10 * hourMs)).toBe(isDue);
  });

  it("stays as long ago as it was when the clock is set", () => {
    const input = { kind: "stepped", atMs: 11 * hourMs, byMs: 1_000 } as const;
    const { state } = decide(audited(9), input, policy);

    expect(state.audited).toEqual({ atMs: 9 * hourMs + 1_000, words: "a" });
  });
});

function audited(hour: number): GuardState {
  return { ...burning, audited: { atMs: hour * hourMs, words: "a" } };
}
