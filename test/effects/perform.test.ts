import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { performWith } from "#effects/perform.ts";
import { createQueue } from "#effects/queue.ts";
import { decide } from "#guard/decide.ts";
import type { Look, Pod, Seen } from "#guard/model/account.ts";
import type {
  CallAgent,
  CallBudgetAgent,
  CallPodAgent,
  Effect,
  EndPod,
  EndRun,
  Notify,
  Outcome,
} from "#guard/model/effect.ts";
import type { Policy } from "#guard/model/policy.ts";
import { emptyState, type GuardState } from "#guard/model/state.ts";
import { realPaces } from "#paces.ts";
import type { Account, Command, Ran, Runner } from "#ports.ts";
import { createHastyClock } from "../fake-clock.ts";
import { blind, endsOf, pod, policyWith, seen } from "../guard/samples.ts";
import { accountShowing } from "./fake-account.ts";
import { presentWith } from "./fake-present.ts";
import { agentTools, effectSettings, keptLog } from "./samples.ts";

const hourMs = 3_600_000;
const forever = new AbortController().signal;
const owed = { because: "balance $0.40 is below $0.50", tries: 0, notBeforeMs: 0 };
const notice: Notify = {
  ...owed,
  kind: "notify",
  id: "n",
  event: "trip",
  name: "emergency",
  balanceUsd: 0.4,
};
const agent: CallAgent = {
  ...owed,
  kind: "call-agent",
  id: "a",
  threshold: "emergency",
  belowUsd: 0.5,
  balanceUsd: 0.4,
};
const end: EndPod = {
  ...owed,
  kind: "end-pod",
  id: "e",
  threshold: "emergency",
  belowUsd: 0.5,
  podId: "p1",
  action: "stop",
};
const byGuard = {
  ...owed,
  because: "hard timeout after 8 h",
  guard: "hard_timeout",
  reason: "hard_timeout_8h",
  podId: "p1",
  podName: "trainer",
} as const;
const endRun: EndRun = { ...byGuard, kind: "end-run", id: "r", action: "stop" };
const podAgent: CallPodAgent = { ...byGuard, kind: "call-pod-agent", id: "g" };
const low = seen({ balanceUsd: 0.4, burnPerHrUsd: 1.49 });
const stopped = seen({ ...low, burnPerHrUsd: 0, pods: [pod({ status: "stopped" })] });
const settings = effectSettings({
  thresholds: [{ name: "emergency", prompt: "{name}", notifyCommand: ["tell"] }],
  guards: {
    hardTimeout: {
      afterMs: 8 * hourMs,
      action: "stop",
      pods: ["*"],
      prompt: "{pod_id} {pod_name} {reason}: {pods_json}",
    },
    beforeStopCommand: ["save", "{pod_id}"],
    beforeStopTimeoutMs: 60_000,
  },
});

/** Real effects over a fake account and programs that end at once. */
function setUp({
  account = accountShowing([low, stopped]) as Account,
  settings: given = settings,
  ran = { kind: "exited", code: 0, tail: "told", tookMs: 40 } as Ran,
  present = presentWith(),
} = {}) {
  const commands: Command[] = [];
  const { log, entries } = keptLog();
  const runner: Runner = {
    run(command) {
      commands.push(command);
      return Promise.resolve(ran);
    },
  };
  let current = given;
  const perform = performWith({
    channels: () => [],
    account,
    clock: createHastyClock(),
    runner,
    log,
    env: {},
    paces: realPaces,
    ...agentTools,
    settings: () => current,
    present,
  });
  return {
    perform: (effect: Effect, look: Seen | undefined = low, signal = forever) =>
      perform(effect, look, signal),
    performRaw: perform,
    commands,
    entries,
    configure: (next: typeof given): void => {
      current = next;
    },
  };
}

const done = (because: string, tail = ""): Outcome => ({ kind: "done", because, tail });
const moot = (because: string): Outcome => ({ kind: "moot", because, tail: "" });
const failed = (because: string, tail = ""): Outcome => ({ kind: "failed", because, tail });

