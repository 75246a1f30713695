import { setImmediate as nextTurn } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { noticesToStart } from "#effects/notices-to-start.ts";
import { createQueue, mayStart } from "#effects/queue.ts";
import type { Effect, Notify, Outcome } from "#guard/model/effect.ts";
import { seen } from "../guard/samples.ts";

const look = seen();

function notice(id: string, over: Partial<Notify> = {}): Notify {
  return {
    kind: "notify",
    id,
    event: "idle",
    name: "idle",
    because: "",
    severity: "warning",
    channel: "phone",
    tries: 0,
    notBeforeMs: 0,
    ...over,
  };
}

const many = (count: number, over: Partial<Notify> = {}): readonly Notify[] =>
  Array.from({ length: count }, (_, n) => notice(`${over.channel ?? "phone"}-${n}`, over));
const ids = (effects: readonly Effect[]) => effects.map(({ id }) => id);

describe("of what waits for a channel", () => {
  it("two go at a time, in their order, what is about money first", () => {
    const waiting = [
      ...many(2),
      notice("trip", { event: "trip" }),
      notice("end", { event: "idle", severity: "critical" }),
      notice("blind", { event: "blind", severity: "critical" }),
    ];

    expect(ids(noticesToStart(waiting, [], { look }))).toEqual(["trip", "end"]);
    expect(ids(noticesToStart(waiting, [waiting[0] ?? notice("x")], { look }))).toEqual(["trip"]);
    expect(ids(noticesToStart(waiting, waiting.slice(0, 2), { look }))).toEqual([]);
  });

  it("what another channel or the notify command is busy with holds nothing", () => {
    const busy = [
      ...many(2, { channel: "mail" }),
      ...many(10, { channel: undefined }).map((each, n) => ({ ...each, id: `command-${n}` })),
    ];
    const waiting = [
      notice("a"),
      notice("b", { channel: "mail" }),
      notice("c", { channel: undefined }),
    ];

    expect(ids(noticesToStart(waiting, busy, { look }))).toEqual(["a"]);
  });

  it("its end does not go beside its beginning, nor two of them at once", () => {
    const begun = notice("begun", { incident: "threshold:low", event: "trip" });
    const over = notice("over", { incident: "threshold:low", event: "rearm" });
    const other = notice("other", { incident: "idle:p1" });

    expect(ids(noticesToStart([over, other], [begun], { look }))).toEqual(["other"]);
    expect(ids(noticesToStart([begun, over], [], { look }))).toEqual(["begun"]);
    expect(ids(noticesToStart([over], [{ ...begun, channel: "mail" }], { look }))).toEqual([
      "over",
    ]);
  });

  it("a crossing waits for a poll that has worked", () => {
    const waiting = [notice("trip", { event: "trip" }), notice("blind", { event: "blind" })];

    expect(ids(noticesToStart(waiting, [], { look: undefined }))).toEqual(["blind"]);
  });
});

describe("in a channel's quiet hours", () => {
  const isQuiet = (name: string) => name === "phone";

  it.each([
    ["what is critical is sent", { severity: "critical" }, true],
    ["a warning waits", { severity: "warning" }, false],
    ["an information waits", { severity: "info" }, false],
    ["what does not say how much it matters is sent", { severity: undefined }, true],
    ["another channel is told", { channel: "mail" }, true],
    ["the notify command is called", { channel: undefined }, true],
  ] as const)("%s", (_sentence, over, isSent) => {
    const waiting = [notice("n", over)];

    expect(ids(noticesToStart(waiting, [], { look, isQuiet }))).toEqual(isSent ? ["n"] : []);
  });

  it("what waits takes no other's place", () => {
    const waiting = [...many(5), notice("late", { severity: "critical" })];

    expect(ids(noticesToStart(waiting, [], { look, isQuiet }))).toEqual(["late"]);
  });

  it("is asked once for each channel, however much waits", () => {
    let asked = 0;
    const slow = (): boolean => {
      asked += 1;
      return true;
    };

    noticesToStart(many(1_000), [], { look, isQuiet: slow });

    expect(asked).toBe(1);
  });

  it("what waited is sent at the first moment after them", async () => {
    const sent: string[] = [];
    const done: Outcome = { kind: "done", because: "200", tail: "" };
    const queue = createQueue({
      perform: ({ id }) => {
        sent.push(id);
        return Promise.resolve(done);
      },
      settled: () => Promise.resolve(),
      onBug: (error) => expect.fail(String(error)),
    });
    const owed = [notice("held")];
    const moment = { nowMs: 0, look, isLook: true };

    queue.offer(owed, { ...moment, isQuiet });
    await queue.idle();
    const before = [...sent];
    queue.offer(owed, { ...moment, isLook: false, isQuiet: () => false });
    await queue.idle();

    expect(before).toEqual([]);
    expect(sent).toEqual(["held"]);
  });
});

