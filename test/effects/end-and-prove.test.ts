import { describe, expect, it } from "vitest";
import { type Ending, endPod, triesOf } from "#effects/end-and-prove.ts";
import { backstopEnding } from "#effects/backstop-ending.ts";
import type { Look } from "#guard/model/account.ts";
import type { EndPod, Outcome } from "#guard/model/effect.ts";
import { realPaces } from "#paces.ts";
import type { Account, EndAnswer } from "#ports.ts";
import { createHastyClock } from "../fake-clock.ts";
import { blind, cluster, pod, seen } from "../guard/samples.ts";
import { accountShowing } from "./fake-account.ts";

const effect: EndPod = {
  kind: "end-pod",
  id: "end-pod:emergency:p1:0",
  threshold: "emergency",
  belowUsd: 0.5,
  podId: "p1",
  action: "stop",
  because: "120 s after the trip the balance is still $0.40",
  tries: 0,
  notBeforeMs: 0,
};
const forever = new AbortController().signal;

const other = pod({ id: "p2", costPerHrUsd: 1 });
const low = seen({
  balanceUsd: 0.4,
  burnPerHrUsd: 3,
  pods: [pod({ id: "p1", costPerHrUsd: 2 }), other],
});
const with1 = (overrides: Parameters<typeof pod>[0]) =>
  seen({ ...low, pods: [pod({ id: "p1", costPerHrUsd: 2, ...overrides }), other] });
const stopped = seen({ ...with1({ status: "stopped" }), burnPerHrUsd: 1 });
const gone = seen({ ...low, pods: [other], burnPerHrUsd: 1 });

const accepted: EndAnswer = { kind: "accepted" };
const error = (because: string, isReadOnlyKey = false): EndAnswer => ({
  kind: "failed",
  because,
  isReadOnlyKey,
});
const done = (because: string, podIs: Outcome["podIs"]): Outcome => ({
  kind: "done",
  because,
  tail: "",
  podIs,
});
const moot = (because: string, podIs?: Outcome["podIs"]): Outcome => ({
  kind: "moot",
  because,
  tail: "",
  podIs,
});
const failed = (because: string): Outcome => ({ kind: "failed", because, tail: "" });

async function end(
  looks: readonly [Look, ...Look[]],
  {
    answer = accepted,
    protect = [] as readonly string[],
    action = "stop" as EndPod["action"],
    ending = backstopEnding({ ...effect, action }),
  } = {},
) {
  const account = accountShowing(looks, answer);
  const clock = createHastyClock();
  const outcome = await endPod(ending, { account, clock, protect, paces: realPaces }, forever);
  return { outcome, asked: account.asked, tookMs: clock.nowMs() };
}

describe("a rate window that is used up", () => {
  const spent: Look = {
    kind: "blind",
    atMs: 0,
    cause: "server-error",
    because: "RunPod allows no request for another 40 s",
    retryAfterMs: 40_000,
    isWindowSpent: true,
  };

  it("is waited for before an end, and before its proof: neither is a failure", async () => {
    const { outcome, asked, tookMs } = await end([spent, low, spent, stopped]);

    expect(outcome).toMatchObject({ kind: "done", podIs: "stopped" });
    expect(asked).toEqual(["look", "look", "stop p1", "look", "look"]);
    expect(tookMs).toBeGreaterThanOrEqual(80_000);
  });

  it("is a failure where it takes longer than a minute and a half", async () => {
    const { outcome, asked } = await end([{ ...spent, retryAfterMs: 91_000 }, low]);

    expect(outcome).toMatchObject({ kind: "failed" });
    expect(asked).toEqual(["look"]);
  });

  it("is a failure where it is so again and again", async () => {
    const { outcome, asked } = await end([spent]);

    expect(outcome).toMatchObject({ kind: "failed" });
    expect(asked).toHaveLength(6);
  });

  it("that RunPod answers the end with: all begins anew once it is over, and what the end did counts", async () => {
    const answer: EndAnswer = {
      ...error("HTTP 429: slow down"),
      windowOpensInMs: 30_000,
    } as EndAnswer;
    const worked = await end([low, stopped], { answer });
    const recovered = await end([low, low, low, seen({ ...low, balanceUsd: 9 })], { answer });

    expect(worked.outcome).toMatchObject({ kind: "done", podIs: "stopped" });
    expect(recovered.outcome).toMatchObject({ kind: "moot", because: "the balance recovered" });
    expect(recovered.asked).toEqual(["look", "stop p1", "look", "look", "look"]);
    const never = await end([low], { answer });
    expect(never.outcome).toMatchObject({ kind: "failed" });
    expect(never.asked.filter((each) => each === "stop p1")).toHaveLength(6);
  });
});

