import { setImmediate as turn } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import type { Activity } from "#guard/model/account.ts";
import type { Probe } from "#probes/probe.ts";
import { createProbing, type PodToProbe } from "#probes/probing.ts";
import { createFakeClock } from "../fake-clock.ts";

const quiet: Activity = { isActive: false, because: "", hasFailed: false, counters: {} };
const second = 1_000;

/** Probes that take so many seconds, by the first letter of the pod: `hang` never comes back. */
function setUp(seconds: Readonly<Record<string, number | "hang" | "deaf">> = {}) {
  const clock = createFakeClock();
  const began: string[] = [];
  const answers: [string, number, Activity][] = [];
  const interruption = new AbortController();
  let asking = 0;
  let most = 0;
  const probe: Probe = async ({ podId }, before, signal) => {
    began.push(podId);
    asking += 1;
    most = Math.max(most, asking);
    const takes = seconds[podId.charAt(0)] ?? 0;
    if (takes === "deaf") return new Promise(() => undefined);
    const ms = takes === "hang" ? Infinity : takes * second;
    await clock.sleepUntil(clock.nowMs() + ms, signal);
    asking -= 1;
    return signal.aborted ? "interrupted" : { ...quiet, counters: before };
  };
  const probing = createProbing<PodToProbe>({
    probe,
    answered: ({ podId }, activity) => answers.push([podId, clock.nowMs() / second, activity]),
    clock,
  });
  return {
    clock,
    probing,
    began,
    answers,
    interruption,
    most: () => most,
    ask: (...pods: readonly PodToProbe[]) => probing.ask(pods, interruption.signal),
    /** `[pod, second]` of each answer. */
    told: () => answers.map(([podId, atSecond]) => `${podId} ${atSecond}`),
  };
}

function podsNamed(...ids: readonly string[]): readonly PodToProbe[] {
  return ids.map((podId) => ({ podId, podName: `name of ${podId}` }));
}

function many(letter: string, count: number): readonly PodToProbe[] {
  return podsNamed(...Array.from({ length: count }, (_, n) => `${letter}${n}`));
}

describe("pods are asked", () => {
  it("each by itself, with the counters of the last time", async () => {
    const { ask, probing, answers } = setUp();

    ask(...podsNamed("a", "__proto__"), { podId: "b", podName: "B", counters: { n: 1 } });
    await probing.idle();

    expect(answers).toEqual([
      ["a", 0, quiet],
      ["__proto__", 0, quiet],
      ["b", 0, { ...quiet, counters: { n: 1 } }],
    ]);
  });

  it("four at once, and not more, while they are quick", async () => {
    const { ask, probing, most, answers, clock } = setUp({ q: 1 });

    ask(...many("q", 9));
    await clock.advanceTo(3 * second);
    await probing.idle();

    expect([most(), answers.length]).toEqual([4, 9]);
  });

  it("once at a time, however often they are to be", async () => {
    const { ask, probing, began, clock } = setUp({ s: 10 });

    ask(...podsNamed("s"));
    ask(...podsNamed("s"));
    await clock.advanceTo(5 * second);
    ask(...podsNamed("s"));
    await clock.advanceTo(10 * second);
    await probing.idle();
    ask(...podsNamed("s"));
    await clock.advanceTo(20 * second);

    expect(began).toEqual(["s", "s"]);
  });

  it("with what they are to be asked with last, in the place they waited in", async () => {
    const { ask, probing, answers, clock } = setUp({ q: 1 });
    const [later, last] = [{ n: 1 }, { n: 2 }].map((counters) => ({
      podId: "x",
      podName: "X",
      counters,
    }));

    ask(...many("q", 4), ...[later ?? []].flat(), ...podsNamed("y"));
    ask(...podsNamed("y"), ...[last ?? []].flat());
    await clock.advanceTo(3 * second);
    await probing.idle();

    const waited = answers.filter(([podId]) => /[xy]/.test(podId));
    expect(waited).toEqual([
      ["x", 1, { ...quiet, counters: { n: 2 } }],
      ["y", 1, quiet],
    ]);
  });

  it("no more when they need not be any more", async () => {
    const { ask, probing, began, clock } = setUp({ q: 1 });

    ask(...many("q", 4), ...podsNamed("x"));
    ask();
    await clock.advanceTo(3 * second);
    await probing.idle();

    expect(began).not.toContain("x");
  });

  it("no more after an interruption, and those at which it came have said nothing", async () => {
    const { ask, probing, began, answers, interruption, clock } = setUp({ s: 1 });

    ask(...many("s", 6));
    await turn();
    interruption.abort();
    await clock.advanceTo(second);
    await probing.idle();

    expect([began.length, answers]).toEqual([4, []]);
  });

  it("not where there are none", async () => {
    const { ask, probing, began } = setUp();

    ask();
    await probing.idle();

    expect(began).toEqual([]);
  });
});

