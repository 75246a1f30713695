import { describe, expect, it } from "vitest";
import { eventNames, type Notify } from "#guard/model/effect.ts";
import { messageFrom } from "#notify/words/message-of.ts";
import { pod, seen } from "../../guard/samples.ts";

const notice: Notify = {
  kind: "notify",
  id: "notify:trip:low:1@ntfy",
  channel: "ntfy",
  event: "trip",
  name: "low",
  because: "balance $1.99 is below $2.00",
  severity: "critical",
  incident: "threshold:low",
  balanceUsd: 1.99,
  burnPerHrUsd: 3.98,
  belowUsd: 2,
  atMs: 1_000,
  tries: 0,
  notBeforeMs: 0,
};
const look = seen({
  pods: [
    pod({ id: "cheap", name: "", costPerHrUsd: 0.5 }),
    pod({ id: "dear", name: "*bold* <b>", costPerHrUsd: 3.48 }),
  ],
});

describe("the message of a notification", () => {
  it("holds the numbers, and the pods with the most expensive first, as they are called", () => {
    expect(messageFrom(notice, look, 5_000)).toEqual({
      id: notice.id,
      event: "trip",
      severity: "critical",
      incident: "threshold:low",
      isResolution: false,
      title: "Balance below low ($2.00)",
      text: "Balance $1.99 is below $2.00",
      atMs: 1_000,
      sentAtMs: 5_000,
      balanceUsd: 1.99,
      burnPerHrUsd: 3.98,
      hoursLeft: 0.5,
      threshold: { name: "low", belowUsd: 2 },
      pods: [
        { id: "dear", name: "*bold* <b>", costPerHrUsd: 3.48 },
        { id: "cheap", name: "", costPerHrUsd: 0.5 },
      ],
      next: [],
      remedy: undefined,
    });
  });

  it.each([
    ["unknown burn", { burnPerHrUsd: undefined }, undefined],
    ["no burn", { burnPerHrUsd: 0 }, undefined],
    ["unknown balance", { balanceUsd: undefined }, undefined],
    ["a debt", { balanceUsd: -3 }, 0],
  ])("has hours left that are never made up: %s", (_, overrides, hours) => {
    expect(messageFrom({ ...notice, ...overrides }, look, 0).hoursLeft).toBe(hours);
  });

  it("of an older version's state has all that a service needs", () => {
    const { severity: _s, incident: _i, atMs: _a, ...old } = notice;

    expect(messageFrom(old, undefined, 7)).toMatchObject({
      severity: "warning",
      incident: "trip:low",
      atMs: 7,
      pods: [],
    });
  });

  it.each(eventNames)("has a title of a few words for %s", (event) => {
    const { title } = messageFrom({ ...notice, event }, look, 0);

    expect(title).toMatch(/^.{4,60}$/);
  });
});

it.each<[string, Partial<Notify>, string]>([
  [
    "a warning says what comes",
    { event: "warn", next: [{ what: "stop pod dear" }] },
    "Soon: stop pod dear",
  ],
  ["a guard says of which pod", { event: "idle", podIds: ["cheap"] }, "Idle guard: cheap"],
  [
    "and of how many",
    { event: "lease", podIds: ["cheap", "gone", "away"] },
    "Lease guard: gone and 2 more",
  ],
  [
    "a name is as it was typed",
    { event: "hard_timeout", podIds: ["dear"] },
    'Hard timeout: "*bold* <b>" (dear)',
  ],
])("the title: %s", (_sentence, overrides, expected) => {
  expect(messageFrom({ ...notice, ...overrides }, look, 0).title).toBe(expected);
});

it("a name that would be a file or code to an agent is as it was typed", () => {
  const because = String.raw`pod "\u0040all \u0060x\u0060" (p1) stopped`;

  expect(messageFrom({ ...notice, because }, look, 0).text).toBe('Pod "@all `x`" (p1) stopped');
});

describe("numbers that are old", () => {
  const seenLate = (minutes: number) =>
    messageFrom({ ...notice, atMs: look.atMs + minutes * 60_000 }, look, look.atMs + 9_000_000);

  it("are told as such, and no time is counted by them", () => {
    expect(seenLate(125)).toMatchObject({ seenAtMs: look.atMs, hoursLeft: undefined });
  });

  it("are not those of the last polls, however late the message itself is", () => {
    expect(seenLate(9)).not.toHaveProperty("seenAtMs");
    expect(seenLate(9).hoursLeft).toBe(0.5);
  });
});