describe("it is proven by looking, whatever RunPod said", () => {
  const fell = "the burn fell from $3.00/h to $1.00/h";

  it.each<[string, EndAnswer, [Look, ...Look[]], string]>([
    ["a yes, and it happened", accepted, [low, stopped], `the pod is EXITED; ${fell}`],
    [
      "a yes, and it took a while",
      accepted,
      [low, low, low, stopped],
      `the pod is EXITED; ${fell}`,
    ],
    ["a yes, and the pod is gone", accepted, [low, gone], `the pod is gone; ${fell}`],
    [
      "an error, and it happened all the same",
      error("Something went wrong"),
      [low, stopped],
      `the pod is EXITED; ${fell}`,
    ],
    [
      "no answer, and it happened a little later",
      error("no complete answer within 30 s"),
      [low, low, stopped],
      `the pod is EXITED; ${fell}`,
    ],
    [
      "a refusal, and someone else ended it",
      error("Unauthorized", true),
      [low, gone],
      `the pod is gone; ${fell}`,
    ],
    [
      "a look that fails is no proof, and the next one is",
      accepted,
      [low, blind(), seen({ ...stopped, pods: "unknown" }), stopped],
      `the pod is EXITED; ${fell}`,
    ],
    [
      "rows that cannot be read do not hide a pod that is seen",
      accepted,
      [low, seen({ ...stopped, unreadablePods: 2 })],
      `the pod is EXITED; ${fell}`,
    ],
    [
      "the bill lags behind",
      accepted,
      [low, { ...stopped, burnPerHrUsd: 3 }],
      "the pod is EXITED; not confirmed by the burn ($3.00/h to $3.00/h)",
    ],
    [
      "the bill fell by less than the pod explains",
      accepted,
      [low, { ...stopped, burnPerHrUsd: 2.5 }],
      "the pod is EXITED; not confirmed by the burn ($3.00/h to $2.50/h)",
    ],
    [
      "the bill fell by half of the pod's price",
      accepted,
      [low, { ...stopped, burnPerHrUsd: 2 }],
      "the pod is EXITED; the burn fell from $3.00/h to $2.00/h",
    ],
    [
      "the pod's price was unknown, and the bill is what it was",
      accepted,
      [with1({ costPerHrUsd: undefined }), { ...stopped, burnPerHrUsd: 3 }],
      "the pod is EXITED; not confirmed by the burn ($3.00/h to $3.00/h)",
    ],
    [
      "the pod's price was unknown: any fall counts",
      accepted,
      [with1({ costPerHrUsd: undefined }), { ...stopped, burnPerHrUsd: 2.9 }],
      "the pod is EXITED; the burn fell from $3.00/h to $2.90/h",
    ],
    [
      "the burn was unknown",
      accepted,
      [{ ...low, burnPerHrUsd: undefined }, stopped],
      "the pod is EXITED; the burn is $1.00/h",
    ],
    [
      "the burn was unknown, and no pod explains what it is",
      accepted,
      [
        { ...low, burnPerHrUsd: undefined },
        { ...stopped, burnPerHrUsd: 3 },
      ],
      "the pod is EXITED; not confirmed by the burn ($3.00/h)",
    ],
    [
      "the burn is unknown now",
      accepted,
      [low, { ...stopped, burnPerHrUsd: undefined }],
      "the pod is EXITED; not confirmed by the burn, which is unknown",
    ],
    [
      "RunPod does not say the burn now: what the pods add up to proves nothing",
      accepted,
      [low, { ...stopped, isBurnAddedUp: true }],
      "the pod is EXITED; not confirmed by the burn, as RunPod shows only that of the pods",
    ],
    [
      "another pod started meanwhile, and explains the burn",
      accepted,
      [
        low,
        seen({
          ...stopped,
          burnPerHrUsd: 4,
          pods: [pod({ id: "p1", status: "stopped" }), other, pod({ id: "p3", costPerHrUsd: 3 })],
        }),
      ],
      "the pod is EXITED; the burn is explained by the other pods ($3.00/h to $4.00/h)",
    ],
    [
      "another pod was stopped meanwhile, and its burn alone has fallen",
      accepted,
      [
        low,
        seen({
          ...low,
          burnPerHrUsd: 2,
          pods: [pod({ id: "p1", status: "stopped" }), pod({ id: "p2", status: "stopped" })],
        }),
      ],
      "the pod is EXITED; not confirmed by the burn ($3.00/h to $2.00/h)",
    ],
  ])("%s", async (_sentence, answer, looks, because) => {
    const { outcome, asked } = await end(looks, { answer });

    const { unconfirmed, ...rest } = outcome as Outcome;
    expect(rest).toEqual(done(because, because.includes("is gone") ? "gone" : "stopped"));
    expect(unconfirmed !== undefined).toBe(because.includes("not confirmed"));
    expect(asked.filter((each) => each !== "look")).toEqual(["stop p1"]);
    expect(asked[0]).toBe("look");
  });

  it.each(["stop", "terminate"] as const)("asks for what is owed: %s", async (action) => {
    const { asked } = await end([low, gone], { action });

    expect(asked).toEqual(["look", `${action} p1`, "look", "look"]);
  });
});

