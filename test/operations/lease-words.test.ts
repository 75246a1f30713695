import { expect, it } from "vitest";
import type { Deadline } from "#guard/pods/rules/deadlines.ts";
import { leasedWords } from "#operations/lease-words.ts";
import { at, hourMs, leaseGuard, pod } from "../guard/samples.ts";

const deadline: Omit<Deadline, "guard"> = {
  action: "stop",
  reason: "",
  words: "",
  atMs: at(60),
  isPast: false,
  isFar: true,
  isKnown: true,
};

it.each<[Pick<Deadline, "guard" | "of"> | undefined, string | undefined]>([
  [undefined, undefined],
  [{ guard: "hard_timeout" }, "the hard timeout ends the pod before that, at 60"],
  [{ guard: "schedule", of: "evening" }, "schedule evening ends the pod before that, at 60"],
  [{ guard: "budget", of: "daily" }, "budget daily ends the pod before that, at 60"],
])("what ends a pod before its lease is said: %j", (by, words) => {
  const leased = {
    guard: leaseGuard,
    atMs: at(0),
    endsAtMs: at(120),
    actsAtMs: at(120),
    moreMs: hourMs,
    sooner: by && { ...deadline, ...by },
    troubles: [],
  };

  const { warning } = leasedWords(pod(), leased, (ms) => String((ms - at(0)) / 60_000));

  expect(warning).toBe(words);
});
