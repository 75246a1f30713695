import { describe, expect, it } from "vitest";
import { answered, opened, reopened, sending, withHours } from "#page/ask/ask.ts";
import { dialog } from "#page/ask/dialog.ts";
import { hindrance, hoursOf } from "#page/ask/question.ts";
import type { PageState } from "#page/state/page-state.ts";
import { hear } from "#page/state/hear.ts";
import { minuteMs } from "#page/words/spans.ts";
import type { Action, OperationAnswer } from "#http/contract/operation.ts";
import { atMs, operation, pod, status } from "../samples.ts";
import { own, sceneAfter, stateWith } from "../seen-page.ts";
import { wordsOf } from "../words-of.ts";

function asked(action: Action, shown = status()): PageState {
  return opened(stateWith(shown), action, "p1", atMs);
}

function questionIn({ question }: PageState) {
  if (question === undefined) throw new Error("nothing is asked");
  return question;
}

function words(state: PageState, afterMs = 0): string {
  return wordsOf(dialog(questionIn(state), sceneAfter(afterMs, state)));
}

function told(state: PageState, each: OperationAnswer): PageState {
  const message = { event: "operation", data: JSON.stringify(each), id: "9" };
  return hear(state, { kind: "message", message }, own(0));
}

function yes(state: PageState): PageState {
  return { ...state, question: sending(questionIn(state)) };
}

describe("the question says what a yes costs or loses", () => {
  it.each([
    ["stop", "What is not on a volume is lost"],
    ["stop", "It has run for 3 h 10 min and cost $9.47 so far."],
    ["stop", "It costs $2.99/h while it runs."],
    ["terminate", "deleted for good"],
    ["extend", "That costs up to $5.98 more, at $2.99/h."],
    ["extend", "Its lease then ends 06:30"],
    ["touch", "its idle time begins anew"],
    ["touch", "It goes on costing $2.99/h."],
  ] as const)("%s: %s", (action, said) => {
    expect(words(asked(action))).toContain(said);
  });

  it.each([
    ["LOSES ITS DATA", "It LOSES ITS DATA."],
    [
      "LOSES its container disk; a volume disk stays, and costs",
      "It LOSES its container disk; a volume disk stays, and costs.",
    ],
    [
      "keeps its network volume",
      "It loses its container disk; it keeps its network volume, which costs.",
    ],
    [
      "may LOSE ITS DATA (network volume: unknown)",
      "It may LOSE ITS DATA (network volume: unknown).",
    ],
  ])("%s is said in a sentence", (terminate, said) => {
    const shown = status({ pods: [pod({ loses: { stop: "", terminate } })] });

    expect(words(asked("terminate", shown))).toContain(said);
  });

  it("what is unknown of it is said to be", () => {
    const unpriced = status({ pods: [pod({ cost_per_hr_usd: null, uptime_minutes: null })] });

    expect(words(asked("extend", unpriced))).toContain("What that costs is unknown");
    expect(words(asked("stop", unpriced))).toContain("What it costs an hour is unknown.");
    expect(words(asked("stop", unpriced))).toContain("How long it has run");
  });

  it("an extension that the balance does not last for says so", () => {
    expect(words(asked("extend", status({ hours_left: 1 })))).toContain(
      "the balance lasts only 1 h",
    );
    expect(words(asked("extend"))).not.toContain("the balance lasts only");
  });

  it("an extension of what is not the first end says that it may end as before", () => {
    const shown = status({ pods: [pod({ ends_by: "hard_timeout" })] });

    expect(words(asked("extend", shown))).toContain("may still end as before");
  });
});