describe("one list without the pod does not show that it is gone", () => {
  const empty = seen({ ...low, pods: [], burnPerHrUsd: 0 });
  const refused = error("Something went wrong");
  const fell = "the burn fell from $3.00/h to $1.00/h";

  it.each<[string, EndAnswer, [Look, ...Look[]], Outcome]>([
    [
      "a stop that was refused, and a list that is empty for once",
      refused,
      [low, empty, low],
      failed("RunPod refused (Something went wrong), and the pod still runs"),
    ],
    [
      "a yes that did nothing, and a list that is empty for once",
      accepted,
      [low, empty, low],
      failed("RunPod accepted the request, but the pod still runs"),
    ],
    [
      "the lists are empty again and again, but never twice in a row",
      accepted,
      [low, empty, low, empty, low],
      failed("RunPod accepted the request, but the pod still runs"),
    ],
    [
      "the pod was missing once, and is then listed as stopped",
      accepted,
      [low, gone, stopped],
      done(`the pod is EXITED; ${fell}`, "stopped"),
    ],
    [
      "the pod is missing, and then perhaps a row that cannot be read",
      accepted,
      [low, gone, seen({ ...gone, unreadablePods: 1 })],
      failed("RunPod accepted the request, but the pod may be one that could not be read"),
    ],
    [
      "the pod is missing, and nothing is seen after that",
      accepted,
      [low, gone, blind()],
      failed(
        "RunPod accepted the request, but only one poll does not list the pod, which proves nothing",
      ),
    ],
    [
      "two in a row do, with a poll that fails between them",
      accepted,
      [low, gone, blind(), gone],
      done(`the pod is gone; ${fell}`, "gone"),
    ],
    [
      "the last poll is the first without the pod: one more is made",
      refused,
      [low, low, gone, gone],
      done(`the pod is gone; ${fell}`, "gone"),
    ],
  ])("%s", async (_sentence, answer, looks, outcome) => {
    const stop = await end(looks, { answer });

    expect(stop.outcome).toMatchObject(outcome);
  });

  it("a termination is not proven by it either", async () => {
    const { outcome } = await end([low, empty, low], { action: "terminate" });

    expect(outcome).toMatchObject(failed("RunPod accepted the request, but the pod still runs"));
  });

  it("a pod that is missing from the poll right before is looked for again, and stopped", async () => {
    const { outcome, asked } = await end([empty, low, stopped]);

    expect(outcome).toEqual(done(`the pod is EXITED; ${fell}`, "stopped"));
    expect(asked).toEqual(["look", "look", "stop p1", "look"]);
  });

  it("a pod that is missing from two polls right before is gone", async () => {
    const { outcome, asked } = await end([gone]);

    expect(outcome).toEqual(moot("the pod is gone", "gone"));
    expect(asked).toEqual(["look", "look"]);
  });

  it("an end by hand that waits for the burn sees the pod run again", async () => {
    const ending: Ending = {
      podId: "p1",
      action: "stop",
      whyNot: () => undefined,
      waitsForBurn: true,
    };
    const lagging = seen({ ...gone, burnPerHrUsd: 3 });

    const { outcome } = await end([low, lagging, lagging, low], { ending });

    expect(outcome).toMatchObject(failed("RunPod accepted the request, but the pod still runs"));
  });
});

