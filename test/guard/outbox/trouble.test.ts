import { describe, expect, it } from "vitest";
import { decide } from "#guard/decide.ts";
import { emptyState, type GuardState, type Input } from "#guard/model/state.ts";
import { afterRestart } from "#guard/outbox/after-restart.ts";
import { policyWith, seen } from "../samples.ts";

type Step = readonly [what: string, atMs: number, because: string | undefined];

/** The state after these troubles, and what works again. */
function lived(...steps: readonly Step[]): GuardState {
  return steps.reduce((state, [what, atMs, because]) => {
    const input =
      because === undefined
        ? ({ kind: "recovered", what, atMs } as const)
        : ({ kind: "trouble", what, atMs, because } as const);
    return decide(state, input, policyWith()).state;
  }, emptyState);
}

it.each<[string, readonly Step[], GuardState["troubles"]]>([
  ["nothing, while all works", [], undefined],
  ["what does not work", [["config", 1, "a"]], { config: { sinceMs: 1, because: "a" } }],
  [
    "since when, and the latest reason",
    [
      ["config", 1, "a"],
      ["config", 5, "b"],
      ["config", 9, "b"],
    ],
    { config: { sinceMs: 1, because: "b" } },
  ],
  [
    "each apart, until it works again",
    [
      ["config", 1, "a"],
      ["log file", 2, "b"],
      ["config", 3, undefined],
    ],
    { "log file": { sinceMs: 2, because: "b" } },
  ],
  [
    "nothing once all works again",
    [
      ["config", 1, "a"],
      ["config", 3, undefined],
    ],
    undefined,
  ],
  ["nothing where nothing was wrong", [["config", 3, undefined]], undefined],
])("the state knows %s", (_sentence, steps, expected) => {
  expect(lived(...steps).troubles).toEqual(expected);
});

it("a new process knows of none until it tells", () => {
  expect(afterRestart(lived(["config", 1, "a"])).troubles).toBeUndefined();
});

describe("a trouble that comes and goes", () => {
  const minuteMs = 60_000;
  const trouble = (what: string, minute: number): Input => ({
    kind: "trouble",
    what,
    atMs: minute * minuteMs,
    because: "slow disk",
  });
  const works = (what: string, minute: number): Input => ({
    kind: "recovered",
    what,
    atMs: minute * minuteMs,
  });
  const poll = (minute: number): Input => ({
    kind: "look",
    look: seen({ atMs: minute * minuteMs }),
  });
  const blind = (minute: number): Input => ({
    kind: "look",
    look: { kind: "blind", atMs: minute * minuteMs, cause: "unreachable", because: "no network" },
  });

  /** The minute of each notification of a trouble, and its words. */
  function heardOf(inputs: readonly Input[]): readonly string[] {
    let state = emptyState;
    return inputs.flatMap((input) => {
      const decision = decide(state, input, policyWith());
      state = decision.state;
      const minute =
        ("atMs" in input ? input.atMs : input.kind === "look" ? input.look.atMs : 0) / minuteMs;
      return decision.events.flatMap((event) =>
        event.kind === "said" && (event.event === "trouble" || event.event === "recovered")
          ? [`${minute}: ${event.because}`]
          : [],
      );
    });
  }

  const again =
    ". It comes and goes, so you hear of it at most once an hour, and that it works once it has for an hour";
  const minutes = (from: number, to: number): readonly number[] =>
    Array.from({ length: to - from + 1 }, (_, n) => from + n);

  it("every other minute of a night is heard of once an hour, not each time", () => {
    const night = minutes(0, 180).flatMap((minute) => [
      minute % 2 === 0 ? trouble("leases", minute) : works("leases", minute),
      poll(minute),
    ]);

    expect(heardOf(night)).toEqual([
      "0: trouble: leases: slow disk",
      "1: recovered: leases: working again",
      `2: trouble: leases: slow disk${again}`,
      "62: trouble: leases: slow disk",
      "122: trouble: leases: slow disk",
    ]);
  });

  it.each([
    ["seen", poll],
    ["blind", blind],
  ])("is heard to work once it has for an hour, though the account is %s", (_sentence, look) => {
    const flapping = [trouble("history", 0), works("history", 1), trouble("history", 2)];
    const calm = [works("history", 3), ...minutes(3, 200).map(look)];

    expect(heardOf([...flapping, ...calm]).slice(3)).toEqual([
      "63: recovered: history: working again, for an hour now",
    ]);
  });

  it("is not heard to work while it does not, however long nothing more is said of it", () => {
    const flapping = [trouble("config", 0), works("config", 1), trouble("config", 2)];

    expect(heardOf([...flapping, ...minutes(3, 300).map(poll)])).toHaveLength(3);
  });

  it("is forgotten after an hour of work: the next trouble is a new one", () => {
    const inputs = [
      trouble("leases", 0),
      works("leases", 1),
      ...minutes(2, 61).map(poll),
      trouble("leases", 62),
      works("leases", 63),
    ];

    expect(heardOf(inputs).slice(2)).toEqual([
      "62: trouble: leases: slow disk",
      "63: recovered: leases: working again",
    ]);
  });

  it("keeps no other trouble from being heard of at once", () => {
    const flapping = [trouble("leases", 0), works("leases", 1), trouble("leases", 2)];

    expect(heardOf([...flapping, trouble("history", 3), works("history", 4)]).slice(3)).toEqual([
      "3: trouble: history: slow disk",
      "4: recovered: history: working again",
    ]);
  });

  it("takes nothing with it that is remembered for ever", () => {
    const inputs = [trouble("leases", 0), works("leases", 1), trouble("leases", 2)];
    const calm = [works("leases", 3), ...minutes(3, 200).map(poll)];

    const state = [...inputs, ...calm].reduce(
      (before, input) => decide(before, input, policyWith()).state,
      emptyState,
    );

    expect(Object.keys(state.saidAtMs).filter((key) => key.endsWith(":leases"))).toEqual([]);
  });
});
