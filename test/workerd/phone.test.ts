import { describe, expect, it, type TestContext, vi } from "vitest";
import { decide } from "#guard/decide.ts";
import type { Policy } from "#guard/model/policy.ts";
import { emptyState, type GuardState } from "#guard/model/state.ts";
import { runNameOf } from "#guard/pods/run/run-name.ts";
import type { Link, OnItLink, PodLink } from "#http/links/link.ts";
import { outsideLinkKeyOf, sealed } from "#http/links/seal.ts";
import type { SignedAnswer } from "#outside/account/deps.ts";
import { textsOf } from "#outside/account/kept-state.ts";
import type { Beat } from "#outside/beat/beat.ts";
import { createSignedSender } from "#outside/beat/send-signed.ts";
import { sendable } from "#outside/orders/policy-schema.ts";
import { exchange } from "#requests/exchange.ts";
import type { NewPod } from "#simulator/pod.ts";
import { guarding, leaseGuard, pod as samplePod, seen } from "../guard/samples.ts";
import { beatKey, minuteMs, world } from "./world.ts";

const pod = { id: "p1", name: "trainer", costPerHrUsd: 1.49 };
const policy = guarding({ lease: leaseGuard });

/** What is otherwise than usual. */
interface Otherwise {
  readonly runpod?: Partial<NewPod>;
  readonly protect?: readonly string[];
  readonly thresholds?: Policy["thresholds"];
}

interface Button {
  readonly label: string;
  readonly url: string;
}

/** As the daemon has seen the pod run. */
function stateNow(): GuardState {
  const look = seen({ atMs: Date.now(), pods: [samplePod()] });
  return decide(emptyState, { kind: "look", look }, policy).state;
}

function tokenFor(
  state: GuardState,
  by: ReturnType<typeof outsideLinkKeyOf>,
  link: Partial<PodLink> = {},
): string {
  const run = state.runs["p1"];
  if (run === undefined) throw new Error("there is no such run");
  const made = { podId: "p1", run: runNameOf(run), about: { kind: "burn" }, madeAtMs: Date.now() };
  return sealed({ action: "stop", ...made, ...link } as Link, by) ?? "";
}

/** A Worker that has heard a beat, and a phone with the button of a notification. */
async function phone(
  test: TestContext,
  link: Partial<PodLink> = {},
  changes: Partial<Beat> = {},
  { runpod, protect = [], thresholds = [] }: Otherwise = {},
) {
  const rules = { ...policy, protect, thresholds };
  const its = await world(test, { pods: [{ ...pod, ...runpod }], policy: rules });
  const state = stateNow();
  const key = outsideLinkKeyOf(beatKey, its.account);
  const token = tokenFor(state, key, link);
  const send = (more: Partial<Beat> = {}) => its.send({ ...textsOf(state), ...changes, ...more });
  const address = (which = token) => new URL(`/act/${its.account}/${which}`, its.url);
  const read = async (response: Response) => ({
    status: response.status,
    headers: response.headers,
    text: await response.text(),
  });
  return {
    ...its,
    state,
    key,
    token,
    send,
    open: async (which?: string) => read(await fetch(address(which))),
    press: async (which?: string, body = "sure=yes") =>
      read(
        await fetch(address(which), {
          method: "POST",
          headers: { "content-type": "application/x-www-form-urlencoded" },
          body,
        }),
      ),
  };
}

const wishesIn = (answer: SignedAnswer) =>
  (answer.kind === "heard" ? answer.wishes : undefined) ?? [];