describe("an end that an earlier try brought about is compared with the burn before that", () => {
  const burnt = { costPerHrUsd: 2, burnPerHrUsd: 3, unexplainedPerHrUsd: 0 };
  const again = backstopEnding({ ...effect, tries: 1, burnBefore: burnt });
  const lagging = seen({ ...stopped, burnPerHrUsd: 3 });

  it.each<[string, Look, string, typeof burnt | undefined]>([
    ["it fell", stopped, "the pod is EXITED; the burn fell from $3.00/h to $1.00/h", undefined],
    [
      "it stands where it was",
      lagging,
      "the pod is EXITED; not confirmed by the burn ($3.00/h to $3.00/h)",
      burnt,
    ],
    [
      "RunPod does not say it",
      { ...stopped, burnPerHrUsd: undefined },
      "the pod is EXITED; not confirmed by the burn, which is unknown",
      burnt,
    ],
    [
      "the pod is gone, and it stands where it was",
      seen({ ...gone, burnPerHrUsd: 3 }),
      "the pod is gone; not confirmed by the burn ($3.00/h to $3.00/h)",
      burnt,
    ],
  ])("%s", async (_sentence, look, because, unconfirmed) => {
    const { outcome, asked } = await end([look], { ending: again });

    expect(outcome).toMatchObject({ kind: "moot", because });
    expect((outcome as Outcome).unconfirmed).toEqual(unconfirmed);
    expect(asked).not.toContain("stop p1");
  });

  it("as well as with the burn right before the try that ended it", async () => {
    const { outcome } = await end([lagging, lagging], { ending: { ...again, isOfStopped: true } });
    const later = await end(
      [
        { ...low, burnPerHrUsd: 8 },
        { ...stopped, burnPerHrUsd: 6 },
      ],
      {
        ending: again,
      },
    );

    expect(outcome).toMatchObject({ unconfirmed: burnt });
    expect(later.outcome).toMatchObject({
      kind: "done",
      because: "the pod is EXITED; not confirmed by the burn ($3.00/h to $6.00/h)",
      unconfirmed: burnt,
    });
  });

  it("and by hand it is waited for, as after the first try", async () => {
    const ending = { ...again, waitsForBurn: true };

    const fell = await end([lagging, lagging, stopped], { ending });
    const stands = await end([lagging], { ending });
    const unseen = await end([lagging, blind()], { ending });

    expect(fell.outcome).toEqual(
      moot("the pod is EXITED; the burn fell from $3.00/h to $1.00/h", "stopped"),
    );
    for (const { outcome } of [stands, unseen]) {
      expect(outcome).toMatchObject({ kind: "moot", podIs: "stopped", unconfirmed: burnt });
    }
  });
});

