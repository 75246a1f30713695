import { describe, expect, it } from "vitest";
import { followCharges } from "#guard/account/falls/charges.ts";
import { decide } from "#guard/decide.ts";
import { emptyState, type GuardState } from "#guard/model/state.ts";
import { policy, seen } from "../../samples.ts";

const second = 1_000;

interface Point {
  /** In seconds. */
  readonly at: number;
  readonly balanceUsd: number;
  /** $36/h unless given: a cent a second. */
  readonly burn?: number | "unknown";
  readonly isRiseDoubted?: boolean;
}

/** What is known of the charges after these polls: seconds, and no burn. */
function after(points: readonly Point[]) {
  let state: GuardState = emptyState;
  for (const { at, balanceUsd, burn = 36, isRiseDoubted } of points) {
    const burnPerHrUsd = burn === "unknown" ? undefined : burn;
    const doubt = isRiseDoubted === true ? { isRiseDoubted } : {};
    const look = seen({ atMs: at * second, balanceUsd, burnPerHrUsd, ...doubt });
    state = { ...followCharges(state, look), lastSeen: look };
  }
  const { afterMs, byMs, everyMs, steadyMs } = state.charges ?? { afterMs: NaN, byMs: NaN };
  const inSeconds = (ms: number | undefined) => (ms === undefined ? undefined : ms / second);
  return [afterMs, byMs, everyMs, steadyMs].map(inSeconds);
}

/** A balance that is charged every five minutes, at 100 s and so on. */
const tick = (at: number): Point => ({ at, balanceUsd: 30 - 3 * Math.floor((at + 200) / 300) });
/** One that is charged by the second. */
const smooth = (at: number): Point => ({ at, balanceUsd: 30 - at / 100 });

describe("of when the balance is charged", () => {
  it.each<[string, readonly Point[], (number | undefined)[]]>([
    ["a first poll says nothing", [tick(0)], [-Infinity, 0, undefined, undefined]],
    ["a flat balance says nothing", [0, 60].map(tick), [-Infinity, 0, undefined, undefined]],
    [
      "a fall of more than burned between two polls is a tick of so long",
      [0, 60, 120].map(tick),
      [60, 120, 300, undefined],
    ],
    [
      "the next tick narrows it",
      [0, 60, 120, 180, 240, 300, 360, 385, 410].map(tick),
      [385, 410, 300, undefined],
    ],
    [
      "a tick that was passed over says as much",
      [0, 60, 120, 690, 720].map(tick),
      [690, 720, 300, undefined],
    ],
    [
      "falls of just what burned are taken for one that falls all the time",
      [0, 60, 120].map(smooth),
      [60, 120, undefined, 60],
    ],
    ["the closest polls tell best", [0, 60, 90, 150].map(smooth), [90, 150, undefined, 30]],
    [
      "until it is flat where something burned",
      [...[0, 60, 120].map(smooth), { at: 150, balanceUsd: 28.8 }],
      [60, 120, undefined, undefined],
    ],
    [
      "what is flat while nothing burned is no sign",
      [...[0, 60, 120].map(smooth), { at: 150, balanceUsd: 28.8, burn: 0 }],
      [60, 120, undefined, 60],
    ],
    [
      "ticks as far apart as the polls are found out by one between them",
      [
        { at: 0, balanceUsd: 30 },
        { at: 60, balanceUsd: 29.4 },
        { at: 90, balanceUsd: 29.4 },
        { at: 120, balanceUsd: 28.8 },
      ],
      [90, 120, 60, undefined],
    ],
    [
      "money that comes in changes nothing of it",
      [...[0, 60, 120].map(tick), { at: 180, balanceUsd: 100 }],
      [60, 120, 300, undefined],
    ],
    [
      "a burn that has changed leaves what was known, and what fits to it narrows it",
      [...[0, 60, 120, 300].map(tick), { at: 410, balanceUsd: 20, burn: 72 }],
      [359, 410, 300, undefined],
    ],
    [
      "a burn that has changed, and a fall that may be one tick or another",
      [...[0, 60, 120].map(tick), { at: 1_000, balanceUsd: 20, burn: 72 }],
      [120, 1_000, 300, undefined],
    ],
    [
      "a burn that has changed, and a fall at another time: nothing is known",
      [...[0, 60, 120, 180].map(tick), { at: 240, balanceUsd: 20, burn: 72 }],
      [180, 240, undefined, undefined],
    ],
    [
      "a burn that has changed keeps what falls all the time",
      [...[0, 60, 120].map(smooth), { at: 180, balanceUsd: 20, burn: 72 }],
      [120, 180, undefined, 60],
    ],
    [
      "of an unknown burn nothing is learned",
      [0, 60, 120].map((at) => ({ ...tick(at), burn: "unknown" as const })),
      [60, 120, undefined, undefined],
    ],
    [
      "nor where nothing burns by what RunPod says",
      [0, 60, 120].map((at) => ({ ...tick(at), burn: 0 })),
      [60, 120, undefined, undefined],
    ],
    [
      "a fall that fits no rhythm and is not what burned",
      [
        { at: 0, balanceUsd: 30 },
        { at: 60, balanceUsd: 29.9 },
        { at: 120, balanceUsd: 29.8 },
      ],
      [60, 120, undefined, undefined],
    ],
    [
      "nor does a fall that is too small for the time since the last one tell of ticks",
      [
        { at: 0, balanceUsd: 30 },
        { at: 60, balanceUsd: 29.4 },
        { at: 300, balanceUsd: 29.4 },
        { at: 360, balanceUsd: 29.2 },
      ],
      [300, 360, undefined, undefined],
    ],
    [
      "a tick at another time than it should come is a new one",
      [...[0, 60, 120].map(tick), { at: 180, balanceUsd: 26.4 }],
      [120, 180, undefined, 60],
    ],
    [
      "charges a few seconds apart are as good as none",
      [
        { at: 0, balanceUsd: 30 },
        { at: 3, balanceUsd: 30 },
        { at: 6, balanceUsd: 29.95 },
      ],
      [3, 6, undefined, undefined],
    ],
    [
      "a rise that is doubted says that nothing is known",
      [...[0, 60, 120].map(tick), { at: 180, balanceUsd: 90, isRiseDoubted: true }],
      [-Infinity, 180, undefined, undefined],
    ],
    [
      "nor is it by the poll after it",
      [tick(0), { at: 60, balanceUsd: 90, isRiseDoubted: true }, { at: 120, balanceUsd: 89 }],
      [-Infinity, 120, undefined, undefined],
    ],
  ])("%s", (_sentence, points, expected) => {
    expect(after(points)).toEqual(expected);
  });

  it("the state holds what each good poll shows", () => {
    const first = decide(emptyState, { kind: "look", look: seen({ atMs: 0 }) }, policy);
    const { state } = decide(
      first.state,
      { kind: "look", look: seen({ atMs: 60 * second, balanceUsd: 99 }) },
      policy,
    );

    expect(state.charges).toMatchObject({ afterMs: 0, byMs: 60 * second });
  });
});
