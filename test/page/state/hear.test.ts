import { expect, it } from "vitest";
import type { LiveEvents } from "#http/contract/live.ts";
import { headOf } from "#page/parts/head.ts";
import { announcement } from "#page/state/announcement.ts";
import { hear } from "#page/state/hear.ts";
import { firstState, type PageState } from "#page/state/page-state.ts";
import { minuteMs, secondMs } from "#page/words/spans.ts";
import { event, operation, status } from "../samples.ts";
import { own, sceneAfter, stateWith } from "../seen-page.ts";

function heard<Name extends keyof LiveEvents>(
  state: PageState,
  name: Name,
  data: LiveEvents[Name],
): PageState {
  const message = { event: name, data: JSON.stringify(data), id: "1" };
  return hear(state, { kind: "message", message }, own(0));
}

const lost = { kind: "lost", because: "it cannot be reached" } as const;

it("an event is shown once, the newest first", () => {
  const newer = event({ id: "e2", at: "2026-03-09T01:59:00.000Z" });

  const state = heard(
    heard(stateWith(status()), "event", newer),
    "status",
    status({ events: [newer, event()] }),
  );

  expect(state.events.map(({ id }) => id)).toEqual(["e2", "e1"]);
});

it.each([
  ["told by itself", "2026-03-09T00:30:00.000Z", ["e3"], ["e3", "e2", "e1"]],
  ["in the order of the daemon", "2026-03-09T00:30:00.000Z", ["e3", "e2"], ["e3", "e2", "e1"]],
  ["held back for a while", "2026-03-09T01:59:30.000Z", ["e2", "e3"], ["e2", "e3", "e1"]],
])("what happened last is first, whatever the daemon's clock says: %s", (_, at, told, expected) => {
  const all = [
    event({ id: "e2", at: "2026-03-09T01:59:59.000Z" }),
    event({ id: "e3", at }),
    event(),
  ];
  const ofIds = (ids: readonly string[]) => ids.flatMap((id) => all.filter((e) => e.id === id));
  const before = heard(stateWith(status()), "status", status({ events: ofIds(["e2", "e1"]) }));

  const state =
    told.length === 1
      ? heard(before, "event", all[1] ?? event())
      : heard(before, "status", status({ events: ofIds(told) }));

  expect(state.events.map(({ id }) => id)).toEqual(expected);
});

it("an event that a late status does not have yet stays the newest", () => {
  const newest = event({ id: "e2", at: "2026-03-09T01:59:00.000Z" });
  const before = heard(stateWith(status()), "event", newest);

  const state = heard(before, "status", status());

  expect(state.events.map(({ id }) => id)).toEqual(["e2", "e1"]);
});

it("an operation that was asked for last is first, whatever the daemon's clock says", () => {
  const first = operation({ id: "op1", asked_at: "2026-03-09T03:00:00.000Z" });
  const last = operation({ id: "op2", asked_at: "2026-03-09T01:00:00.000Z" });
  const before = heard(stateWith(status()), "operation", first);

  const state = heard(heard(before, "operation", last), "operation", { ...first, state: "done" });

  expect(state.operations.map(({ id, state: its }) => [id, its])).toEqual([
    ["op2", "running"],
    ["op1", "done"],
  ]);
});

it("what was missed is not shown as if nothing had been", () => {
  const state = heard(heard(stateWith(status()), "event", event({ id: "e2" })), "missed", {});

  expect(state.events.map(({ id }) => id)).toEqual(["e1"]);
});

it("an operation never goes back, in whatever order it is told", () => {
  const ended = operation({ state: "done", words: "It is EXITED." });
  const late = operation({ steps: [{ at: ended.asked_at, words: "asked" }] });

  const state = heard(heard(stateWith(status()), "operation", ended), "operation", late);

  expect(state.operations).toEqual([ended]);
});

it("what an event of a later version is called does no harm", () => {
  const message = { event: "weather", data: "not even JSON", id: "1" };

  expect(hear(firstState, { kind: "message", message }, own(0))).toBe(firstState);
});

it("a connection is lost since it was first lost, and stale only after a moment", () => {
  const first = hear(stateWith(status()), lost, own(0));
  const again = hear(first, { kind: "lost", because: "it answered 502" }, own(minuteMs));

  expect(sceneAfter(2 * secondMs, first).isStale).toBe(false);
  expect(sceneAfter(6 * secondMs, first).isStale).toBe(true);
  expect(sceneAfter(3 * minuteMs, again)).toMatchObject({ silentMs: 3 * minuteMs, isStale: true });
});

it("what counts on stands still where nothing is heard any more", () => {
  const state = hear(stateWith(status()), lost, own(minuteMs));
  const { shownMs, nowMs } = sceneAfter(9 * minuteMs, state);

  expect(nowMs - shownMs).toBe(8 * minuteMs);
});

it.each([
  ["the balance and the pods", status(), "$42.17 · 1 pod", false],
  [
    "a threshold that has fired",
    status({ thresholds: status().thresholds.map((each) => ({ ...each, is: "fired" as const })) }),
    "$42.17 · 1 pod",
    true,
  ],
  ["no pods that anybody knows of", status({ pods: null }), "$42.17 · pods unknown", false],
  ["blindness", status({ balance_usd: null }), "Blind", true],
])("the tab shows %s", (_sentence, shown, title, isAlarmed) => {
  const state = stateWith(shown);

  expect(headOf(state, sceneAfter(0, state))).toEqual({ title, isAlarmed });
});

it("the tab says when it is not live, and when nobody is logged in", () => {
  const state = hear(stateWith(status()), lost, own(0));
  const out = hear(state, { kind: "logged-out" }, own(0));

  expect(headOf(state, sceneAfter(minuteMs, state)).title).toBe("Not live · runpodboss");
  expect(headOf(out, sceneAfter(minuteMs, out)).title).toBe("Logged out · runpodboss");
});

it("a screen reader hears of few changes: the connection, a threshold, and what has ended", () => {
  const live = stateWith(status({ operations: [operation()] }));
  const broken = hear(live, lost, own(0));
  const ended = heard(live, "operation", operation({ state: "done", words: "It is EXITED." }));

  expect(announcement(live, broken)).toBe("The connection to the daemon is lost.");
  expect(announcement(broken, live)).toBe("Connected to the daemon again.");
  expect(announcement(live, ended)).toBe("stop trainer: done. It is EXITED.");
  expect(announcement(live, heard(live, "status", status()))).toBeUndefined();
  const thresholds = status().thresholds.map((each) => ({ ...each, is: "fired" as const }));
  const low = heard(live, "status", status({ thresholds }));
  expect(announcement(live, low)).toBe("The balance is below warning.");
  expect(announcement(low, heard(low, "status", status({ thresholds })))).toBeUndefined();
});