describe("a yes is not taken any more", () => {
  it.each([
    ["the pod is gone", { pods: [] }, "no longer listed"],
    ["nobody knows the pods", { pods: null }, "unknown now"],
    [
      "it has stopped meanwhile",
      { pods: [pod({ run: null, is_running: false, may: ["terminate"] })] },
      "stopped since",
    ],
    ["it was started anew", { pods: [pod({ run: "p1@2" })] }, "started anew"],
    [
      "it may not be",
      { pods: [pod({ may: [], may_not: "it is locked" })] },
      "any more: it is locked.",
    ],
  ] as const)("%s", (_sentence, changes, said) => {
    const state = asked("stop");
    const after = { ...state, status: status(changes as Partial<typeof state.status>) };

    expect(words(after)).toContain(said);
  });

  it("the connection is lost", () => {
    const state = hear(asked("stop"), { kind: "lost", because: "it cannot be reached" }, own(0));

    expect(words(state, minuteMs)).toContain("nothing can be sent");
    expect(hindrance(questionIn(state), status(), false)).toBeUndefined();
  });

  it.each(["", "0", "-1", "two", "1e3", "9000", "1 2", "."])("%s are no hours", (text) => {
    const state = withHours(asked("extend"), { kind: "own", text });

    expect(words(state)).toContain("Write hours above 0");
  });

  it.each([
    ["6", 6],
    [" 1.5 ", 1.5],
    ["1,5", 1.5],
  ])("%s are hours", (text, hours) => {
    expect(hoursOf({ kind: "own", text })).toBe(hours);
  });
});

describe("the proof is shown as it comes", () => {
  const begun = answered(yes(asked("stop")), questionIn(yes(asked("stop"))), {
    kind: "answered",
    body: operation(),
  });

  it("step by step, to its end", () => {
    const before = yes(asked("stop"));
    const first = answered(before, questionIn(before), { kind: "answered", body: operation() });
    const step = { at: "2026-03-09T02:00:07.000Z", words: "RunPod was asked to stop it" };
    const second = told(first, operation({ steps: [step] }));
    const last = told(second, operation({ steps: [step], state: "done", words: "It is EXITED." }));

    expect(words(before)).toContain("Sending…");
    expect(words(first)).toContain("Under way");
    expect(words(second)).toContain("02:00:07) RunPod was asked to stop it");
    expect(words(last)).toContain("Done");
    expect(words(last)).toContain("It is EXITED.");
  });

  it.each(["unproven", "interrupted"] as const)("%s is red, and may still cost money", (state) => {
    const before = yes(asked("terminate"));
    const ended = operation({ action: "terminate", state, words: "It is still RUNNING." });
    const after = answered(before, questionIn(before), { kind: "answered", body: ended });

    expect(words(after)).toContain("It may still run and cost money.");
    expect(words(after)).toContain("It is still RUNNING.");
  });

  it("a refusal says that nothing was done, and what to do", () => {
    const before = yes(asked("stop"));
    const after = answered(before, questionIn(before), {
      kind: "refused",
      error: "p1 is locked.",
      hint: "Unlock it in the console.",
    });

    expect(words(after)).toMatch(
      /Nothing was done[^]*p1 is locked\.[^]*Unlock it in the console\./,
    );
  });

  it("what was sent without an answer is not known, until the daemon tells of it", () => {
    const before = yes(asked("stop"));
    const silent = answered(before, questionIn(before), {
      kind: "unanswered",
      because: "the connection broke",
    });
    const later = told(silent, operation({ steps: [], state: "done", words: "It is EXITED." }));

    expect(words(silent)).toContain("Whether it was done is not known: the connection broke.");
    expect(words(later)).toContain("It is EXITED.");
  });

  it("what was done before it was asked is not taken for its answer", () => {
    const old = operation({ asked_at: "2026-03-09T01:00:00.000Z", state: "done", words: "Old." });

    expect(words(told(yes(asked("stop")), old))).toContain("Sending…");
  });

  it("an answer to a question that was closed opens nothing", () => {
    const before = yes(asked("stop"));
    const closed = { ...before, question: undefined };

    const after = answered(closed, questionIn(before), { kind: "answered", body: operation() });

    expect(after.question).toBeUndefined();
    expect(after.operations).toHaveLength(1);
    expect(words(reopened(after, "op-1"))).toContain("Under way");
  });

  it("while the connection is lost, what becomes of it is not known", () => {
    const state = hear(begun, { kind: "lost", because: "it cannot be reached" }, own(0));
    const open = {
      ...state,
      question: {
        ...questionIn(yes(asked("stop"))),
        is: { kind: "following", operationId: "op-1" } as const,
      },
    };

    expect(words(open, minuteMs)).toContain("Not known");
  });
});