describe.concurrent("a button that leads to the guard outside", () => {
  it("asks before anything is done, and says by when it is", async (test) => {
    const { send, open } = await phone(test);
    await send();

    const { status, text, headers } = await open();

    expect(status).toBe(200);
    for (const words of [
      "<h1>Stop pod trainer (p1)?</h1>",
      "By the guard on gpu-box, with its next beat, in at most 1 min",
      '<form method="post">',
    ]) {
      expect(text).toContain(words);
    }
    expect(headers.get("content-security-policy")).toMatch(
      /^default-src 'none'; style-src 'sha256-/,
    );
    expect(headers.get("cache-control")).toBe("no-store");
  });

  it.for<[sentence: string, body: string]>([
    ["is only looked at", ""],
    ["is pressed by what has not seen the question", "sure=no"],
  ])("changes nothing where it %s", async ([, body], test) => {
    const { send, open, press } = await phone(test);
    await send();
    await (body === "" ? open() : press(undefined, body));

    expect(wishesIn((await send()).answer)).toEqual([]);
  });

  it("reaches the daemon by its beats until that has said what came of it, which it then shows", async (test) => {
    const { send, open, press, token } = await phone(test);
    await send();

    const pressed = await press();
    const first = wishesIn((await send()).answer);
    const again = wishesIn((await send()).answer);
    const took = { id: first[0]?.id ?? "", isOver: true, isDone: true, words: "Stopped it." };
    const { answer } = await send({ tookWishes: [took] });

    expect(pressed.text).toContain("<h1>Asked for: Stop pod trainer (p1)</h1>");
    expect(first).toMatchObject([{ token }]);
    expect(again).toEqual(first);
    expect(wishesIn(answer)).toEqual([]);
    expect((await open()).text).toContain("Stopped it.");
  });

  it("is good for once, however often it is pressed", async (test) => {
    const { send, press } = await phone(test);
    await send();

    await Promise.all([press(), press(), press()]);

    expect(wishesIn((await send()).answer)).toHaveLength(1);
  });

  it("can be pressed again where it came to nothing, and says why it did", async (test) => {
    const { send, open, press } = await phone(test);
    await send();
    await press();
    const [wish] = wishesIn((await send()).answer);
    await send({
      tookWishes: [
        { id: wish?.id ?? "", isOver: true, isDone: false, words: "RunPod did not answer." },
      ],
    });

    const { text } = await open();
    await press();

    expect(text).toContain("It was pressed already, and was not done: RunPod did not answer.");
    const [second] = wishesIn((await send()).answer);
    expect(second?.id).toBeDefined();
    expect(second?.id).not.toBe(wish?.id);
  });

  it.for<[sentence: string, token: (state: GuardState, account: string) => string]>([
    [
      "by another key",
      (state, account) => tokenFor(state, outsideLinkKeyOf(`another ${beatKey}`, account)),
    ],
    ["for another account", (state) => tokenFor(state, outsideLinkKeyOf(beatKey, "other"))],
    [
      "for another pod, by whoever has one",
      (state, account) => {
        const key = outsideLinkKeyOf(beatKey, account);
        const [, signature] = tokenFor(state, key).split(".");
        const [payload] = tokenFor(state, key, { podId: "p2" }).split(".");
        return `${payload}.${signature}`;
      },
    ],
    ["by nobody", () => "no-token"],
  ])("is unknown where it was made %s", async ([, made], test) => {
    const { send, open, press, state, account } = await phone(test);
    await send();

    const answers = [await open(made(state, account)), await press(made(state, account))];

    expect(answers.map(({ status }) => status)).toEqual([404, 404]);
    expect(wishesIn((await send()).answer)).toEqual([]);
  });

  it.for<
    [
      sentence: string,
      link: Partial<PodLink>,
      changes: Partial<Beat>,
      status: number,
      words: string,
    ]
  >([
    [
      "a day is over",
      { madeAtMs: Date.now() - 25 * 60 * minuteMs },
      {},
      410,
      "It was good for 24 hours, which are over. Nothing was changed.",
    ],
    [
      "the pod runs no more",
      { podId: "p9" },
      {},
      410,
      "Pod p9 no longer runs. Nothing was changed.",
    ],
    ["the pod was started again", { run: "another" }, {}, 410, "was stopped and started again"],
    ["its guard is blind", {}, { look: { isBlind: true, pods: null } }, 503, "is not known now"],
  ])("does nothing where %s", async ([, link, changes, status, words], test) => {
    const { send, open, press } = await phone(test, link, changes);
    await send();

    const opened = await open();
    const pressed = await press();

    expect(opened).toMatchObject({ status, text: expect.stringContaining(words) as string });
    expect(pressed.status).toBe(status);
    expect(wishesIn((await send()).answer)).toEqual([]);
  });

  it("says that too much is asked where one is opened again and again", async (test) => {
    const { send, open } = await phone(test);
    await send();

    const answers = await Promise.all(Array.from({ length: 100 }, () => open()));

    expect(answers.map(({ status }) => status)).toContain(429);
  });
});