describe("each effect is one call", () => {
  it("a notice runs the notify command", async () => {
    const { perform, commands } = setUp();

    expect(await perform(notice)).toEqual(done("exit 0 after 0.0 s", "told"));
    expect(commands.map(({ argv }) => argv)).toEqual([["tell", "emergency", "0.4000"]]);
  });

  it.each<[string, Ran, Outcome | "interrupted"]>([
    ["fails", { kind: "exited", code: 2, tail: "", tookMs: 0 }, failed("exit 2 after 0.0 s")],
    [
      "hangs",
      { kind: "timed-out", tail: "", tookMs: 0 },
      failed("timed out after 30.0 s; killed with everything it started"),
    ],
    ["is missing", { kind: "not-started", because: "not found" }, failed("not found")],
    ["is interrupted", { kind: "interrupted", tail: "", tookMs: 0 }, "interrupted"],
  ])("a notify command that %s", async (_sentence, ran, outcome) => {
    expect(await setUp({ ran }).perform(notice)).toEqual(outcome);
  });

  it("an agent is called with the account as it was last seen", async () => {
    const { perform, commands } = setUp();

    expect(await perform(agent)).toEqual(done("exit 0 after 0.0 s", "told"));
    expect(commands).toMatchObject([
      { argv: ["my-agent", "emergency"], env: { RUNPODBOSS_BALANCE_USD: "0.4000" } },
    ]);
  });

  it("a pod is ended, and the end is proven", async () => {
    const account = accountShowing([low, stopped]);
    const { perform, commands } = setUp({ account });

    expect(await perform(end)).toEqual({
      ...done("the pod is EXITED; the burn fell from $1.49/h to $0.00/h"),
      podIs: "stopped",
    });
    expect(account.asked).toEqual(["look", "stop p1", "look"]);
    expect(commands).toEqual([]);
  });
});

it("a run is ended once its command is done, however often that is tried", async () => {
  const account = accountShowing([low]);
  const { perform, commands } = setUp({ account });

  expect(await perform(endRun)).toMatchObject(
    failed("RunPod accepted the request, but the pod still runs"),
  );
  expect(await perform(endRun)).toMatchObject({ kind: "failed" });

  expect(commands).toMatchObject([{ argv: ["save", "p1"], timeLimitMs: 60_000 }]);
  expect(account.asked.filter((each) => each === "stop p1")).toHaveLength(2);
});

describe("an agent that is called for one pod", () => {
  const others = [pod({ id: "p2", name: "sdxl" }), pod({ id: "p3" })];
  const all = seen({ balanceUsd: 50, pods: [pod(), ...others] });

  it("sees that pod and no other, in its prompt and its environment", async () => {
    const { perform, commands } = setUp();

    expect(await perform(podAgent, all)).toEqual(done("exit 0 after 0.0 s", "told"));

    const [command] = commands;
    const [program, prompt = ""] = command?.argv ?? [];
    expect(program).toBe("my-agent");
    expect(prompt).toMatch(/^p1 "trainer" hard timeout after 8 h: /);
    expect(JSON.parse(prompt.slice(prompt.indexOf("[")))).toMatchObject([{ id: "p1" }]);
    expect(command?.env).toMatchObject({
      RUNPODBOSS_EVENT: "hard_timeout",
      RUNPODBOSS_THRESHOLD: "",
      RUNPODBOSS_BALANCE_USD: "50.0000",
      RUNPODBOSS_POD_ID: "p1",
      RUNPODBOSS_POD_NAME: "trainer",
      RUNPODBOSS_REASON: "hard timeout after 8 h",
    });
  });

  it("may end that pod and no other", async () => {
    const claude = { ...settings, claudeCommand: ["claude", "-p"] };
    const { perform, commands } = setUp({ settings: claude });

    await perform(podAgent, all);

    const argv = commands[0]?.argv.join(" ") ?? "";
    expect(argv).toContain("Bash(runpodctl pod stop p1)");
    expect(argv).not.toMatch(/p2|p3|sdxl/);
  });

  it.each<[string, Partial<typeof settings>, Seen, Outcome]>([
    ["no agent is configured", { claudeCommand: [] }, all, moot("no agent is configured")],
    [
      "the guard is off by now",
      { guards: { beforeStopCommand: [], beforeStopTimeoutMs: 1 } },
      all,
      moot("the config no longer asks for it"),
    ],
    ["the pod is gone", {}, seen({ pods: others }), moot("the pod is gone")],
    [
      "the pod was stopped",
      {},
      seen({ pods: [pod({ status: "stopped" }), ...others] }),
      moot("the pod is EXITED"),
    ],
    ["the pod is protected by now", { protect: ["p1"] }, all, moot("the pod is protected")],
    [
      "RunPod did not list the pods",
      {},
      seen({ pods: "unknown" }),
      failed("RunPod did not list the pods"),
    ],
    [
      "its name is unknown",
      {},
      seen({ pods: [pod({ rawName: undefined }), ...others] }),
      failed("its name is unknown"),
    ],
    [
      "its status is a word that means nothing known",
      {},
      seen({ pods: [pod({ status: "unknown", word: "STOPPING" }), ...others] }),
      failed("what its status STOPPING means is unknown"),
    ],
    [
      "the pod may be a row that cannot be read",
      {},
      seen({ pods: others, unreadablePods: 1 }),
      failed("the pod may be one that could not be read"),
    ],
  ])("is not called: %s", async (_sentence, config, look, outcome) => {
    const { perform, configure, commands } = setUp();

    configure({ ...settings, ...config });

    expect(await perform(podAgent, look)).toEqual(outcome);
    expect(commands).toEqual([]);
  });
});

