import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decide } from "#guard/decide.ts";
import { eventNames, type Notify, type Outcome, severities } from "#guard/model/effect.ts";
import type { ChannelPolicy, Policy } from "#guard/model/policy.ts";
import { emptyState, type GuardEvent, type GuardState, type Input } from "#guard/model/state.ts";
import { isDue } from "#guard/next-look.ts";
import { afterRestart } from "#guard/outbox/after-restart.ts";
import { messageWords } from "#guard/text.ts";
import { blind, minuteMs, noticesOf, pod, policyWith, seen } from "../samples.ts";
import { channel, refused, sent } from "./channels.ts";

/** What happens in a minute; then each way's notices that are due are tried. */
type Minute =
  | { readonly kind: "balance"; readonly balanceUsd: number }
  | { readonly kind: "blind" }
  | { readonly kind: "trouble" | "recovered" }
  /** The process dies: what was tried last may have worked, and nobody knows. */
  | { readonly kind: "crash" }
  | { readonly kind: "reload"; readonly hasSpare: boolean };

const minutes: fc.Arbitrary<readonly Minute[]> = fc.array(
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        kind: fc.constant("balance" as const),
        balanceUsd: fc.constantFrom(0, 0.3, 1, 5, 20),
      }),
    },
    { weight: 2, arbitrary: fc.constant({ kind: "blind" } as const) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom("trouble", "recovered") }) },
    { weight: 1, arbitrary: fc.constant({ kind: "crash" } as const) },
    {
      weight: 1,
      arbitrary: fc.record({ kind: fc.constant("reload" as const), hasSpare: fc.boolean() }),
    },
  ),
  { minLength: 1, maxLength: 50 },
);

const asks: fc.Arbitrary<Omit<ChannelPolicy, "name">> = fc.record({
  events: fc.option(fc.subarray([...eventNames], { minLength: 1 }), { nil: undefined }),
  minSeverity: fc.constantFrom(...severities),
});

/** By way, in which minutes it works, over and over. */
const luck = fc.record({
  command: fc.array(fc.boolean(), { minLength: 1, maxLength: 5 }),
  phone: fc.array(fc.boolean(), { minLength: 1, maxLength: 5 }),
  mail: fc.array(fc.boolean(), { minLength: 1, maxLength: 5 }),
});

type Luck = typeof luck extends fc.Arbitrary<infer Of> ? Of : never;

const policyFor = (channels: readonly ChannelPolicy[]): Policy =>
  policyWith({ channels, backstop: { action: "stop", afterMs: 2 * minuteMs } });

interface Told {
  readonly way: string;
  readonly atMs: number;
  readonly notice: Notify;
}

interface Night {
  readonly state: GuardState;
  readonly told: readonly Told[];
  readonly steps: readonly {
    readonly before: GuardState;
    readonly after: GuardState;
    readonly events: readonly GuardEvent[];
    readonly policy: Policy;
    readonly atMs: number;
  }[];
}

/** Lives through the minutes, and in the end through as many more in which every way works. */
function night(given: readonly Minute[], channels: readonly ChannelPolicy[], tries: Luck): Night {
  let state = emptyState;
  let policy = policyFor(channels);
  const steps: Night["steps"][number][] = [];
  const told: Told[] = [];
  const take = (input: Input, atMs: number): void => {
    const { state: after, events } = decide(state, input, policy);
    steps.push({ before: state, after, events, policy, atMs });
    state = after;
  };
  const calm: readonly Minute[] = Array.from({ length: 40 }, () => ({
    kind: "balance",
    balanceUsd: 20,
  }));
  for (const [n, minute] of [...given, ...calm].entries()) {
    const atMs = n * minuteMs;
    switch (minute.kind) {
      case "balance": {
        const { balanceUsd } = minute;
        take({ kind: "look", look: seen({ atMs, balanceUsd, pods: [pod()] }) }, atMs);
        break;
      }
      case "blind":
        take({ kind: "look", look: blind(atMs) }, atMs);
        break;
      case "trouble":
        take({ kind: "trouble", what: "history", because: "disk full", atMs }, atMs);
        break;
      case "recovered":
        take({ kind: "recovered", what: "history", atMs }, atMs);
        break;
      case "crash":
        state = afterRestart(JSON.parse(JSON.stringify(state)) as GuardState);
        break;
      case "reload":
        policy = policyFor([...channels, ...(minute.hasSpare ? [channel("spare")] : [])]);
        break;
    }
    for (const notice of noticesOf(state.owed)) {
      const { channel: way = "command", id } = notice;
      if (!isDue(notice, atMs) || !state.owed.some((each) => each.id === id)) continue;
      const mine = way === "spare" ? [true] : tries[way as keyof Luck];
      const works = n >= given.length || mine[n % mine.length] === true;
      if (works) told.push({ way, atMs, notice });
      // A crash after the try: nobody hears of it.
      if (given[n + 1]?.kind === "crash") continue;
      const outcome: Outcome = works ? sent : refused;
      take({ kind: "settled", id, outcome, atMs }, atMs);
    }
  }
  return { state, told, steps };
}

const stemOf = (notice: Notify): string =>
  notice.channel === undefined ? notice.id : notice.id.slice(0, -notice.channel.length - 1);

const wants = ({ events, minSeverity }: ChannelPolicy, { event, severity }: Notify): boolean =>
  (events?.includes(event) ?? true) &&
  severities.indexOf(severity ?? "info") >= severities.indexOf(minSeverity);

