import type { Schedule } from "#guard/model/policy.ts";
import type { LeaseBook } from "#guard/model/run.ts";
import type { Moments } from "#guard/model/spend.ts";
import type { PodGuards, Policy } from "#guard/model/policy.ts";
import { at, book, guarding, live, type Lived, type Minute } from "../samples.ts";

export const evening: Schedule = { name: "evening", action: "stop", pods: ["*"] };

export function scheduling(
  schedules: readonly Schedule[] = [evening],
  guards: Partial<PodGuards> = {},
  overrides: Partial<Policy> = {},
): Policy {
  return guarding({ schedules, ...guards }, overrides);
}

/** What the calendar says at a minute, of schedules that come at these minutes. */
export function momentsAt(
  minute: number,
  comes: Readonly<Record<string, readonly number[]>>,
  rule = "daily",
): Moments {
  const schedules = Object.entries(comes).map(([name, minutes]) => {
    const last = minutes.findLast((each) => each <= minute);
    const next = minutes.find((each) => each > minute);
    return [
      name,
      {
        rule,
        lastMs: last === undefined ? undefined : at(last),
        nextMs: next === undefined ? undefined : at(next),
      },
    ] as const;
  });
  return { atMs: at(minute), periods: {}, schedules: Object.fromEntries(schedules) };
}

/** A book in which a person passes over the moment of this minute. */
export function skipping(minute: number, name = "evening"): LeaseBook {
  return { ...book(), skippedMs: { [name]: at(minute) } };
}

/** As `live`, with a calendar in which schedule evening comes at these minutes. */
export function liveEvenings(
  before: Lived,
  minutes: readonly [first: number, last: number],
  comes: readonly number[],
  policy: Policy = scheduling(),
  minute: Minute | ((n: number) => Minute) = {},
): Lived {
  return live(before, minutes, policy, (n) => ({
    moments: momentsAt(n, { evening: comes }),
    ...(typeof minute === "function" ? minute(n) : minute),
  }));
}
