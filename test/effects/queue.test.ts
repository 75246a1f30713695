import { setImmediate as nextTurn } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import type { Perform } from "#effects/perform.ts";
import { createQueue, mayStart, type Moment } from "#effects/queue.ts";
import type { Seen } from "#guard/model/account.ts";
import type { Effect, EventName, Outcome } from "#guard/model/effect.ts";
import { seen } from "../guard/samples.ts";

const lines = { warning: 10, critical: 2, emergency: 0.5 };
type Line = keyof typeof lines;

interface Times {
  readonly tries?: number;
  readonly notBeforeMs?: number;
}

const agent = (threshold: Line, times: Times = {}): Effect => ({
  ...owed(`call-agent ${threshold}`, times),
  kind: "call-agent",
  threshold,
  belowUsd: lines[threshold],
  balanceUsd: 0,
});
const notice = (name: string, times: Times & { readonly event?: EventName } = {}): Effect => {
  const { event = "trip", ...rest } = times;
  return { ...owed(`notify ${name}`, rest), kind: "notify", event, name };
};
const end = (podId: string, times: Times = {}): Effect => ({
  ...owed(`end-pod ${podId}`, times),
  kind: "end-pod",
  threshold: "emergency",
  belowUsd: 0.5,
  podId,
  action: "stop",
});

const run = (podId: string, times: Times = {}): Effect => ({
  ...owed(`end-run ${podId}`, times),
  kind: "end-run",
  guard: "idle",
  reason: "idle_30m",
  podId,
  podName: podId,
  action: "stop",
});
const stoppedPod = (podId: string, times: Times = {}): Effect => ({
  ...owed(`end-stopped ${podId}`, times),
  kind: "end-stopped",
  reason: "stopped_24h",
  podId,
  podName: podId,
  stoppedSinceMs: 0,
});
const budgetAgent = (budget: string, times: Times = {}): Effect => ({
  ...owed(`call-budget-agent ${budget}`, times),
  kind: "call-budget-agent",
  budget,
  periodMs: 0,
});
const podAgent = (podId: string, times: Times = {}): Effect => ({
  ...owed(`call-pod-agent ${podId}`, times),
  kind: "call-pod-agent",
  guard: "idle",
  reason: "idle_30m",
  podId,
  podName: podId,
});

function owed(id: string, { tries = 0, notBeforeMs = 0 }: Times) {
  return { id, because: "", tries, notBeforeMs };
}

/** Right after a look that saw the account. */
const moment = (overrides: Partial<Moment> = {}): Moment => ({
  nowMs: 1_000,
  look: seen(),
  isLook: true,
  ...overrides,
});

const done: Outcome = { kind: "done", because: "exit 0", tail: "" };