describe.concurrent("a button that is pressed while the guard outside acts itself", () => {
  const silent = async (...[test, ...given]: Parameters<typeof phone>) => {
    const its = await phone(test, ...given);
    await its.send();
    await its.wakeAfter(11 * minuteMs);
    return its;
  };

  it("stops the pod at once, with proof, and shows that", async (test) => {
    const { open, press, wakeAfter, simulator } = await silent(test);

    const question = await open();
    const { text } = await press();
    await wakeAfter(0);

    expect(question.text).toContain("At once, from here");
    expect(text).toContain("It is being done from here");
    expect(simulator.account.pod("p1")?.status).toBe("EXITED");
    expect((await open()).text).toMatch(
      /Done: Stop pod trainer.*Pod trainer \(p1\) no longer runs: the pod is EXITED/s,
    );
  });

  it("gives a lease more time, by which it goes and which it hands back with the rest", async (test) => {
    const {
      press,
      open,
      wakeAfter,
      send,
      test: ask,
    } = await silent(test, {
      action: "extend",
      hours: 2,
    });

    await press();
    await wakeAfter(0);
    const { kept } = await ask({});
    const { answer } = await send();

    expect((await open()).text).toMatch(
      /Done: Extend the lease of pod trainer.*Its lease ends at/s,
    );
    const leases = answer.kind === "heard" ? answer.back?.leases : undefined;
    expect(leases).toBe(kept["leases"]);
    expect(leases).toContain('"p1"');
    const id = answer.kind === "heard" ? answer.back?.id : undefined;
    await send({ tookBack: id });
    expect((await ask({})).kept["leases"]).toBeUndefined();
  });

  it("goes on by its alarm where RunPod says yes and does nothing, until that is proven", async (test) => {
    const { open, press, wakeAfter, simulator, test: ask } = await silent(test);
    simulator.failNext("stop-lies", 3, "mutations");
    await press();
    await ask({ speed: 10 });

    await wakeAfter(0);
    const meanwhile = await open();
    // One turn of a slow machine has time for fewer tries than that of a quick one.
    const laterOn = async () => {
      await wakeAfter(minuteMs);
      expect((await open()).text).toContain("<h1>Done: Stop pod trainer (p1)</h1>");
    };
    await vi.waitFor(laterOn, { timeout: 120_000 });

    expect(meanwhile.text).toContain("RunPod was asked; the proof is awaited.");
    expect(simulator.account.pod("p1")?.status).toBe("EXITED");
  });

  it.for<[sentence: string, runpod: Partial<NewPod>, protect: readonly string[], words: string]>([
    ["protected", {}, ["train*"], "Pod trainer (p1): it is protected. Nothing was changed"],
    ["locked", { locked: true }, [], "Pod trainer (p1): it is locked."],
  ])("never stops a pod that is %s", async ([, runpod, protect, words], test) => {
    const its = await silent(test, {}, {}, { runpod, protect });

    await its.press();
    await its.wakeAfter(0);
    await its.wakeAfter(minuteMs);

    expect((await its.open()).text).toContain(words);
    expect(its.simulator.account.pod("p1")?.status).toBe("RUNNING");
    expect(its.simulator.asked.some((each) => JSON.stringify(each).includes("stop"))).toBe(false);
  });

  it("waits until the daemon is back where nothing is done in its place, and says so", async (test) => {
    const its = await silent(test, {}, { onSilence: "notify" });

    const question = await its.open();
    await its.press();
    await its.wakeAfter(minuteMs);
    const { answer } = await its.send();

    expect(question.text).toContain("When the guard on gpu-box is back: it is silent");
    expect(its.simulator.account.pod("p1")?.status).toBe("RUNNING");
    expect(wishesIn(answer)).toMatchObject([{ token: its.token }]);
  });

  it("is good by the clock of the machine, however far that is behind", async (test) => {
    const behindMs = 60 * minuteMs;
    const madeAtMs = Date.now() - behindMs - 23.5 * 60 * minuteMs;
    const its = await silent(test, { madeAtMs }, { sentAtMs: Date.now() - behindMs });

    await its.press();
    await its.wakeAfter(0);

    expect(its.simulator.account.pod("p1")?.status).toBe("EXITED");
  });

  it("is the daemon's again where that comes back before it was done", async (test) => {
    const its = await silent(test);
    await its.press();

    const { answer } = await its.send();
    await its.wakeAfter(0);

    expect(wishesIn(answer)).toMatchObject([{ token: its.token }]);
    expect(its.simulator.account.pod("p1")?.status).toBe("RUNNING");
  });

  it("stands in the history that is handed back, with who asked", async (test) => {
    const its = await silent(test);
    await its.press();
    await its.wakeAfter(0);
    await its.wakeAfter(minuteMs);

    const { answer } = await its.send();

    const state = answer.kind === "heard" ? answer.back?.theirs.state : undefined;
    expect(state).toContain(
      "Stop pod trainer (p1), asked for in a notification: Pod trainer (p1) no",
    );
    expect(state).toMatch(/"type":"stop","reason":"manual"/);
  });

  it("leads here from a notification that was sent from here, too", async (test) => {
    const its = await phone(
      test,
      {},
      {},
      {
        runpod: {},
        protect: [],
        thresholds: [{ name: "low", belowUsd: 10, answers: ["notify"], backstop: undefined }],
      },
    );
    await its.send({ url: its.url });
    await its.wakeAfter(11 * minuteMs);
    its.simulator.account.setBalance(9);
    await its.wakeAfter(minuteMs);
    const button = its.told
      .flatMap((each) => (JSON.parse(each) as { buttons: Button[] }).buttons)
      .find(({ label }) => label !== "I am on it");

    await its.press(button?.url.split("/").at(-1));
    await its.wakeAfter(0);

    expect(button?.label).toBe("Stop trainer now");
    expect(button?.url.startsWith(`${its.url}act/${its.account}/`)).toBe(true);
    expect(its.simulator.account.pod("p1")?.status).toBe("EXITED");
  });

  it("leads here from a notification of a guard that has no machine", async (test) => {
    const its = await world(test, { pods: [pod], balanceUsd: 20 });
    const low = { name: "low", belowUsd: 10, answers: ["notify"], backstop: undefined } as const;
    const orders = {
      policy: sendable({ ...policy, thresholds: [low] }),
      calendar: { budgets: [], schedules: [] },
      beforeStop: "none",
      isDry: false,
    };
    const given = { version: 1, host: "laptop", everyMs: minuteMs, orders, url: its.url };
    const to = { url: its.url, account: its.account, beatKey };
    const send = createSignedSender(exchange, Date.now);
    await send("orders", JSON.stringify(given), to, new AbortController().signal);
    await its.wakeAfter(0);
    its.simulator.account.setBalance(9);
    await its.wakeAfter(minuteMs);

    const [button] = its.told.flatMap(
      (each) => (JSON.parse(each) as { buttons: { label: string; url: string }[] }).buttons,
    );

    expect(button?.url.startsWith(`${its.url}act/${its.account}/`)).toBe(true);
  });
});