describe("what is not proven failed, and says why", () => {
  it.each<[string, EndAnswer, waitedMs: number]>([
    ["a yes", accepted, 10_000],
    ["an error", error("Something went wrong"), 4_000],
    ["a key that may only read", error("Unauthorized", true), 1_000],
  ])("once it was waited for, as long as is of use after %s", async (_sentence, answer, ms) => {
    const { tookMs } = await end([low], { answer });

    expect(tookMs).toBe(ms);
  });

  it.each<[string, EndAnswer, [Look, ...Look[]], string]>([
    [
      "a yes that did nothing",
      accepted,
      [low],
      "RunPod accepted the request, but the pod still runs",
    ],
    [
      "a yes, and it only restarts",
      accepted,
      [low, with1({ status: "running", word: "RESTARTING" })],
      "RunPod accepted the request, but the pod still runs",
    ],
    [
      "an error",
      error("Something went wrong"),
      [low],
      "RunPod refused (Something went wrong), and the pod still runs",
    ],
    [
      "a key that may only read",
      error("Unauthorized", true),
      [low],
      "the API key is read-only (Unauthorized)",
    ],
    [
      "the pod may be a row that cannot be read",
      accepted,
      [low, seen({ ...gone, unreadablePods: 1 })],
      "RunPod accepted the request, but the pod may be one that could not be read",
    ],
    [
      "no sight afterwards",
      accepted,
      [low, blind()],
      "RunPod accepted the request, but no poll has shown the pod since",
    ],
    [
      "a yes, and a status that is not known to be the end of anything",
      accepted,
      [low, with1({ status: "unknown", word: "STOPPING" })],
      "RunPod accepted the request, but what its status STOPPING means is unknown",
    ],
    [
      "a yes, and a row without a status",
      accepted,
      [low, with1({ status: "unknown" })],
      "RunPod accepted the request, but what its status (none) means is unknown",
    ],
  ])("%s", async (_sentence, answer, looks, because) => {
    const { outcome, asked, tookMs } = await end(looks, { answer });

    expect(outcome).toMatchObject(failed(because));
    expect(asked.filter((each) => each !== "look")).toEqual(["stop p1"]);
    // Longer waits would take more than their share of the 30 s beyond poll and delay.
    expect(tookMs).toBeLessThanOrEqual(20_000);
  });
});

describe("the look right before finds that it is not to be done", () => {
  it.each<[string, Look, readonly string[], Outcome]>([
    [
      "recovered meanwhile, to the line",
      { ...low, balanceUsd: 0.5 },
      [],
      moot("the balance recovered"),
    ],
    ["protected meanwhile by id", low, ["p1"], moot("the pod is protected")],
    [
      "protected meanwhile by name",
      with1({ name: "keep-me" }),
      ["keep-*"],
      moot("the pod is protected"),
    ],
    [
      "protected meanwhile, beside rows that cannot be read",
      seen({ ...low, unreadablePods: 1 }),
      ["p1"],
      moot("the pod is protected"),
    ],
    [
      "stopped by someone else, beside rows that cannot be read",
      seen({ ...stopped, unreadablePods: 1 }),
      [],
      moot("the pod is EXITED", "stopped"),
    ],
    ["stopped by someone else", stopped, [], moot("the pod is EXITED", "stopped")],
    [
      "gone, and the balance recovered although rows cannot be read",
      seen({ ...gone, balanceUsd: 9, unreadablePods: 1 }),
      [],
      moot("the balance recovered"),
    ],
    [
      "perhaps a row that cannot be read",
      seen({ ...gone, unreadablePods: 1 }),
      [],
      failed("the pod may be one that could not be read"),
    ],
    ["locked", with1({ isLocked: true }), [], failed("the pod is locked")],
    ["blind", blind(), [], failed("the poll failed (connection refused)")],
    ["pods unknown", seen({ ...low, pods: "unknown" }), [], failed("RunPod did not list the pods")],
  ])("%s", async (_sentence, look, protect, outcome) => {
    const ended = await end([look, look, stopped], { protect });

    expect(ended.outcome).toEqual(outcome);
    expect(ended.asked).toEqual(outcome.podIs === "gone" ? ["look", "look"] : ["look"]);
  });

  it.each<[string, Parameters<typeof pod>[0], string]>([
    ["its name is unknown", { rawName: undefined }, "its name is unknown"],
    ["whether it is locked is unknown", { isLocked: undefined }, "whether it is locked is unknown"],
    [
      "whether it has a network volume is unknown",
      { hasNetworkVolume: undefined },
      "whether it has a network volume is unknown",
    ],
    ["its status is unknown", { status: "unknown" }, "its status is unknown"],
    [
      "its status is a word that nobody knows",
      { status: "unknown", word: "STOPPING" },
      "what its status STOPPING means is unknown",
    ],
    [
      "several are unknown",
      { rawName: undefined, isLocked: undefined },
      "its name and whether it is locked are unknown",
    ],
  ])("does not ask, for it may be one to leave alone: %s", async (_sentence, unknown, because) => {
    const { outcome, asked } = await end([with1(unknown), stopped]);

    expect(outcome).toEqual(failed(because));
    expect(asked).toEqual(["look"]);
  });
});