/** A queue whose effects run until the test ends them, and all that it did, in order. */
function setUp({ settledAfter = Promise.resolve() } = {}) {
  const story: string[] = [];
  const looks: [string, Seen | undefined][] = [];
  const bugs: unknown[] = [];
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
    onBug: (error) => bugs.push(error),
  });
  return {
    queue,
    story,
    looks,
    bugs,
    /** Ends one effect, and lets all follow that follows from it. */
    finish: async (id: string, ending: Outcome | Error = done) => {
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
    ["a pod's agent, when none runs", [podAgent("a")], [], [podAgent("a")]],
    ["one pod's agent of two", [podAgent("a"), podAgent("b")], [], [podAgent("a")]],
    ["no pod's agent beside another pod's", [podAgent("b")], [podAgent("a")], []],
    ["no pod's agent beside a threshold's", [podAgent("a")], [agent("warning")], []],
    [
      "a threshold's agent before a pod's",
      [podAgent("a"), agent("warning")],
      [],
      [agent("warning")],
    ],
    ["a threshold's agent beside a pod's", [agent("warning")], [podAgent("a")], [agent("warning")]],
    [
      "notices before the agent",
      [agent("warning"), notice("warning")],
      [],
      [notice("warning"), agent("warning")],
    ],
  ])("%s", (_sentence, waiting, running, expected) => {
    expect(mayStart(waiting, running, moment())).toEqual(expected);
  });

  const again = { tries: 1 };
  const talk = notice("trouble", { event: "trouble" });

  it.each<[string, Partial<Moment>, Effect[], Effect[]]>([
    [
      "before the account was seen: no trip's notice, no agent, no end; only other words",
      { look: undefined },
      [notice("warning"), agent("warning"), end("a"), run("b"), podAgent("c"), talk],
      [talk],
    ],
    [
      "what failed before, at a look",
      {},
      [notice("warning", again), agent("warning", again)],
      [notice("warning", again), agent("warning", again)],
    ],
    [
      "while polls fail: no agent, whose list and rules are old; pods are ended by a look of their own",
      { isBlind: true },
      [agent("warning"), agent("critical", again), podAgent("c"), end("a"), notice("warning")],
      [notice("warning"), end("a")],
    ],
    [
      "what was seen more than ten minutes ago, as after a sleep: no agent",
      { nowMs: 602_000, isLook: false },
      [agent("warning"), podAgent("c")],
      [],
    ],
    [
      "a program that failed before, between looks: not yet",
      { isLook: false },
      [notice("warning", again), notice("critical"), agent("warning", again)],
      [notice("critical")],
    ],
    [
      "a milder agent that was never tried, while a more severe one awaits the next look",
      { isLook: false },
      [agent("warning"), agent("critical", again)],
      [agent("warning")],
    ],
    [
      "the end of a pod that failed before, between looks: it takes a look of its own",
      { isLook: false },
      [end("a", again), run("b", again)],
      [end("a", again), run("b", again)],
    ],
    [
      "a pod's agent that failed before, between looks: not yet",
      { isLook: false },
      [podAgent("a", again)],
      [],
    ],
    [
      "what is not due yet: nothing of it",
      { nowMs: 999 },
      [
        notice("warning", { tries: 2, notBeforeMs: 1_000 }),
        agent("warning", { tries: 2, notBeforeMs: 1_000 }),
        end("a", { tries: 2, notBeforeMs: 1_000 }),
        run("b", { tries: 2, notBeforeMs: 1_000 }),
      ],
      [],
    ],
    [
      "what is due to the millisecond",
      { nowMs: 1_000 },
      [end("a", { tries: 2, notBeforeMs: 1_000 })],
      [end("a", { tries: 2, notBeforeMs: 1_000 })],
    ],
    [
      "what a clock that went back since has put off for years",
      {},
      [agent("warning", { tries: 2, notBeforeMs: 9e12 })],
      [agent("warning", { tries: 2, notBeforeMs: 9e12 })],
    ],
    [
      "notices before ends before the agent",
      {},
      [agent("warning"), end("a"), notice("warning")],
      [notice("warning"), end("a"), agent("warning")],
    ],
  ])("%s", (_sentence, when, waiting, expected) => {
    expect(mayStart(waiting, [], moment(when))).toEqual(expected);
  });

  it.each<[string, string[], string[]]>([
    ["four pods of six, in their order", [], ["a", "b", "c", "d"]],
    ["two beside two", ["x", "y"], ["a", "b"]],
    ["none beside four", ["w", "x", "y", "z"], []],
    ["none beside five", ["v", "w", "x", "y", "z"], []],
  ])("ends of pods: %s", (_sentence, running, expected) => {
    const waiting = ["a", "b", "c", "d", "e", "f"].map((id) => end(id));

    const begun = mayStart(
      waiting,
      [...running.map((id) => end(id)), agent("emergency"), notice("warning")],
      moment(),
    );

    expect(begun).toEqual(expected.map((id) => end(id)));
  });
});

