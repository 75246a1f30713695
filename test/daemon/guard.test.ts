import { setImmediate as nextTurn } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { createGuard } from "../../src/daemon/guard.ts";
import { emptyState, type GuardState, type Input, type Seen } from "../../src/guard/model.ts";
import { blind, policy, seen } from "../guard/samples.ts";

/** A guard over a store and a queue that write down what they are asked, in order. */
function setUp({
  state = emptyState,
  save = (): Promise<void> => Promise.resolve(),
  offer = (): void => {},
} = {}) {
  const story: string[] = [];
  const saved: GuardState[] = [];
  const log: [string, string, Readonly<Record<string, unknown>>][] = [];
  const write =
    (level: string) =>
    (fields: Readonly<Record<string, unknown>>, message: string): void => {
      story.push(`log ${message}`);
      log.push([level, message, fields]);
    };
  const guard = createGuard(
    {
      state,
      policy,
      log: {
        debug: write("debug"),
        info: write("info"),
        warn: write("warn"),
        error: write("error"),
      },
      store: {
        load: () => Promise.reject(new Error("nobody loads here")),
        async save(next) {
          story.push("save begins");
          await save();
          saved.push(next);
          story.push("save ends");
        },
      },
    },
    () => ({
      offer(owed) {
        offer();
        story.push(`offer ${owed.map(({ id }) => id).join(" ")}`.trim());
      },
      idle: () => Promise.resolve(),
      stop: () => Promise.resolve(),
    }),
  );
  return {
    guard,
    story,
    saved,
    log,
    look: (look: Seen) => guard.take({ kind: "look", look }, look),
  };
}

const below = seen({ balanceUsd: 9 });
const above = seen({ balanceUsd: 50 });
const allArmed = { fired: { warning: false, critical: false, emergency: false }, owed: [] };
const settledNotice: Input = {
  kind: "settled",
  id: "notify:warning:1000",
  outcome: { kind: "done", because: "exit 0 after 0.1 s", tail: "told" },
};

it("what is owed is on the disk before it is handed on", async () => {
  const { story, saved, look } = setUp({ save: () => nextTurn() });

  await look(below);

  expect(story).toEqual([
    "log threshold tripped",
    "save begins",
    "save ends",
    "offer notify:warning:1000 call-agent:warning:1000",
  ]);
  expect(saved).toMatchObject([{ fired: { warning: true }, owed: [{}, {}] }]);
});

it("a state that did not change is not written again", async () => {
  const { story, look } = setUp({ state: allArmed });

  await look(above);
  await look(seen({ balanceUsd: 49, atMs: 2 }));

  expect(story).toEqual(["offer", "offer"]);
});

it("inputs are taken one after the other, however slow the disk is", async () => {
  const { guard, story, look } = setUp({ save: () => nextTurn() });

  await Promise.all([look(below), guard.take(settledNotice, undefined), look(above)]);

  expect(story).toEqual([
    "log threshold tripped",
    "save begins",
    "save ends",
    "offer notify:warning:1000 call-agent:warning:1000",
    "log notify command done",
    "save begins",
    "save ends",
    "log threshold re-armed",
    "log no longer needed",
    "save begins",
    "save ends",
    "offer",
  ]);
});

describe("what was settled", () => {
  it("is saved as no longer owed, and not handed on again", async () => {
    const { guard, saved, story, look } = setUp();
    await look(below);

    await guard.take(settledNotice, undefined);
    await look(below);

    expect(saved.at(-1)?.owed.map(({ id }) => id)).toEqual(["call-agent:warning:1000"]);
    expect(story.at(-1)).toBe("offer call-agent:warning:1000");
  });

  it("changes nothing when nobody owes it", async () => {
    const { guard, story } = setUp({ state: allArmed });

    await guard.take(settledNotice, undefined);

    expect(story).toEqual([]);
  });
});

