import { setImmediate as nextTurn } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import type { Perform } from "../../src/effects/perform.ts";
import { createQueue, mayStart } from "../../src/effects/queue.ts";
import type { Effect, Outcome, Seen } from "../../src/guard/model.ts";
import { seen } from "../guard/samples.ts";

const lines = { warning: 10, critical: 2, emergency: 0.5 };
type Line = keyof typeof lines;

const agent = (threshold: Line): Effect => effect("call-agent", threshold);
const notice = (threshold: Line): Effect => effect("notify", threshold);

function effect(kind: Effect["kind"], threshold: Line): Effect {
  const belowUsd = lines[threshold];
  return { kind, id: `${kind} ${threshold}`, threshold, belowUsd, balanceUsd: 0, because: "" };
}

const done: Outcome = { kind: "done", because: "exit 0", tail: "" };

/** A queue whose effects run until the test ends them, and all that it did, in order. */
function setUp({ settledAfter = Promise.resolve() } = {}) {
  const story: string[] = [];
  const looks: [string, Seen][] = [];
  const running = new Map<string, (ending: Outcome | "interrupted" | Error) => void>();
  const perform: Perform = ({ id }, look, signal) => {
    story.push(`begin ${id}`);
    looks.push([id, look]);
    return new Promise((resolve, reject) => {
      running.set(id, (ending) => {
        running.delete(id);
        if (ending instanceof Error) reject(ending);
        else resolve(ending);
      });
      signal.addEventListener("abort", () => running.get(id)?.("interrupted"));
    });
  };
  const queue = createQueue({
    perform,
    async settled({ id }, outcome) {
      story.push(`${outcome.kind} ${id}`);
      await settledAfter;
    },
  });
  return {
    queue,
    story,
    looks,
    /** Ends one effect, and lets all follow that follows from it. */
    end: async (id: string, ending: Outcome | Error = done) => {
      running.get(id)?.(ending);
      await nextTurn();
    },
  };
}

describe("which of the waiting may begin", () => {
  it.each<[string, Effect[], Effect[], Effect[]]>([
    ["nothing waits", [], [], []],
    ["an agent, when none runs", [agent("warning")], [], [agent("warning")]],
    [
      "one agent of three, the most severe",
      [agent("warning"), agent("emergency"), agent("critical")],
      [],
      [agent("emergency")],
    ],
    ["no milder agent beside a more severe", [agent("warning")], [agent("critical")], []],
    ["no agent beside one as severe", [agent("critical")], [agent("critical")], []],
    [
      "a more severe agent beside a milder",
      [agent("emergency")],
      [agent("warning")],
      [agent("emergency")],
    ],
    [
      "the most severe must be more severe than all that run",
      [agent("critical")],
      [agent("warning"), agent("emergency")],
      [],
    ],
    [
      "every notice, whatever runs",
      [notice("warning"), notice("critical")],
      [agent("emergency"), notice("emergency")],
      [notice("warning"), notice("critical")],
    ],
    [
      "a notice that runs is in no agent's way",
      [agent("warning")],
      [notice("emergency")],
      [agent("warning")],
    ],
    [
      "notices before the agent",
      [agent("warning"), notice("warning")],
      [],
      [notice("warning"), agent("warning")],
    ],
  ])("%s", (_sentence, waiting, running, expected) => {
    expect(mayStart(waiting, running)).toEqual(expected);
  });
});

describe("agents", () => {
  it("one at a time, the most severe first", async () => {
    const { queue, story, end } = setUp();

    queue.offer([agent("warning"), agent("critical"), agent("emergency")], seen());
    await end("call-agent emergency");
    await end("call-agent critical");
    await end("call-agent warning");

    expect(story).toEqual([
      "begin call-agent emergency",
      "done call-agent emergency",
      "begin call-agent critical",
      "done call-agent critical",
      "begin call-agent warning",
      "done call-agent warning",
    ]);
  });

  it("a more severe one never waits behind a milder one", async () => {
    const { queue, story, end } = setUp();

    queue.offer([agent("warning")], seen());
    queue.offer([agent("warning"), agent("critical")], seen());
    await end("call-agent critical");

    expect(story).toEqual([
      "begin call-agent warning",
      "begin call-agent critical",
      "done call-agent critical",
    ]);
  });

  it("a milder one waits for every more severe one", async () => {
    const { queue, story, end } = setUp();

    queue.offer([agent("critical")], seen());
    queue.offer([agent("critical"), agent("emergency"), agent("warning")], seen());
    await end("call-agent critical");
    const beforeTheLast = [...story];
    await end("call-agent emergency");

    expect(beforeTheLast).not.toContain("begin call-agent warning");
    expect(story.at(-1)).toBe("begin call-agent warning");
  });

  it("one that waits is told of the account as it was last seen, not as it was when it was owed", async () => {
    const { queue, looks, end } = setUp();
    const owed = [agent("critical"), agent("warning")];
    const [first, last] = [seen({ atMs: 1 }), seen({ atMs: 2 })];

    queue.offer(owed, first);
    queue.offer(owed, last);
    await end("call-agent critical");

    expect(looks).toEqual([
      ["call-agent critical", first],
      ["call-agent warning", last],
    ]);
  });

  it("one that is no longer owed before it began never begins", async () => {
    const { queue, story, end } = setUp();

    queue.offer([agent("critical"), agent("warning")], seen());
    queue.offer([agent("critical")], seen());
    await end("call-agent critical");

    expect(story).toEqual(["begin call-agent critical", "done call-agent critical"]);
  });
});