describe("ends of pods", () => {
  const ids = ["a", "b", "c", "d", "e"];
  const [ends, runs] = [ids.map((id) => end(id)), ids.map((id) => run(id))];

  it.each<[string, Effect[], Effect[], Effect[]]>([
    ["by their guards: four at a time", runs, [], runs.slice(0, 4)],
    ["by their guards: none beside four", [run("x")], runs.slice(0, 4), []],
    [
      "by thresholds never wait behind those by guards, which may be at their command for long",
      ends,
      runs.slice(0, 4),
      ends.slice(0, 4),
    ],
    ["nor those by guards behind those by thresholds", runs, ends.slice(0, 4), runs.slice(0, 4)],
    [
      "of what is stopped wait for none of these",
      ids.map((id) => stoppedPod(id)),
      [...ends.slice(0, 4), ...runs.slice(0, 4)],
      ids.slice(0, 4).map((id) => stoppedPod(id)),
    ],
    ["by thresholds go first", [...runs, ...ends], [], [...ends.slice(0, 4), ...runs.slice(0, 4)]],
  ])("%s", (_sentence, waiting, running, expected) => {
    expect(mayStart(waiting, running, moment())).toEqual(expected);
  });

  it("are twenty at a time where RunPod has rate windows: they share their polls", () => {
    const many = Array.from({ length: 25 }, (_, n) => end(`p${n}`));
    const look = seen({ paceMs: 4_000 });

    expect(mayStart(many, [], { ...moment(), look })).toEqual(many.slice(0, 20));
  });

  it("begin four at a time, in their order, one for each that has ended", async () => {
    const { queue, story, finish } = setUp();

    queue.offer(
      ["a", "b", "c", "d", "e", "f"].map((id) => end(id)),
      moment(),
    );
    const atFirst = [...story];
    await finish("end-pod c");
    await finish("end-pod a");

    expect(atFirst).toEqual([
      "begin end-pod a",
      "begin end-pod b",
      "begin end-pod c",
      "begin end-pod d",
    ]);
    expect(story.slice(4)).toEqual([
      "done end-pod c",
      "begin end-pod e",
      "done end-pod a",
      "begin end-pod f",
    ]);
  });

  it("wait for no agent and no notice, and keep none waiting", () => {
    const { queue, story } = setUp();

    queue.offer([agent("emergency"), notice("emergency")], moment());
    queue.offer([end("a")], moment());
    queue.offer([end("a"), end("b"), end("c"), end("d"), end("e"), notice("warning")], moment());

    expect(story).toEqual([
      "begin notify emergency",
      "begin call-agent emergency",
      "begin end-pod a",
      "begin notify warning",
      "begin end-pod b",
      "begin end-pod c",
      "begin end-pod d",
    ]);
  });

  it("that failed and wait for their turn get it as soon as another has ended", async () => {
    const { queue, story, finish } = setUp();
    const failedOnce = ["a", "b", "c", "d", "e"].map((id) => end(id, { tries: 1 }));
    queue.offer(failedOnce, moment());

    await finish("end-pod a");

    expect(story.at(-1)).toBe("begin end-pod e");
  });
});

it("what failed is tried again at the next look, not when something else ends", async () => {
  const { queue, story, finish } = setUp();
  const failedOnce = notice("critical", { tries: 1 });
  queue.offer([notice("warning"), failedOnce], moment({ isLook: false }));

  await finish("notify warning");
  const before = [...story];
  queue.offer([failedOnce], moment());

  expect(before).toEqual(["begin notify warning", "done notify warning"]);
  expect(story.at(-1)).toBe("begin notify critical");
});

it("a notice that is no trip's is sent although the account was never seen", () => {
  const { queue, story, looks } = setUp();

  queue.offer(
    [notice("warning"), notice("blind", { event: "blind" })],
    moment({ look: undefined }),
  );

  expect(story).toEqual(["begin notify blind"]);
  expect(looks).toEqual([["notify blind", undefined]]);
});

