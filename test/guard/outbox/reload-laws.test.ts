import fc from "fast-check";
import { expect, it } from "vitest";
import { decide } from "#guard/decide.ts";
import type { Notify } from "#guard/model/effect.ts";
import type { Policy } from "#guard/model/policy.ts";
import { emptyState, type GuardState, type Input } from "#guard/model/state.ts";
import { isDue } from "#guard/next-look.ts";
import { afterRestart } from "#guard/outbox/after-restart.ts";
import { minuteMs, noticesOf, policyWith, seen } from "../samples.ts";
import { channel, refused, sent } from "./channels.ts";

/** The ways to people; "command" is the notify command, and mail asks for nothing about the balance. */
const all = ["command", "phone", "mail", "chat"];
const minute = fc.record({
  balanceUsd: fc.constantFrom(1, 5, 20),
  /** The ways that the config has from then on; undefined: no reload in this minute. */
  reload: fc.option(fc.subarray(all, { minLength: 1 }), { nil: undefined, freq: 4 }),
  isRestart: fc.boolean(),
  /** Those that work in this minute. */
  working: fc.subarray(all),
});

function policyFor(names: readonly string[]): Policy {
  const tells = names.includes("command");
  return policyWith({
    tells,
    channels: names
      .filter((name) => name !== "command")
      .map((name) => channel(name, name === "mail" ? { events: ["blind"] } : {})),
    thresholds: [
      {
        name: "low",
        belowUsd: 10,
        answers: tells ? ["notify"] : [],
        backstop: undefined,
      },
    ],
  });
}

type Minute = typeof minute extends fc.Arbitrary<infer Of> ? Of : never;

interface Lived {
  readonly state: GuardState;
  /** In which minutes there was a crossing that somebody was to hear of, and who heard of one or its end. */
  readonly crossings: readonly number[];
  readonly heard: readonly { readonly n: number; readonly id: string }[];
}

/** Lives through the minutes, and then through calm ones in which chat works. These are there all the time. */
function live(given: readonly Minute[], always: readonly string[]): Lived {
  let state: GuardState = emptyState;
  let policy = policyFor(always.length === 0 ? ["phone"] : always);
  const crossings: number[] = [];
  const heard: Lived["heard"][number][] = [];
  const take = (input: Input): void => {
    state = decide(state, input, policy).state;
  };
  const calm = Array.from({ length: 20 }, (_, n) => ({
    balanceUsd: 20,
    reload: n === 0 ? ["chat"] : undefined,
    isRestart: false,
    working: ["chat"],
  }));
  for (const [n, { balanceUsd, reload, isRestart, working }] of [...given, ...calm].entries()) {
    const atMs = n * minuteMs;
    if (reload !== undefined) policy = policyFor([...always, ...reload]);
    if (isRestart) state = afterRestart(JSON.parse(JSON.stringify(state)) as GuardState);
    const known = new Set(state.owed.map(({ id }) => id));
    take({ kind: "look", look: seen({ atMs, balanceUsd, pods: [], burnPerHrUsd: 0 }) });
    const isNew = ({ event, id, atMs: sinceMs }: Notify): boolean =>
      event === "trip" && !known.has(id) && sinceMs === atMs;
    if (noticesOf(state.owed).some(isNew)) crossings.push(n);
    for (const notice of noticesOf(state.owed)) {
      const { channel: way = "command", id, event } = notice;
      if (!isDue(notice, atMs)) continue;
      const isThere = policy.channels.some(({ name }) => name === way) || policy.tells;
      const works = isThere && working.includes(way);
      if (works && (event === "trip" || event === "rearm")) heard.push({ n, id });
      take({ kind: "settled", id, atMs, outcome: works ? sent : refused });
    }
  }
  return { state, crossings, heard };
}

function expectAllHeard({ crossings, heard }: Lived): void {
  for (const crossing of crossings) {
    expect(heard.filter(({ n }) => n >= crossing).length, `since ${crossing}`).toBeGreaterThan(0);
  }
}

it("whatever channels come and go, and whatever works when: somebody hears of every crossing that somebody was to hear of", () => {
  fc.assert(
    fc.property(fc.array(minute, { minLength: 1, maxLength: 30 }), (given) => {
      const lived = live(given, []);

      expectAllHeard(lived);
      expect(noticesOf(lived.state.owed)).toEqual([]);
    }),
    { numRuns: 100 },
  );
});

it("even where a channel that never works stays all the time, and nobody hears the same twice by one way", () => {
  fc.assert(
    fc.property(fc.array(minute, { minLength: 1, maxLength: 30 }), (given) => {
      const lived = live(given, ["broken"]);

      expectAllHeard(lived);
      const ids = lived.heard.map(({ id }) => id);
      expect(new Set(ids).size).toBe(ids.length);
      expect(noticesOf(lived.state.owed).filter(({ channel }) => channel !== "broken")).toEqual([]);
    }),
    { numRuns: 100 },
  );
});