describe("a slow pod costs only itself:", () => {
  it("forty that hang for half a minute keep no other from its turn, poll after poll", async () => {
    const { ask, told, clock } = setUp({ s: 30 });
    const pods = [...many("s", 40), ...many("q", 5)];

    for (let atSecond = 0; atSecond < 300; atSecond += 5) {
      ask(...pods);
      await clock.advanceTo(atSecond * second + 5 * second);
    }

    const gapsOf = (pod: string) => {
      const at = told().flatMap((each) =>
        each.startsWith(`${pod} `) ? [Number(each.split(" ")[1])] : [],
      );
      return [0, ...at].slice(1).map((each, n) => each - (at[n - 1] ?? 0));
    };
    for (const { podId } of many("q", 5)) expect(Math.max(...gapsOf(podId).slice(1))).toBe(5);
    for (const { podId } of many("s", 40)) {
      expect(gapsOf(podId).length).toBeGreaterThanOrEqual(2);
      expect(Math.max(...gapsOf(podId))).toBeLessThan(120);
    }
  });

  it("one that is met for the first time keeps a place for two seconds at most", async () => {
    const { ask, told, clock } = setUp({ h: "hang" });

    ask(...many("h", 40), ...podsNamed("q"));
    await clock.advanceTo(20 * second);

    expect(told()).toEqual(["q 20"]);
  });

  it("is asked in its own line from then on, and among the others once it is quick again", async () => {
    const speed: Record<string, number> = { s: 3, q: 1 };
    const { ask, began, clock } = setUp(speed);
    ask(...podsNamed("s"));
    await clock.advanceTo(3 * second);

    began.length = 0;
    ask(...many("q", 8), ...podsNamed("s"));
    await turn();
    const inItsLine = [...began];
    speed["s"] = 0;
    await clock.advanceTo(10 * second);
    began.length = 0;
    ask(...podsNamed("s"));
    await clock.advanceTo(11 * second);
    began.length = 0;
    ask(...many("q", 8), ...podsNamed("s"));
    await turn();

    expect(inItsLine).toEqual(["q0", "q1", "q2", "q3", "s"]);
    expect(began).toEqual(["q0", "q1", "q2", "q3"]);
  });

  it("one that never comes back is given up after a minute, told once, and not asked again", async () => {
    const { ask, probing, began, answers, clock } = setUp({ d: "deaf" });

    ask(...podsNamed("d"));
    await clock.advanceTo(61 * second);
    await probing.idle();
    ask(...podsNamed("d", "q"));
    await clock.advanceTo(200 * second);
    await probing.idle();

    expect(began).toEqual(["d", "q"]);
    expect(answers).toMatchObject([
      ["d", 60, { isActive: true, hasFailed: true, because: "no answer within 60 s, given up" }],
      ["q", 61, quiet],
    ]);
  });
});

it("no more probes start within a second than there may", async () => {
  const began: string[] = [];
  const gates: (() => void)[] = [];
  const probing = createProbing<PodToProbe>({
    probe: ({ podId }) => {
      began.push(podId);
      return Promise.resolve(quiet);
    },
    answered: () => undefined,
    clock: createFakeClock(),
    starting: () => new Promise((resolve) => gates.push(resolve)),
  });

  probing.ask(podsNamed("a", "b"), new AbortController().signal);
  await turn();
  const before = [...began];
  for (const open of gates) open();
  await probing.idle();

  expect([before, began]).toEqual([[], ["a", "b"]]);
});