describe("agents", () => {
  it("for thresholds go first, then those for budgets, then those for a pod", async () => {
    const { queue, story, finish } = setUp();

    queue.offer([podAgent("p1"), budgetAgent("daily"), agent("warning")], moment());
    await finish("call-agent warning");
    await finish("call-budget-agent daily");
    await finish("call-pod-agent p1");

    expect(story.filter((each) => each.startsWith("begin"))).toEqual([
      "begin call-agent warning",
      "begin call-budget-agent daily",
      "begin call-pod-agent p1",
    ]);
  });

  it("one at a time, the most severe first", async () => {
    const { queue, story, finish } = setUp();

    queue.offer([agent("warning"), agent("critical"), agent("emergency")], moment());
    await finish("call-agent emergency");
    await finish("call-agent critical");
    await finish("call-agent warning");

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
    const { queue, story, finish } = setUp();

    queue.offer([agent("warning")], moment());
    queue.offer([agent("warning"), agent("critical")], moment());
    await finish("call-agent critical");

    expect(story).toEqual([
      "begin call-agent warning",
      "begin call-agent critical",
      "done call-agent critical",
    ]);
  });

  it("a milder one waits for every more severe one", async () => {
    const { queue, story, finish } = setUp();

    queue.offer([agent("critical")], moment());
    queue.offer([agent("critical"), agent("emergency"), agent("warning")], moment());
    await finish("call-agent critical");
    const beforeTheLast = [...story];
    await finish("call-agent emergency");

    expect(beforeTheLast).not.toContain("begin call-agent warning");
    expect(story.at(-1)).toBe("begin call-agent warning");
  });

  it("one that waits is told of the account as it was last seen, not as it was when it was owed", async () => {
    const { queue, looks, finish } = setUp();
    const owed = [agent("critical"), agent("warning")];
    const [first, last] = [seen({ atMs: 1 }), seen({ atMs: 2 })];

    queue.offer(owed, moment({ look: first }));
    queue.offer(owed, moment({ look: last }));
    await finish("call-agent critical");

    expect(looks).toEqual([
      ["call-agent critical", first],
      ["call-agent warning", last],
    ]);
  });

  it("one that is no longer owed before it began never begins", async () => {
    const { queue, story, finish } = setUp();

    queue.offer([agent("critical"), agent("warning")], moment());
    queue.offer([agent("critical")], moment());
    await finish("call-agent critical");

    expect(story).toEqual(["begin call-agent critical", "done call-agent critical"]);
  });
});

it("notices never wait", () => {
  const { queue, story } = setUp();

  queue.offer([agent("emergency"), agent("warning")], moment());
  queue.offer([agent("emergency"), notice("warning"), notice("critical")], moment());

  expect(story).toEqual([
    "begin call-agent emergency",
    "begin notify warning",
    "begin notify critical",
  ]);
});

it("what runs is not begun again, however often it is offered", () => {
  const { queue, story } = setUp();

  for (let n = 0; n < 3; n += 1) queue.offer([agent("warning"), notice("warning")], moment());

  expect(story).toEqual(["begin notify warning", "begin call-agent warning"]);
});

it("what has ended and is not yet settled is not begun again", async () => {
  let settle = (): void => {};
  const settledAfter = new Promise<void>((resolve) => {
    settle = resolve;
  });
  const { queue, story, finish } = setUp({ settledAfter });
  queue.offer([agent("warning")], moment());
  await finish("call-agent warning");

  queue.offer([agent("warning")], moment());
  settle();
  await queue.idle();

  expect(story).toEqual(["begin call-agent warning", "done call-agent warning"]);
});