it("notices never wait", () => {
  const { queue, story } = setUp();

  queue.offer([agent("emergency"), agent("warning")], seen());
  queue.offer([agent("emergency"), notice("warning"), notice("critical")], seen());

  expect(story).toEqual([
    "begin call-agent emergency",
    "begin notify warning",
    "begin notify critical",
  ]);
});

it("what runs is not begun again, however often it is offered", () => {
  const { queue, story } = setUp();

  for (let n = 0; n < 3; n += 1) queue.offer([agent("warning"), notice("warning")], seen());

  expect(story).toEqual(["begin notify warning", "begin call-agent warning"]);
});

it("what has ended and is not yet settled is not begun again", async () => {
  let settle = (): void => {};
  const settledAfter = new Promise<void>((resolve) => {
    settle = resolve;
  });
  const { queue, story, end } = setUp({ settledAfter });
  queue.offer([agent("warning")], seen());
  await end("call-agent warning");

  queue.offer([agent("warning")], seen());
  settle();
  await queue.idle();

  expect(story).toEqual(["begin call-agent warning", "done call-agent warning"]);
});

it.each<[string, Outcome | Error, string]>([
  ["a success", done, "done"],
  ["a failure", { kind: "failed", because: "exit 1", tail: "" }, "failed"],
  ["a throw", new Error("the moon is full"), "failed"],
])("after %s the next begins", async (_sentence, ending, kind) => {
  const { queue, story, end } = setUp();
  queue.offer([agent("critical"), agent("warning")], seen());

  await end("call-agent critical", ending);

  expect(story).toEqual([
    "begin call-agent critical",
    `${kind} call-agent critical`,
    "begin call-agent warning",
  ]);
});

it.each<[string, Perform]>([
  ["rejects", () => Promise.reject(new Error("the moon is full"))],
  [
    "throws at once",
    () => {
      throw new Error("the moon is full");
    },
  ],
])("a perform that %s is a failed outcome that says why", async (_sentence, perform) => {
  const outcomes: Outcome[] = [];
  const queue = createQueue({
    perform,
    settled(_effect, outcome) {
      outcomes.push(outcome);
      return Promise.resolve();
    },
  });

  queue.offer([notice("warning")], seen());
  await queue.idle();

  expect(outcomes).toEqual([{ kind: "failed", because: "the moon is full", tail: "" }]);
});

describe("idle", () => {
  it("is at once where nothing was offered", async () => {
    const { queue } = setUp();

    await expect(queue.idle()).resolves.toBeUndefined();
  });

  it("waits for what runs and for what waits", async () => {
    const { queue, story, end } = setUp();
    queue.offer([agent("critical"), agent("warning"), notice("critical")], seen());

    const idle = queue.idle().then(() => story.push("idle"));
    await end("notify critical");
    await end("call-agent critical");
    await end("call-agent warning");
    await idle;

    expect(story.slice(-2)).toEqual(["done call-agent warning", "idle"]);
  });
});

describe("stop", () => {
  it("ends what runs and leaves it owed: nothing is settled", async () => {
    const { queue, story } = setUp();
    queue.offer([agent("critical"), notice("critical"), agent("warning")], seen());

    await queue.stop();

    expect(story).toEqual(["begin notify critical", "begin call-agent critical"]);
  });

  it("lets nothing begin any more", async () => {
    const { queue, story } = setUp();

    await queue.stop();
    queue.offer([agent("critical"), notice("critical")], seen());

    expect(story).toEqual([]);
  });

  it("settles what came to its end all the same", async () => {
    const story: string[] = [];
    const perform: Perform = (_effect, _look, signal) =>
      new Promise((resolve) => {
        signal.addEventListener("abort", () => resolve(done));
      });
    const queue = createQueue({
      perform,
      settled({ id }, { kind }) {
        story.push(`${kind} ${id}`);
        return Promise.resolve();
      },
    });
    queue.offer([agent("critical")], seen());

    await queue.stop();

    expect(story).toEqual(["done call-agent critical"]);
  });

  it("is at once where nothing runs, and may be asked twice", async () => {
    const { queue } = setUp();

    await queue.stop();

    await expect(queue.stop()).resolves.toBeUndefined();
  });
});