it("one channel that hangs holds no other, however much waits for it", async () => {
  const sent: string[] = [];
  let release: (outcome: Outcome) => void = () => undefined;
  const hung = new Promise<Outcome>((resolve) => (release = resolve));
  let onAllMailed = (): void => undefined;
  const allMailed = new Promise<void>((resolve) => (onAllMailed = resolve));
  const done: Outcome = { kind: "done", because: "200", tail: "" };
  const queue = createQueue({
    perform: (effect) => {
      sent.push(effect.id);
      if (sent.filter((id) => id.startsWith("mail")).length === 20) onAllMailed();
      const isHung = effect.kind === "notify" && effect.channel === "phone";
      return isHung ? hung : Promise.resolve(done);
    },
    settled: () => Promise.resolve(),
    onBug: (error) => expect.fail(String(error)),
  });
  const waiting = [...many(20), ...many(20, { channel: "mail" })];

  queue.offer(waiting, { nowMs: 0, look, isLook: true });
  await allMailed;

  expect(sent.filter((id) => id.startsWith("phone"))).toEqual(["phone-0", "phone-1"]);
  expect(
    ids(mayStart([notice("new", { channel: "third" })], waiting, { nowMs: 0, look, isLook: true })),
  ).toEqual(["new"]);
  release(done);
});

it("all that a channel could not be sent is sent once it works, with one poll", async () => {
  const sent: string[] = [];
  const done: Outcome = { kind: "done", because: "200", tail: "" };
  const queue = createQueue({
    perform: ({ id }) => {
      sent.push(id);
      return Promise.resolve(done);
    },
    settled: () => Promise.resolve(),
    onBug: (error) => expect.fail(String(error)),
  });
  const failed = [...many(7, { tries: 3 }), notice("later", { tries: 1, notBeforeMs: 1 })];

  queue.offer(failed, { nowMs: 0, look, isLook: true });
  await queue.idle();

  expect(sent).toEqual(ids(failed.slice(0, 7)));
});

describe("of one thing, a channel is told in the order in which it came", () => {
  const begun = notice("begun", { incident: "backstop:low", event: "backstop", tries: 1 });
  const over = notice("over", { incident: "backstop:low", event: "backstop", isResolution: true });
  const anew = notice("anew", { incident: "backstop:low", tries: 0 });

  it.each([
    ["an end waits for a beginning that failed", [over], [begun, over], []],
    ["an end that no beginning waits for does not", [over], [over], ["over"]],
    ["nor one whose beginning came later", [over], [over, begun], ["over"]],
    ["what begins anew waits for the end before", [anew], [over, anew], []],
    [
      "what is critical waits for no end",
      [{ ...anew, severity: "critical" }],
      [over, anew],
      ["anew"],
    ],
    ["another channel's does not matter", [over], [{ ...begun, channel: "mail" }, over], ["over"]],
    ["nor another thing's", [over], [{ ...begun, incident: "x" }, over], ["over"]],
    [
      "nor one of which nobody knows what it is about",
      [over],
      [{ ...begun, incident: undefined }, over],
      ["over"],
    ],
  ] as const)("%s", (_sentence, ready, waiting, started) => {
    expect(ids(noticesToStart(ready, [], { look }, waiting))).toEqual(started);
  });

  it("the notify command as ever", () => {
    const [first, last] = [begun, over].map((each) => ({ ...each, channel: undefined }));

    expect(ids(noticesToStart([last ?? over], [], { look }, [first ?? begun]))).toEqual(["over"]);
  });
});

