import { expect, it } from "vitest";
import { alarms, notes } from "#page/parts/banners.ts";
import { page } from "#page/parts/page.ts";
import { hear } from "#page/state/hear.ts";
import type { Child } from "#page/dom/element.ts";
import { minuteMs, secondMs } from "#page/words/spans.ts";
import { status } from "../samples.ts";
import { own, sceneAfter, stateWith } from "../seen-page.ts";
import { wordsOf } from "../words-of.ts";

const blind = status({
  balance_usd: null,
  error: "RunPod could not be reached.",
  unseen: [{ what: "the account", since: "2026-03-09T01:56:00.000Z", because: "timeout" }],
});

/** What is read aloud at once. */
function alertsIn(child: Child): readonly string[] {
  if (typeof child === "string") return [];
  const inside = child.children.flatMap(alertsIn);
  return child.attributes["role"] === "alert" ? [wordsOf(child), ...inside] : inside;
}

it("blind stands across the top, in red, with how long and why", () => {
  const words = wordsOf(alarms(sceneAfter(0, stateWith(blind))));

  expect(words).toContain("Blind for 4 min.");
  expect(words).toContain("has not seen the account since 01:56: timeout");
});

it("blind is read aloud once, not at each tick", () => {
  const [first, later] = [0, 90 * secondMs].map((ms) =>
    alarms(sceneAfter(ms, stateWith(blind))).flatMap(alertsIn),
  );

  expect(first).toEqual(["Blind since 01:56."]);
  expect(later).toEqual(first);
});

it.each([
  ["the pods", "Blind to the pods for 4 min."],
  ["the load of the pods", "Not seen since 01:56: the load of the pods: timeout"],
])("what is not seen has its words: %s", (what, said) => {
  const unseen = [{ what, since: "2026-03-09T01:56:00.000Z", because: "timeout" }];
  const scene = sceneAfter(0, stateWith(status({ unseen })));

  expect(wordsOf([...alarms(scene), ...notes(scene)])).toContain(said);
});

it("a poll that has just failed is said, before it counts as blind", () => {
  const state = stateWith(status({ balance_usd: null, error: "RunPod could not be reached." }));

  expect(wordsOf(alarms(sceneAfter(0, state)))).toContain(
    "Not seen now. RunPod could not be reached.",
  );
});

it("a broken stream says when the daemon last polled, and that nothing can be sent", () => {
  const lost = { kind: "lost", because: "it cannot be reached" } as const;
  const scene = sceneAfter(3 * minuteMs, hear(stateWith(status()), lost, own(0)));

  const words = wordsOf(page(scene));

  expect(words).toContain("The daemon last polled 3 min ago.");
  expect(words).toContain("nothing can be sent");
  expect(words).toContain("Not live, polled 3 min ago");
});

it("a daemon that does not poll is said to be late", () => {
  const { poll } = status();
  const state = stateWith(status({ poll: { ...poll, is_late: true } }));

  expect(wordsOf(alarms(sceneAfter(4 * minuteMs, state)))).toContain(
    "The daemon last polled 4 min ago. The next poll is late.",
  );
});

it("nobody told, a dry run and troubles are said; else nothing is", () => {
  const state = stateWith(
    status({ is_nobody_told: true, is_dry_run: true, troubles: ["The disk is full"] }),
  );
  const words = wordsOf(notes(sceneAfter(0, state)));

  expect(words).toContain("Nobody is told.");
  expect(words).toContain("Dry run.");
  expect(words).toContain("The disk is full");
  expect([
    ...alarms(sceneAfter(0, stateWith(status()))),
    ...notes(sceneAfter(0, stateWith(status()))),
  ]).toEqual([]);
});