const silent = (name: string) => ({ name, prompt: "", notifyCommand: [] });

describe("an agent that is called for a budget", () => {
  const budgetAgent: CallBudgetAgent = {
    ...owed,
    kind: "call-budget-agent",
    id: "b",
    budget: "daily",
    periodMs: 0,
    because: "spent $20.10 of $20.00",
  };
  const daily = {
    name: "daily",
    action: "agent",
    prompt: "{name}: {reason}, {pods_json}",
  } as const;
  const all = seen({ balanceUsd: 50, pods: [pod(), pod({ id: "p2", name: "keep" })] });
  const asked = effectSettings({ ...settings, budgets: [daily], protect: ["keep"] });

  it("sees the whole account, and is told which budget and why", async () => {
    const { perform, commands } = setUp({ settings: asked });

    expect(await perform(budgetAgent, all)).toEqual(done("exit 0 after 0.0 s", "told"));

    const [, prompt = ""] = commands[0]?.argv ?? [];
    expect(prompt).toMatch(/^daily: spent \$20\.10 of \$20\.00, \[/);
    expect(commands[0]?.env).toMatchObject({
      RUNPODBOSS_EVENT: "budget",
      RUNPODBOSS_THRESHOLD: "",
      RUNPODBOSS_NAME: "daily",
      RUNPODBOSS_BALANCE_USD: "50.0000",
      RUNPODBOSS_REASON: "spent $20.10 of $20.00",
    });
  });

  it("is told how fast the balance falls where nobody tells the burn", async () => {
    const points = [0, 20].map((minutes) => ({
      sinceMs: 0,
      atMs: minutes * 60_000,
      balanceUsd: 60 - minutes / 10,
      podsUsd: 0,
    }));
    const falls = {
      atMs: 20 * 60_000,
      balanceUsd: 58,
      sinceMs: 0,
      podsUsd: 0,
      rates: [],
      points,
    };
    const { perform, commands } = setUp({
      settings: { ...asked, budgets: [{ ...daily, prompt: "{burn:.2f} {hours_left:.1f}" }] },
      present: presentWith({ falls: () => falls }),
    });

    await perform(budgetAgent, seen({ ...all, atMs: 20 * 60_000, burnPerHrUsd: undefined }));

    expect(commands[0]?.argv.at(-1)).toBe("6.00 8.3");
  });

  it("may end what is not protected", async () => {
    const claude = { ...asked, claudeCommand: ["claude", "-p"] };
    const { perform, commands } = setUp({ settings: claude });

    await perform(budgetAgent, all);

    const argv = commands[0]?.argv.join(" ") ?? "";
    expect(argv).toContain("Bash(runpodctl pod stop p1)");
    expect(argv).not.toContain("pod stop p2");
  });

  it("is not started in a dry run", async () => {
    const { perform, commands } = setUp({ settings: { ...asked, dryRun: true } });

    expect(await perform(budgetAgent, all)).toEqual(done("dry run"));
    expect(commands).toEqual([]);
  });

  it.each<[string, Partial<typeof asked>, boolean, string]>([
    ["no agent is configured", { claudeCommand: [] }, true, "no agent is configured"],
    ["the budget is off by now", { budgets: [] }, true, "the config no longer asks for it"],
    [
      "it only tells by now",
      { budgets: [{ ...daily, action: "notify" }] },
      true,
      "the config no longer asks for it",
    ],
    ["its period is over", {}, false, "its period is over"],
  ])("is not called: %s", async (_sentence, config, isOwed, because) => {
    const { perform, commands } = setUp({
      settings: { ...asked, ...config },
      present: presentWith({ isOwed: () => isOwed }),
    });

    expect(await perform(budgetAgent, all)).toEqual(moot(because));
    expect(commands).toEqual([]);
  });
});

describe("there is nothing to start", () => {
  it.each<[string, Effect, Partial<typeof settings>, Outcome]>([
    [
      "a threshold that is not to be told, beside others that are",
      notice,
      { thresholds: [silent("emergency"), { ...silent("low"), notifyCommand: ["tell"] }] },
      moot("no notify command is configured"),
    ],
    [
      "no notify command at all: it waits until there is one",
      notice,
      { thresholds: [silent("emergency")] },
      { kind: "failed", because: "no notify command is configured", tail: "" },
    ],
    ["no agent, by a new config", agent, { claudeCommand: [] }, moot("no agent is configured")],
    [
      "an agent for a threshold that a new config does not have",
      agent,
      { thresholds: [] },
      moot("the threshold is no longer in the config"),
    ],
    ["a pod that a new config protects", end, { protect: ["p1"] }, moot("the pod is protected")],
  ])("%s", async (_sentence, effect, config, outcome) => {
    const { perform, configure, commands } = setUp();

    configure({ ...settings, ...config });

    expect(await perform(effect)).toEqual(outcome);
    expect(commands).toEqual([]);
  });

  it("an agent before the account was seen", async () => {
    const { performRaw, commands } = setUp();

    expect(await performRaw(agent, undefined, forever)).toEqual(failed("no poll has worked yet"));
    expect(commands).toEqual([]);
  });
});

describe("a dry run", () => {
  const dry = { ...settings, dryRun: true };

  it.each<[string, Effect, readonly string[]]>([
    ["a notice", notice, ["tell", "emergency", "0.4000"]],
    ["an agent", agent, ["my-agent", "emergency"]],
    [
      "an agent for a pod",
      { ...podAgent, because: owed.because },
      [
        "my-agent",
        expect.stringMatching(/^p1 "trainer" balance \$0\.40 is below \$0\.50: /) as string,
      ],
    ],
  ])("says what it would have started, with all arguments: %s", async (_sentence, effect, argv) => {
    const { perform, commands, entries } = setUp({ settings: dry });

    expect(await perform(effect)).toEqual(done("dry run"));
    expect(commands).toEqual([]);
    expect(entries).toEqual([
      ["dry run: would have started", { effect: effect.kind, because: owed.because, argv }],
    ]);
  });

  it("says what permissions Claude Code would have had", async () => {
    const { perform, entries } = setUp({ settings: { ...dry, claudeCommand: ["claude", "-p"] } });

    await perform(agent);

    const argv = entries[0]?.[1]["argv"];
    expect(argv).toContainEqual(expect.stringContaining("Bash(runpodctl pod stop p1)"));
    expect(argv).toContain("dontAsk");
  });

  it("looks as the real one does, asks for nothing, and names a pod once a crossing", async () => {
    const account = accountShowing([low]);
    const { perform, entries } = setUp({ settings: dry, account });

    const outcomes = [await perform(end), await perform(end), await perform({ ...end, id: "f" })];

    expect(account.asked).toEqual(["look", "look", "look"]);
    expect(entries).toEqual(
      ["e", "f"].map(() => [
        "dry run: would have ended this pod",
        { threshold: "emergency", podId: "p1", podName: "trainer", action: "stop" },
      ]),
    );
    // What was not ended is still owed.
    expect(outcomes).toEqual(["interrupted", "interrupted", "interrupted"]);
  });

  it("of the end of a run runs no command, asks for nothing, and names the pod once", async () => {
    const account = accountShowing([low]);
    const { perform, commands, entries } = setUp({ settings: dry, account });

    const outcomes = [await perform(endRun), await perform(endRun)];

    expect(outcomes).toEqual(["interrupted", "interrupted"]);
    expect(commands).toEqual([]);
    expect(account.asked).toEqual(["look", "measure", "look", "measure"]);
    expect(entries).toEqual([
      [
        "dry run: would have ended this pod",
        { reason: "hard_timeout_8h", podId: "p1", podName: "trainer", action: "stop" },
      ],
    ]);
  });

  it("of the end of a run finds what the real one would find", async () => {
    const present = presentWith({ isOwed: () => false });
    const { perform, entries } = setUp({ settings: dry, account: accountShowing([low]), present });

    expect(await perform(endRun)).toEqual(moot("the pod got more time or is active again"));
    expect(entries).toEqual([]);
  });

  it.each<[string, Look, Outcome]>([
    ["recovered", { ...low, balanceUsd: 9 }, moot("the balance recovered")],
    ["stopped", stopped, { ...moot("the pod is EXITED"), podIs: "stopped" }],
    ["blind", blind(), failed("the poll failed (connection refused)")],
  ])("finds what the real one would find: %s", async (_sentence, look, outcome) => {
    const { perform, entries } = setUp({ settings: dry, account: accountShowing([look]) });

    expect(await perform(end)).toEqual(outcome);
    expect(entries).toEqual([]);
  });

  it("that is interrupted while it looks leaves the end owed", async () => {
    const { perform } = setUp({ settings: dry, account: accountShowing([blind()]) });

    expect(await perform(end, low, AbortSignal.abort())).toBe("interrupted");
  });

  it("names the same pods as a live run would end, and no other", async () => {
    await fc.assert(
      fc.asyncProperty(accounts, async (given) => {
        const live = await guarded(given, false);
        const rehearsed = await guarded(given, true);

        expect(rehearsed.named).toEqual(live.ended);
        expect(rehearsed.ended).toEqual([]);
        expect(rehearsed.started).toBe(0);
        expect(live.ended.filter((id) => given.protect.includes(id))).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it("tells of its ends once, not at every look", async () => {
    const given: Given = {
      balanceUsd: 0.4,
      burnPerHrUsd: 1.49,
      pods: [pod()],
      protect: [],
      action: "stop",
      changed: undefined,
    };

    const { notices, named } = await guarded(given, true, 5);

    expect(named).toEqual(["p1"]);
    expect(notices).toEqual([
      "emergency: balance is still $0.40, 0 s after the trip. Stopping pod trainer (p1)",
    ]);
  });
});

interface Given {
  readonly balanceUsd: number;
  readonly burnPerHrUsd: number | undefined;
  readonly pods: readonly Pod[];
  readonly protect: readonly string[];
  readonly action: EndPod["action"];
  /** What becomes of the first pod between the decision and the deed. */
  readonly changed: Partial<Pod> | "gone" | undefined;
}

const ids = ["a", "b", "c", "d", "e", "f", "g"];
const accounts: fc.Arbitrary<Given> = fc.record({
  balanceUsd: fc.constantFrom(-1, 0, 0.3, 0.49, 0.5, 3),
  burnPerHrUsd: fc.constantFrom(undefined, 0, 1, 80),
  pods: fc.uniqueArray(
    fc
      .record({
        id: fc.constantFrom(...ids),
        name: fc.constantFrom("trainer", "keep-1"),
        status: fc.constantFrom("running", "running", "pending", "stopped", "unknown"),
        costPerHrUsd: fc.constantFrom(undefined, 0.5, 2, 9),
        hasNetworkVolume: fc.constantFrom(undefined, true, false),
        isLocked: fc.constantFrom(undefined, true, false, false),
      })
      .map((row) => pod(row)),
    { selector: ({ id }) => id, maxLength: ids.length },
  ),
  protect: fc.uniqueArray(fc.constantFrom(...ids, "keep-*", "nobody"), { maxLength: 3 }),
  action: fc.constantFrom<Given["action"][]>("stop", "terminate"),
  changed: fc.constantFrom<Given["changed"][]>(
    undefined,
    undefined,
    "gone",
    { status: "stopped" },
    { name: "keep-2", rawName: "keep-2" },
    { isLocked: true },
  ),
});

/** Some looks of a guard over an account that does what it is asked: what it ended, what it named. */
async function guarded(given: Given, dryRun: boolean, looks = 1) {
  const { balanceUsd, burnPerHrUsd, protect, action } = given;
  let pods = given.pods;
  const ended: string[] = [];
  let started = 0;
  const view = (): Seen => seen({ atMs: 0, balanceUsd, burnPerHrUsd, pods });
  const account: Account = {
    look: () => Promise.resolve(view()),
    measure: () => Promise.resolve({ kind: "unmeasured", atMs: 0, because: "" }),
    end({ id: podId }) {
      ended.push(podId);
      pods =
        action === "terminate"
          ? pods.filter(({ id }) => id !== podId)
          : pods.map((each) => (each.id === podId ? { ...each, status: "stopped" } : each));
      return Promise.resolve({ kind: "accepted" });
    },
  };
  const runner: Runner = {
    run() {
      started += 1;
      return Promise.resolve({ kind: "exited", code: 0, tail: "", tookMs: 0 });
    },
  };
  const { log, entries } = keptLog();
  const perform = performWith({
    channels: () => [],
    account,
    clock: createHastyClock(),
    runner,
    log,
    env: {},
    paces: realPaces,
    ...agentTools,
    settings: () => ({ ...settings, protect, dryRun }),
    present: presentWith(),
  });
  const policy: Policy = policyWith({ protect, backstop: { action, afterMs: 0 } });
  const notices: string[] = [];
  let state: GuardState = emptyState;
  const take = (input: Parameters<typeof decide>[1]): void => {
    const decision = decide(state, input, policy);
    ({ state } = decision);
    notices.push(
      ...decision.events.flatMap((each) =>
        each.kind === "said" && each.event === "backstop" ? [each.because] : [],
      ),
    );
  };
  const queue = createQueue({
    perform,
    settled: ({ id }, outcome) => Promise.resolve(take({ kind: "settled", id, atMs: 0, outcome })),
    onBug(error) {
      throw error;
    },
  });
  for (let n = 0; n < looks; n += 1) {
    const look = view();
    take({ kind: "look", look });
    const [first, ...rest] = pods;
    if (n === 0 && first !== undefined && given.changed !== undefined) {
      pods = given.changed === "gone" ? rest : [{ ...first, ...given.changed }, ...rest];
    }
    queue.offer(endsOf(state.owed), { nowMs: 0, look, isLook: true });
    await queue.idle();
  }
  const named = entries.flatMap(([message, fields]) =>
    message === "dry run: would have ended this pod" ? [String(fields["podId"])] : [],
  );
  return { ended: ended.toSorted(), named: named.toSorted(), started, notices };
}

describe("a notify command that names a pod", () => {
  const both = seen({ ...low, pods: [pod({ id: "a" }), pod({ id: "b" }), pod({ id: "c" })] });
  const each = effectSettings({
    thresholds: [{ name: "emergency", prompt: "p", notifyCommand: ["tell", "{pod_id}"] }],
  });
  const worked: Ran = { kind: "exited", code: 0, tail: "", tookMs: 0 };

  /** Programs that end as told, one after the other; then they work. */
  function setUpEnding(...rans: readonly Ran[]) {
    const asked: string[] = [];
    const left = [...rans];
    const perform = performWith({
      channels: () => [],
      account: accountShowing([low]),
      clock: createHastyClock(),
      runner: {
        run({ argv }) {
          asked.push(argv[1] ?? "");
          return Promise.resolve(left.shift() ?? worked);
        },
      },
      log: keptLog().log,
      env: {},
      paces: realPaces,
      ...agentTools,
      settings: () => each,
      present: presentWith(),
    });
    return { asked, perform: () => perform(notice, both, forever) };
  }

  it("is called for each of them, and then it is sent", async () => {
    const { asked, perform } = setUpEnding();

    expect(await perform()).toMatchObject({ kind: "done" });
    expect(asked).toEqual(["a", "b", "c"]);
  });

  it("and fails for one of them is called again for that one alone", async () => {
    const { asked, perform } = setUpEnding(worked, { ...worked, kind: "exited", code: 1 });

    expect(await perform()).toMatchObject({ kind: "failed" });
    expect(await perform()).toMatchObject({ kind: "done" });
    expect(asked).toEqual(["a", "b", "c", "b"]);
  });

  it("and hangs for one of them is not called for the rest until it is tried again", async () => {
    const { asked, perform } = setUpEnding({ kind: "timed-out", tail: "", tookMs: 0 });

    expect(await perform()).toMatchObject({ kind: "failed" });
    expect(asked).toEqual(["a"]);
  });
});

describe("before an agent is called again", () => {
  const again = { ...agent, tries: 1 };

  it.each<[string, Seen]>([
    ["nothing runs any more", stopped],
    ["only protected pods run", seen({ ...low, pods: [pod({ name: "keep-me" })] })],
    ["there are no pods", seen({ ...low, pods: [] })],
  ])("the account is looked at: where %s, it is not called", async (_sentence, look) => {
    const { perform, commands } = setUp({ settings: { ...settings, protect: ["keep-*"] } });

    expect(await perform(again, look)).toEqual(moot("no pod runs any more that it could stop"));
    expect(commands).toEqual([]);
  });

  it.each<[string, CallAgent, Seen]>([
    ["a pod still runs", again, low],
    ["the pods are unknown", again, seen({ ...low, pods: "unknown" })],
    ["a row cannot be read", again, seen({ ...low, pods: [], unreadablePods: 1 })],
    ["it was not called yet", agent, stopped],
  ])("it is called where %s", async (_sentence, effect, look) => {
    const { perform, commands } = setUp();

    await perform(effect, look);

    expect(commands).toHaveLength(1);
  });
});