/** That a way to people does not work, or works again. */
const isOfWays = ({ topic }: Notify): boolean =>
  /^trouble:(?:channel|the notify)/.test(topic ?? "");

const pair = fc
  .tuple(asks, asks)
  .map(([phone, mail]) => [channel("phone", phone), channel("mail", mail)]);

describe("whatever a night brings, whatever fails and whoever dies", () => {
  it("every way that asks for a notification is owed it once, and none twice", () => {
    fc.assert(
      fc.property(minutes, pair, luck, (given, channels, tries) => {
        for (const { before, after, policy } of night(given, channels, tries).steps) {
          const old = new Set(before.owed.map(({ id }) => id));
          const fresh = noticesOf(after.owed).filter(({ id }) => !old.has(id));
          const all = after.owed.map(({ id }) => id);
          expect(new Set(all).size).toBe(all.length);
          // What reached nobody comes to a way that is new, and to no other.
          const stems = new Set(noticesOf(before.owed).map(stemOf));
          const copies = fresh.filter((each) => stems.has(stemOf(each)));
          expect(copies.filter(({ channel }) => channel !== "spare")).toEqual([]);
          // Of an end, who was told of the beginning hears; of a way to people, the others.
          const firsts = fresh.filter((each) => !copies.includes(each));
          const forAll = firsts.filter(
            ({ isResolution, topic }) =>
              isResolution !== true && topic?.startsWith("trouble:") !== true,
          );
          for (const first of forAll) {
            const ways = firsts
              .filter((each) => stemOf(each) === stemOf(first))
              .map(({ channel: way = "command" }) => way);
            const asking = policy.channels.filter((each) => wants(each, first));
            const due = ["command", ...asking.map(({ name }) => name)];
            expect(due.filter((way) => !ways.includes(way))).toEqual([]);
          }
        }
      }),
      { numRuns: 60 },
    );
  });

  it("every crossing that a channel asks for reaches it, or it hears that it is over", () => {
    fc.assert(
      fc.property(minutes, pair, luck, (given, channels, tries) => {
        const { steps, told } = night(given, channels, tries);
        const trips = steps.flatMap(({ after, before, atMs }) =>
          noticesOf(after.owed)
            .filter(
              ({ event, id }) => event === "trip" && !before.owed.some((each) => each.id === id),
            )
            .map((notice) => ({ notice, atMs })),
        );
        for (const { notice, atMs } of trips) {
          if (notice.channel === "spare") continue;
          const heard = told.filter(
            (each) =>
              each.way === (notice.channel ?? "command") &&
              each.notice.threshold === notice.threshold &&
              (each.notice.event === "trip" || each.notice.event === "rearm") &&
              each.atMs >= atMs,
          );
          expect(heard.length).toBeGreaterThan(0);
        }
      }),
      { numRuns: 60 },
    );
  });

  it("a channel that was told of a crossing is told of its end", () => {
    fc.assert(
      fc.property(minutes, pair, luck, (given, channels, tries) => {
        const { told } = night(given, channels, tries);
        for (const name of ["phone", "mail"]) {
          const last = new Map<string | undefined, Notify>();
          for (const { way, notice } of told) {
            const isOfLine = notice.event === "trip" || notice.event === "rearm";
            if (way === name && isOfLine) last.set(notice.threshold, notice);
          }
          expect([...last.values()].map(({ event }) => event).filter((e) => e === "trip")).toEqual(
            [],
          );
        }
      }),
      { numRuns: 60 },
    );
  });

  it("a channel that never works changes nothing of what the others hear, but of itself", () => {
    const heardOn = (way: string, { told }: Night) =>
      told
        .filter((each) => each.way === way && !isOfWays(each.notice))
        .map(({ atMs, notice: { event, because } }) => [atMs, event, because]);
    fc.assert(
      fc.property(minutes, pair, luck, (given, channels, tries) => {
        const works = night(given, channels, { ...tries, phone: [true] });
        const never = night(given, channels, { ...tries, phone: [false] });

        expect(heardOn("mail", never)).toEqual(heardOn("mail", works));
        expect(heardOn("command", never)).toEqual(heardOn("command", works));
      }),
      { numRuns: 60 },
    );
  });

  it("the notify command is told what the log says, and channels or none make no difference", () => {
    const heard = ({ told }: Night) =>
      told
        .filter(({ way, notice }) => way === "command" && !isOfWays(notice))
        .map(({ atMs, notice }) => [atMs, messageWords(notice)]);
    fc.assert(
      fc.property(minutes, pair, luck, (drawn, channels, tries) => {
        const given = drawn.filter(({ kind }) => kind !== "reload");
        const alone = night(given, [], tries);

        expect(heard(night(given, channels, tries))).toEqual(heard(alone));
        const said = new Set(
          alone.steps.flatMap(({ events }) =>
            events.flatMap((event) => (event.kind === "said" ? [event.because] : [])),
          ),
        );
        const inWords = alone.told.filter(({ notice }) => notice.event !== "trip");
        for (const { notice } of inWords) expect(said).toContain(messageWords(notice));
      }),
      { numRuns: 60 },
    );
  });

  it("in the end, when every way works, nothing is owed any more", () => {
    fc.assert(
      fc.property(minutes, pair, luck, (given, channels, tries) => {
        expect(noticesOf(night(given, channels, tries).state.owed)).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });
});
