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