describe.concurrent("somebody who is on it", () => {
  const low: OnItLink = { action: "on-it", topic: "threshold:low", madeAtMs: Date.now() };
  /** As a daemon says it that has told of a crossing, and reminds of it. */
  const crossed = (state: GuardState, onItAtMs?: number): Partial<Beat> => {
    const row = { firstAtMs: low.madeAtMs, lastAtMs: low.madeAtMs, times: 1, onItAtMs };
    const fired = { fired: { low: true }, trippedAtMs: { low: low.madeAtMs } };
    return textsOf({ ...state, ...fired, reminded: { [low.topic]: row } });
  };

  it("says so to the daemon by its next beat, and is shown until when once that has it", async (test) => {
    const { send, open, press, state, key } = await phone(test);
    const token = sealed(low, key) ?? "";
    await send(crossed(state));

    const question = await open(token);
    const pressed = await press(token);
    const wishes = wishesIn((await send(crossed(state))).answer);
    const took = { id: wishes[0]?.id ?? "", isOver: true, isDone: true, words: "as asked" };
    await send({ ...crossed(state, Date.now()), tookWishes: [took] });

    expect(question.text).toContain("<h1>I am on it: low?</h1>");
    expect(question.text).toContain("By the guard on gpu-box, with its next beat");
    expect(pressed.text).toContain("<h1>Asked for: I am on it: low</h1>");
    expect(wishes).toMatchObject([{ token }]);
    expect((await open(token)).text).toContain("<h1>Done: I am on it: low</h1>");
    const another = sealed({ ...low, madeAtMs: low.madeAtMs + 1 }, key);
    expect((await open(another)).text).toContain("<h1>Somebody is on it</h1>");
  });

  it("comes too late at what is over", async (test) => {
    const { send, open, press, key } = await phone(test);
    const token = sealed(low, key) ?? "";
    await send();

    const answers = [await open(token), await press(token)];

    expect(answers.map(({ status }) => status)).toEqual([410, 410]);
    expect(wishesIn((await send()).answer)).toEqual([]);
  });

  it("is not reminded of a silent machine for four hours, also where people are only told", async (test) => {
    const its = await phone(test);
    await its.send({ url: its.url, onSilence: "notify" });
    await its.wakeAfter(11 * minuteMs);
    const [first = ""] = its.told;
    const { buttons } = JSON.parse(first) as { buttons: Button[] };
    const token = buttons[0]?.url.split("/").at(-1);
    const silences = () => its.events().filter((event) => event === "silent").length;

    const question = await its.open(token);
    const pressed = await its.press(token);
    await its.wakeAfter(0);
    const done = await its.open(token);
    await its.wakeAfter(120 * minuteMs);
    const held = silences();
    await its.wakeAfter(121 * minuteMs);

    expect(buttons.map(({ label }) => label)).toEqual(["I am on it"]);
    expect(question.text).toContain("At once, from here");
    expect(pressed.text).toContain("It is being done from here");
    expect(done.text).toContain("<h1>Done: I am on it: silent</h1>");
    expect(its.events()).toContain("on_it");
    expect(held).toBe(1);
    expect(silences()).toBe(2);
  });

  it("is handed back with the rest", async (test) => {
    const threshold = {
      name: "low",
      belowUsd: 30,
      answers: ["notify"],
      backstop: undefined,
    } as const;
    const its = await phone(test, {}, {}, { thresholds: [{ ...threshold, remind: "hourly" }] });
    const token = sealed(low, its.key) ?? "";
    await its.send(crossed(its.state));
    await its.wakeAfter(11 * minuteMs);

    await its.press(token);
    await its.wakeAfter(0);
    const { answer } = await its.send(crossed(its.state));

    const theirs = answer.kind === "heard" ? answer.back?.theirs.state : undefined;
    expect(theirs).toContain('"onItAtMs"');
  });
});