describe("a pod to be terminated that has only stopped", () => {
  const exited = seen({ ...stopped });
  const terminate = { ...effect, action: "terminate" } as const;

  it("is not proven to be terminated", async () => {
    const { outcome } = await end([low, exited], { action: "terminate" });

    expect(outcome).toMatchObject(
      failed("RunPod accepted the request, but the pod is EXITED and still there"),
    );
  });

  it("is proven to be by RunPod's own word for it", async () => {
    const { outcome } = await end([low, seen({ ...with1({ status: "gone" }) })], {
      action: "terminate",
    });

    expect(outcome).toMatchObject({ kind: "done", podIs: "gone" });
  });

  it("is asked for again once RunPod has said yes, until it is gone", async () => {
    const yes = new Set<string>();
    const ending = () => ({ ...backstopEnding(terminate), ...triesOf(terminate.id, yes) });

    const first = await end([low, exited], { ending: ending() });
    const again = await end([exited, gone], { ending: ending() });

    expect(first.outcome).toMatchObject({ kind: "failed" });
    expect(again.asked).toEqual(["look", "terminate p1", "look", "look"]);
    expect(again.outcome).toMatchObject({ kind: "done", podIs: "gone" });
  });

  it("is left as it is when RunPod has refused: someone else stopped it, and wants it kept", async () => {
    const yes = new Set<string>();
    const ending = () => ({ ...backstopEnding(terminate), ...triesOf(terminate.id, yes) });

    await end([low], { ending: ending(), answer: error("Something went wrong") });
    const again = await end([exited], { ending: ending() });

    expect(again.asked).toEqual(["look"]);
    expect(again.outcome).toEqual(moot("the pod is EXITED", "stopped"));
  });
});

describe("a list that leaves a running pod out for once", () => {
  const empty = seen({ ...low, pods: [], burnPerHrUsd: 0 });
  const onlyOther = seen({ ...low, pods: [other], burnPerHrUsd: 1 });

  it.each<[string, [Look, ...Look[]]]>([
    ["an empty one, and a spend of $0 with it", [low, empty, low]],
    ["one of the other pods alone", [low, onlyOther, low]],
    ["again and again, never twice in a row", [low, empty, low, empty, low]],
    ["with no list after it", [low, empty, seen({ ...low, pods: "unknown" }), low]],
  ])("proves no end: %s", async (_sentence, looks) => {
    for (const answer of [accepted, error("Something went wrong")]) {
      const { outcome } = await end(looks, { answer });

      expect(outcome).toMatchObject({ kind: "failed" });
      expect((outcome as Outcome).podIs).toBeUndefined();
    }
  });

  it("at the last look is looked at once more", async () => {
    const looks = [low, low, low, low, gone] as const;

    expect((await end([...looks])).outcome).toMatchObject({ kind: "done", podIs: "gone" });
    expect((await end([...looks, low])).outcome).toMatchObject({ kind: "failed" });
  });

  it("does not keep the pod from being stopped, when it comes right before", async () => {
    const { outcome, asked } = await end([empty, low, stopped]);

    expect(outcome).toMatchObject({ kind: "done", podIs: "stopped" });
    expect(asked).toEqual(["look", "look", "stop p1", "look"]);
  });

  it("and is not seen again right after is no reason to believe it", async () => {
    expect((await end([empty, blind()])).outcome).toMatchObject({ kind: "failed" });
  });
});

describe("a pod that stops only after a try that failed", () => {
  const before = { costPerHrUsd: 2, burnPerHrUsd: 3, unexplainedPerHrUsd: 0 };
  const ending = { ...backstopEnding(effect), burnBefore: before };

  it("leaves the burn from before it was asked for the next try", async () => {
    expect((await end([low])).outcome).toMatchObject({ kind: "failed", unconfirmed: before });
  });

  it("is compared with that: the burn fell", async () => {
    expect((await end([stopped], { ending })).outcome).toEqual(
      moot("the pod is EXITED; the burn fell from $3.00/h to $1.00/h", "stopped"),
    );
  });

  it.each<[string, Look, string]>([
    ["has stopped", { ...stopped, burnPerHrUsd: 3 }, "the pod is EXITED"],
    ["is gone", { ...gone, burnPerHrUsd: 3 }, "the pod is gone"],
  ])("is not confirmed while the burn stays: it %s", async (_sentence, look, words) => {
    expect((await end([look], { ending })).outcome).toMatchObject({
      kind: "moot",
      because: `${words}; not confirmed by the burn ($3.00/h to $3.00/h)`,
      unconfirmed: before,
    });
  });

  it("is compared with that, too, where it is asked once more", async () => {
    const lagging = { ...with1({}), burnPerHrUsd: 9 };

    expect(
      (await end([lagging, { ...stopped, burnPerHrUsd: 8 }], { ending })).outcome,
    ).toMatchObject({ kind: "done", unconfirmed: before });
  });
});