it.each<[string, Outcome | Error, string]>([
  ["a success", done, "done"],
  ["a failure", { kind: "failed", because: "exit 1", tail: "" }, "failed"],
  ["a throw", new Error("the moon is full"), "failed"],
])("after %s the next begins", async (_sentence, ending, kind) => {
  const { queue, story, finish } = setUp();
  queue.offer([agent("critical"), agent("warning")], moment());

  await finish("call-agent critical", ending);

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
])(
  "a perform that %s is a bug that is told, and a failed outcome that says why",
  async (_sentence, perform) => {
    const outcomes: Outcome[] = [];
    const bugs: unknown[] = [];
    const queue = createQueue({
      perform,
      settled(_effect, outcome) {
        outcomes.push(outcome);
        return Promise.resolve();
      },
      onBug: (error) => bugs.push(error),
    });

    queue.offer([notice("warning")], moment());
    await queue.idle();

    expect(outcomes).toEqual([{ kind: "failed", because: "the moon is full", tail: "" }]);
    expect(bugs).toEqual([new Error("the moon is full")]);
  },
);

it("a settling that throws is a bug that is told, and the next begins", async () => {
  const broken = Promise.reject(new Error("the moon is full"));
  const { queue, story, bugs, finish } = setUp({ settledAfter: broken });
  queue.offer([agent("critical"), agent("warning")], moment());

  await finish("call-agent critical");

  expect(bugs).toEqual([new Error("the moon is full")]);
  expect(story.at(-1)).toBe("begin call-agent warning");
});

describe("idle", () => {
  it("is at once where nothing was offered", async () => {
    const { queue } = setUp();

    await expect(queue.idle()).resolves.toBeUndefined();
  });

  it("waits for what runs and for what waits", async () => {
    const { queue, story, finish } = setUp();
    queue.offer([agent("critical"), agent("warning"), notice("critical")], moment());

    const idle = queue.idle().then(() => story.push("idle"));
    await finish("notify critical");
    await finish("call-agent critical");
    await finish("call-agent warning");
    await idle;

    expect(story.slice(-2)).toEqual(["done call-agent warning", "idle"]);
  });
});

describe("stop", () => {
  it("ends what runs and leaves it owed: nothing is settled", async () => {
    const { queue, story } = setUp();
    queue.offer([agent("critical"), notice("critical"), agent("warning")], moment());

    await queue.stop();

    expect(story).toEqual(["begin notify critical", "begin call-agent critical"]);
  });

  it("lets nothing begin any more", async () => {
    const { queue, story } = setUp();

    await queue.stop();
    queue.offer([agent("critical"), notice("critical")], moment());

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
      onBug: (error) => story.push(String(error)),
    });
    queue.offer([agent("critical")], moment());

    await queue.stop();

    expect(story).toEqual(["done call-agent critical"]);
  });

  it("is at once where nothing runs, and may be asked twice", async () => {
    const { queue } = setUp();

    await queue.stop();

    await expect(queue.stop()).resolves.toBeUndefined();
  });
});

describe("notifications", () => {
  const many = Array.from({ length: 30 }, (_, n) => notice(`n${n}`, { event: "idle" }));

  it("are sent ten at a time", () => {
    const first = mayStart(many, [], moment());
    const next = mayStart(many.slice(10), first.slice(0, 4), moment());

    expect(first).toEqual(many.slice(0, 10));
    expect(next).toEqual(many.slice(10, 16));
    expect(mayStart(many.slice(10), many.slice(0, 10), moment())).toEqual([]);
  });

  it("of crossings, backstops and blindness go first", () => {
    const urgent = [
      notice("blind", { event: "blind" }),
      notice("backstop", { event: "backstop" }),
      notice("warning"),
    ];

    expect(mayStart([...many, ...urgent], [], moment()).slice(0, 3)).toEqual(urgent);
  });

  it("that fill all places leave room for an agent and the end of a pod", () => {
    const started = mayStart([...many, agent("warning"), end("p1")], many.slice(0, 10), moment());

    expect(started.map(({ kind }) => kind)).toEqual(["end-pod", "call-agent"]);
  });
});