it("a blind look decides nothing and hands on nothing", async () => {
  const { guard, story } = setUp({ state: { ...allArmed, fired: { warning: true } } });

  await guard.take({ kind: "look", look: blind() }, undefined);

  expect(story).toEqual([]);
  expect(guard.state().fired).toEqual({ warning: true });
});

describe("a store that fails", () => {
  const full = (): Promise<void> => Promise.reject(new Error("ENOSPC: no space left on device"));

  it("is told of, and what is owed is done from memory", async () => {
    const { guard, story, log, look } = setUp({ save: full });

    await look(below);

    expect(story.at(-1)).toBe("offer notify:warning:1000 call-agent:warning:1000");
    expect(guard.state().fired["warning"]).toBe(true);
    expect(log).toContainEqual([
      "error",
      "state could not be saved; going on from memory",
      { because: "ENOSPC: no space left on device" },
    ]);
  });

  it("does not trip twice", async () => {
    const { log, look } = setUp({ save: full });

    await look(below);
    await look(below);

    expect(log.filter(([, message]) => message === "threshold tripped")).toHaveLength(1);
  });

  it.each<[string, Input, Seen | undefined]>([
    ["a look that changes nothing", { kind: "look", look: below }, below],
    ["a blind look", { kind: "look", look: blind() }, undefined],
    ["an effect that is settled", settledNotice, undefined],
  ])("is tried again with the next input: %s", async (_sentence, input, look) => {
    let isFull = true;
    const {
      guard,
      saved,
      look: take,
    } = setUp({
      save: () => (isFull ? full() : Promise.resolve()),
    });
    await take(below);

    isFull = false;
    await guard.take(input, look);

    expect(saved).toEqual([guard.state()]);
  });

  it("is left alone once the state is saved", async () => {
    let isFull = true;
    const { saved, look } = setUp({ save: () => (isFull ? full() : Promise.resolve()) });
    await look(below);
    isFull = false;

    await look(below);
    await look(below);

    expect(saved).toHaveLength(1);
  });
});

it("who gives an input hears of a queue that throws, and the inputs behind go ahead", async () => {
  let fails = true;
  const { story, look } = setUp({
    offer() {
      if (fails) throw new Error("no queue");
    },
  });

  const first = look(below);
  await expect(first).rejects.toThrow("no queue");
  fails = false;
  await look(below);

  expect(story.at(-1)).toBe("offer notify:warning:1000 call-agent:warning:1000");
});

it("the log says what happened, with the facts as fields", async () => {
  const { guard, log, look } = setUp();

  await look(seen({ balanceUsd: 1.5 }));
  await guard.take(settledNotice, undefined);
  await guard.take(
    {
      kind: "settled",
      id: "call-agent:critical:1000",
      outcome: { kind: "failed", because: "exit 1 after 2.0 s", tail: "not logged in" },
    },
    undefined,
  );
  await look(seen({ balanceUsd: 5 }));

  expect(log).toEqual([
    [
      "warn",
      "threshold tripped",
      {
        threshold: "warning",
        belowUsd: 10,
        balanceUsd: 1.5,
        because: "balance $1.5000 is below $10.00",
      },
    ],
    [
      "warn",
      "threshold tripped",
      {
        threshold: "critical",
        belowUsd: 2,
        balanceUsd: 1.5,
        because: "balance $1.5000 is below $2.00",
      },
    ],
    [
      "info",
      "notify command done",
      { threshold: "warning", because: "exit 0 after 0.1 s", tail: "told" },
    ],
    [
      "error",
      "agent failed",
      { threshold: "critical", because: "exit 1 after 2.0 s", tail: "not logged in" },
    ],
    [
      "info",
      "threshold re-armed",
      { threshold: "critical", because: "balance $5.0000 is back at or above $2.00" },
    ],
    [
      "info",
      "no longer needed",
      { effect: "notify", threshold: "critical", because: "the balance recovered" },
    ],
  ]);
});