describe("an end by hand waits for the burn as long as for the status", () => {
  const ending: Ending = {
    podId: "p1",
    action: "stop",
    whyNot: () => undefined,
    waitsForBurn: true,
  };
  const lagging = seen({ ...stopped, burnPerHrUsd: 3 });

  it("and says that it fell", async () => {
    const { outcome, tookMs } = await end([low, lagging, lagging, stopped], { ending });

    expect(outcome).toMatchObject({
      kind: "done",
      because: expect.stringMatching(/the burn fell/),
    });
    expect(tookMs).toBe(6_000);
  });

  it("but not where RunPod says neither before nor after what burns", async () => {
    const addedUp = { isBurnAddedUp: true };

    const { outcome, tookMs } = await end(
      [
        { ...low, ...addedUp },
        { ...lagging, ...addedUp },
      ],
      {
        ending,
      },
    );

    expect(outcome).toMatchObject({
      kind: "done",
      because:
        "the pod is EXITED; not confirmed by the burn, as RunPod shows only that of the pods",
    });
    expect(tookMs).toBe(1_000);
  });

  it("or that it has not", async () => {
    const { outcome } = await end([low, lagging], { ending });

    expect(outcome).toMatchObject({
      kind: "done",
      because: "the pod is EXITED; not confirmed by the burn ($3.00/h to $3.00/h)",
    });
  });
});

describe("a pod that does not run, and is to be terminated by hand", () => {
  const ending: Ending = {
    podId: "p1",
    action: "terminate",
    whyNot: () => undefined,
    isOfStopped: true,
  };

  it.each<[string, [Look, ...Look[]], readonly string[], Outcome]>([
    [
      "is over once it is gone",
      [stopped, gone],
      [],
      done("the pod is gone; the burn is $1.00/h", "gone"),
    ],
    [
      "is not over while it is there",
      [stopped],
      [],
      failed("RunPod accepted the request, but the pod is EXITED and still there"),
    ],
    ["is left alone when it is protected", [stopped], ["p1"], moot("the pod is protected")],
    ["is gone already", [gone], [], moot("the pod is gone", "gone")],
  ])("%s", async (_sentence, looks, protect, expected) => {
    const { outcome, asked } = await end(looks, { ending, protect });

    expect(outcome).toEqual(expected);
    expect(asked.includes("terminate p1")).toBe(expected.kind !== "moot");
  });

  it("is left alone when it runs and is protected", async () => {
    const { outcome, asked } = await end([low], { ending, protect: ["p1"] });

    expect(outcome).toEqual(moot("the pod is protected"));
    expect(asked).toEqual(["look"]);
  });
});

describe("an interruption", () => {
  /** Aborts at the nth question. */
  async function interruptedAt(n: number) {
    const interruption = new AbortController();
    const account = accountShowing([low]);
    const counted = <T>(answer: Promise<T>): Promise<T> => {
      if (account.asked.length === n) interruption.abort();
      return answer;
    };
    const interrupted: Account = {
      look: async (signal) => {
        const look = await counted(account.look(signal));
        return signal.aborted ? blind() : look;
      },
      measure: (signal) => account.measure(signal),
      end: (...asked) => counted(account.end(...asked)),
    };
    const clock = createHastyClock();
    const deps = { account: interrupted, clock, protect: [], paces: realPaces };
    return {
      outcome: await endPod(backstopEnding(effect), deps, interruption.signal),
      asked: account.asked,
    };
  }

  it.each<[string, number, readonly string[]]>([
    ["while it looks, before anything is asked", 1, ["look"]],
    ["while it asks", 2, ["look", "stop p1"]],
    ["while it looks for the proof", 3, ["look", "stop p1", "look"]],
  ])("%s leaves it owed", async (_sentence, n, questions) => {
    const { outcome, asked } = await interruptedAt(n);

    expect(outcome).toBe("interrupted");
    expect(asked).toEqual(questions);
  });
});

