import { expect, it } from "vitest";
import { pods } from "#page/parts/pods/pods.ts";
import { minuteMs } from "#page/words/spans.ts";
import { pod, status } from "../samples.ts";
import { sceneAfter, stateWith } from "../seen-page.ts";
import { wordsOf } from "../words-of.ts";

function seen(changes: Parameters<typeof status>[0], afterMs = 0, isWide = false): string {
  return wordsOf(pods(sceneAfter(afterMs, stateWith(status(changes)), isWide)));
}

it.each([false, true])("a failed look is never an empty list (on a desk: %s)", (isWide) => {
  const words = seen({ pods: null, pods_because: "RunPod does not answer" }, 0, isWide);

  expect(words).toContain("Which pods run is unknown: RunPod does not answer");
  expect(words).not.toContain("No pods");
});

it("no pods are said to be none only when that is known", () => {
  expect(seen({ pods: [] })).toContain("No pods. Nothing runs");
  expect(seen({ pods: [], unreadable_pods: 1 })).not.toContain("Nothing runs");
  expect(seen({ pods: [], unreadable_pods: 1 })).toContain("1 pod that cannot be read");
});

it("times count on in the page", () => {
  const before = seen({});
  const after = seen({}, 3 * minuteMs);

  expect(before).toContain("in 2 h 30 min");
  expect(before).toContain("3 h 10 min");
  expect(after).toContain("in 2 h 27 min");
  expect(after).toContain("3 h 13 min");
});

it("what is unknown of a pod is said to be", () => {
  const nothingKnown = {
    status: null,
    is_running: null,
    uptime_minutes: null,
    idle_minutes: null,
    cost_now_usd: null,
    cost_per_hr_usd: null,
    ends_by: null,
    ends_at: null,
    end_words: null,
  };

  const words = seen({ pods: [pod(nothingKnown)] });

  expect(words).toContain("status unknown");
  expect(words.match(/\nunknown/g)).toHaveLength(5);
});

it("who started a pod stands under its name, where it was started with this program", () => {
  const words = "started by an agent (claude-code) on box";

  expect(seen({ pods: [pod({ started_words: words })] })).toContain(`H100 SXM · ${words}`);
  expect(seen({ pods: [pod()] })).not.toContain("started");
});

it.each([
  ["protected", "protected"],
  ["locked", "locked"],
  ["unknown", "not known whether protected"],
] as const)("what keeps a pod from being ended stands there in words: %s", (kept, words) => {
  expect(seen({ pods: [pod({ kept_from_ending: kept })] })).toContain(words);
});

it("what nobody knows to run is not counted as running", () => {
  const unsure = pod({ id: "p2", is_running: null });

  expect(seen({ pods: [pod(), unsure] })).toContain("Pods 1 running, 1 may run");
  expect(seen({ pods: [unsure] })).toContain("Pods 1 may run");
});

it.each([
  ["nothing ends it: it is protected", "nothing ends it (it is protected)"],
  ["no guard ends it", "nothing ends it\n"],
])("that nothing ends it is said once: %s", (endWords, words) => {
  const kept = pod({ ends_by: "none", ends_at: null, end_words: endWords });

  expect(seen({ pods: [kept] })).toContain(`Time left\n${words}`);
});