describe("after a restart, before a poll has worked", () => {
  const trip = notice("trip", { event: "trip", name: "low", threshold: "low", tries: 2 });
  const stopping = notice("stopping", {
    event: "backstop",
    threshold: "low",
    severity: "critical",
  });
  const other = notice("other", { event: "backstop", threshold: "high", severity: "critical" });

  it("a crossing of which more is to be told goes first, and what follows it after it", () => {
    const before = { look: undefined };

    expect(ids(noticesToStart([stopping, trip], [], before))).toEqual(["trip"]);
    expect(ids(noticesToStart([stopping], [trip], before))).toEqual([]);
    expect(ids(noticesToStart([stopping], [], before, [trip, stopping]))).toEqual(["stopping"]);
  });

  it("a crossing of an older version too, which has the threshold's name alone", () => {
    const old = { ...trip, threshold: undefined };

    expect(ids(noticesToStart([stopping, old], [], { look: undefined }))).toEqual(["trip"]);
  });

  it("one that stands alone waits, and holds nothing of another threshold", () => {
    expect(ids(noticesToStart([trip, other], [], { look: undefined }))).toEqual(["other"]);
  });
});

it("what was refused most often lets others go first", () => {
  const waiting = [...many(2, { tries: 9 }), notice("new"), notice("newer", { tries: 1 })];

  expect(ids(noticesToStart(waiting, [], { look }))).toEqual(["new", "newer"]);
});

describe("a queue that is to finish", () => {
  const done: Outcome = { kind: "done", because: "200", tail: "" };
  const failed: Outcome = { kind: "failed", because: "no answer", tail: "" };
  const agent: Effect = {
    kind: "call-agent",
    id: "agent",
    threshold: "low",
    belowUsd: 1,
    balanceUsd: 0.5,
    because: "",
    tries: 0,
    notBeforeMs: 0,
  };

  function queueOf(perform: (effect: Effect) => Promise<Outcome>) {
    const begun: string[] = [];
    const queue = createQueue({
      perform(effect, _look, signal) {
        begun.push(effect.id);
        const interrupted = new Promise<"interrupted">((resolve) =>
          signal.addEventListener("abort", () => resolve("interrupted")),
        );
        return Promise.race([perform(effect), interrupted]);
      },
      settled: () => Promise.resolve(),
      onBug: (error) => expect.fail(String(error)),
    });
    return { queue, begun };
  }

  it("sends nothing more by a channel that has just failed, and all by the others", async () => {
    const { queue, begun } = queueOf((effect) =>
      Promise.resolve(effect.kind === "notify" && effect.channel === "phone" ? failed : done),
    );
    const ending = new AbortController();

    queue.offer([...many(20), ...many(20, { channel: "mail" })], {
      nowMs: 0,
      look,
      isLook: true,
    });
    await queue.finish(ending.signal);

    expect(begun.filter((id) => id.startsWith("phone"))).toHaveLength(2);
    expect(begun.filter((id) => id.startsWith("mail"))).toHaveLength(20);
  });

  it("does not wait for a channel that hangs any longer than it may, nor starts anything more there", async () => {
    let release: (outcome: Outcome) => void = () => undefined;
    const agentEnds = new Promise<Outcome>((resolve) => (release = resolve));
    const { queue, begun } = queueOf((effect) =>
      effect.kind === "notify" ? new Promise(() => undefined) : agentEnds,
    );
    const ending = new AbortController();
    const story: string[] = [];

    queue.offer([...many(20), agent], { nowMs: 0, look, isLook: true });
    const finished = queue.finish(ending.signal).then(() => story.push("finished"));
    ending.abort();
    await nextTurn();
    story.push("agent ends");
    release(done);
    await finished;
    await queue.stop();

    expect(story).toEqual(["agent ends", "finished"]);
    expect(begun).toEqual(["phone-0", "phone-1", "agent"]);
  });

  it("is finished at once when nothing runs", async () => {
    const { queue } = queueOf(() => Promise.resolve(done));
    const isOver = AbortSignal.abort();

    await queue.finish(isOver);

    expect(await queue.idle()).toBeUndefined();
  });
});