describe("a whole cluster", () => {
  const ending: Ending = {
    podId: "c1",
    memberIds: ["m1", "m2"],
    action: "terminate",
    whyNot: () => undefined,
  };
  const running = seen({ burnPerHrUsd: 5, pods: [cluster(), other] });
  const without = seen({ burnPerHrUsd: 1, pods: [other] });
  const leftOver = seen({ burnPerHrUsd: 3, pods: [pod({ id: "m2" }), other] });

  it("is asked for once, and gone when two lists in a row show neither it nor a pod of it", async () => {
    const { outcome, asked } = await end([running, running, without, without], { ending });

    expect(outcome).toMatchObject({
      kind: "done",
      podIs: "gone",
      because: "the cluster is gone; the burn fell from $5.00/h to $1.00/h",
    });
    expect(asked.filter((each) => each.startsWith("terminate"))).toEqual(["terminate c1"]);
    expect(asked.filter((each) => each === "look")).toHaveLength(4);
  });

  it.each<[string, Look, string]>([
    ["it still runs", running, "RunPod accepted the request, but the cluster still runs"],
    [
      "one of its pods is listed by itself",
      leftOver,
      "RunPod accepted the request, but some of the cluster's pods are still listed",
    ],
    [
      "one of its pods is listed in another cluster",
      seen({ pods: [cluster({ id: "c2" }), other] }),
      "RunPod accepted the request, but some of the cluster's pods are still listed",
    ],
    [
      "its pods have only stopped",
      seen({ pods: [cluster({ status: "stopped", word: "EXITED" }), other] }),
      "RunPod accepted the request, but the cluster is EXITED and still there",
    ],
    [
      "a row cannot be read",
      seen({ pods: [other], unreadablePods: 1 }),
      "RunPod accepted the request, but the pod may be one that could not be read",
    ],
  ])("is not proven gone while %s", async (_sentence, after, because) => {
    const { outcome } = await end([running, after], { ending });

    expect(outcome).toMatchObject({ kind: "failed", because });
  });

  it("of which only pods were left before it was asked for is not taken for gone", async () => {
    const { outcome, asked } = await end([leftOver], { ending });

    expect(outcome).toEqual(failed("some of the cluster's pods are still listed"));
    expect(asked).toEqual(["look"]);
  });

  it("is gone where its pods are gone", async () => {
    const over = seen({ burnPerHrUsd: 1, pods: [pod({ id: "m2", status: "gone" }), other] });
    const { outcome } = await end([running, over, over], { ending });

    expect(outcome).toMatchObject({ kind: "done", podIs: "gone" });
  });

  it("with a member more than when it was decided is gone with that one too", async () => {
    const few = { ...ending, memberIds: ["m1"] };
    const { outcome } = await end([running, leftOver], { ending: few });

    expect(outcome).toMatchObject({ kind: "failed" });
  });

  it.each<[string, Ending, Look, string]>([
    [
      "a pod's end",
      { podId: "c1", action: "terminate", whyNot: () => undefined },
      running,
      "it is a whole cluster, which was not to be ended",
    ],
    [
      "a stop",
      { ...ending, action: "stop" },
      running,
      "it is a whole cluster, which was not to be ended",
    ],
    [
      "a cluster's end",
      ending,
      seen({ pods: [pod({ id: "c1" })] }),
      "what has its id now is no cluster",
    ],
    [
      "a member's end",
      { podId: "m1", action: "stop", whyNot: () => undefined },
      running,
      "the pod is a member of cluster llama (c1), which only ends as a whole",
    ],
  ])("is not ended by %s", async (_sentence, wrong, look, because) => {
    const { outcome, asked } = await end([look], { ending: wrong });

    expect(outcome).toEqual({ kind: "moot", because, tail: "" });
    expect(asked.filter((each) => each !== "look")).toEqual([]);
  });

  it.each(["node-1", "m1", "llama"])("is not ended when %s is protected", async (glob) => {
    const { outcome, asked } = await end([running], { ending, protect: [glob] });

    expect(outcome).toEqual(moot("the pod is protected"));
    expect(asked).toEqual(["look"]);
  });
});
