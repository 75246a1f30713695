import { describe, expect, it } from "vitest";
import {
  dayOf,
  dayWords,
  minuteOfDay,
  otherDay,
  startOfDay,
  timeWords,
} from "#report/brief/calendar.ts";
import { createDueDay } from "#report/brief/due-day.ts";

const at = (text: string): number => Date.parse(text);

describe("a day in a time zone", () => {
  it.each([
    ["2026-11-27T00:00:00Z", "UTC", "2026-11-27", 0],
    ["2026-11-26T23:59:59Z", "UTC", "2026-11-26", 1_439],
    ["2026-11-26T23:30:00Z", "Europe/Berlin", "2026-11-27", 30],
    ["2026-11-27T07:59:00Z", "America/Los_Angeles", "2026-11-26", 1_439],
    ["2026-11-27T10:15:00Z", "Asia/Kathmandu", "2026-11-27", 960],
    ["2026-11-27T10:00:00Z", "Pacific/Kiritimati", "2026-11-28", 0],
  ])("%s in %s is %s, minute %d", (text, zone, day, minute) => {
    expect([dayOf(at(text), zone), minuteOfDay(at(text), zone)]).toEqual([day, minute]);
  });

  it.each([
    ["2026-11-27", "UTC", "2026-11-27T00:00:00Z"],
    ["2026-11-27", "Europe/Berlin", "2026-11-26T23:00:00Z"],
    ["2026-11-27", "America/Los_Angeles", "2026-11-27T08:00:00Z"],
    ["2026-11-27", "Pacific/Kiritimati", "2026-11-26T10:00:00Z"],
    // The day on which summer time begins there has no midnight.
    ["2026-04-24", "Africa/Cairo", "2026-04-23T22:00:00Z"],
    // The day has 25 hours, and the next one begins after them.
    ["2026-10-26", "Europe/Berlin", "2026-10-25T23:00:00Z"],
  ])("%s in %s begins at %s", (day, zone, text) => {
    expect(startOfDay(day, zone)).toBe(at(text));
  });

  it("is told in words", () => {
    expect([dayWords("2026-11-27"), otherDay("2026-03-01", -1), otherDay("2026-12-31", 1)]).toEqual(
      ["Fri 27 Nov", "2026-02-28", "2027-01-01"],
    );
    const now = at("2026-11-27T08:00:00Z");
    expect(timeWords(at("2026-11-27T12:15:00Z"), now, "Europe/Berlin")).toBe("13:15");
    expect(timeWords(at("2026-11-27T23:15:00Z"), now, "Europe/Berlin")).toBe("Sat 28 Nov, 00:15");
  });
});

describe("the brief of a day", () => {
  const nine = { atMinute: 540, timeZone: "Europe/Berlin" };
  /** Asked at each of these, given as soon as it is due. */
  const given = (
    time: { atMinute: number; timeZone: string },
    lookedAt: string | undefined,
    polls: readonly string[],
    briefedDay?: string,
  ): readonly string[] => {
    const dueDay = createDueDay(lookedAt === undefined ? undefined : at(lookedAt));
    let last = briefedDay;
    return polls.flatMap((poll) => {
      const day = dueDay(time, at(poll), last);
      if (day === undefined) return [];
      last = day;
      return [`${poll} ${day}`];
    });
  };

  it.each<[string, string | undefined, readonly string[], string | undefined, readonly string[]]>([
    [
      "is given at its time, once, and again the next day",
      undefined,
      [
        "2026-11-27T07:59:00Z",
        "2026-11-27T08:00:00Z",
        "2026-11-27T08:01:00Z",
        "2026-11-28T08:00:30Z",
      ],
      undefined,
      ["2026-11-27T08:00:00Z 2026-11-27", "2026-11-28T08:00:30Z 2026-11-28"],
    ],
    [
      "is not given on the day of a first start after its time",
      undefined,
      ["2026-11-27T08:30:00Z", "2026-11-27T20:00:00Z", "2026-11-28T08:00:00Z"],
      undefined,
      ["2026-11-28T08:00:00Z 2026-11-28"],
    ],
    [
      "is given late on the same day, where the machine slept over its time",
      undefined,
      ["2026-11-27T03:00:00Z", "2026-11-27T15:00:00Z"],
      "2026-11-26",
      ["2026-11-27T15:00:00Z 2026-11-27"],
    ],
    [
      "is given by a daemon that was started anew after its time",
      "2026-11-27T07:00:00Z",
      ["2026-11-27T09:00:00Z"],
      "2026-11-26",
      ["2026-11-27T09:00:00Z 2026-11-27"],
    ],
    [
      "that was missed for whole days is not made up for",
      "2026-11-20T07:00:00Z",
      ["2026-11-27T03:00:00Z", "2026-11-27T08:00:00Z"],
      "2026-11-20",
      ["2026-11-27T08:00:00Z 2026-11-27"],
    ],
    [
      "is given by the first of single polls after its time, where it was never given before",
      "2026-11-27T07:59:10Z",
      ["2026-11-27T08:00:10Z"],
      undefined,
      ["2026-11-27T08:00:10Z 2026-11-27"],
    ],
    [
      "that is new in the config waits for tomorrow, where its time is over",
      "2026-11-27T08:30:00Z",
      ["2026-11-27T08:31:00Z"],
      undefined,
      [],
    ],
    [
      "is not given again when the clock is set back over its time",
      undefined,
      [
        "2026-11-27T07:00:00Z",
        "2026-11-27T08:00:00Z",
        "2026-11-27T07:30:00Z",
        "2026-11-27T08:00:00Z",
      ],
      undefined,
      ["2026-11-27T08:00:00Z 2026-11-27"],
    ],
    [
      "is not silenced by one that was given by a clock years ahead",
      "2026-11-26T08:00:00Z",
      ["2026-11-27T08:00:00Z"],
      "2031-01-01",
      ["2026-11-27T08:00:00Z 2026-11-27"],
    ],
  ])("%s", (_sentence, lookedAt, polls, briefedDay, expected) => {
    expect(given(nine, lookedAt, polls, briefedDay)).toEqual(expected);
  });

  it("that a reload asks for after its time waits for tomorrow, and one that was put off comes", () => {
    const dueDay = createDueDay(at("2026-11-27T07:00:00Z"));

    const days = [
      dueDay(undefined, at("2026-11-27T07:58:00Z"), undefined),
      dueDay(undefined, at("2026-11-27T08:30:00Z"), undefined),
      dueDay(nine, at("2026-11-27T08:31:00Z"), undefined),
      dueDay(nine, at("2026-11-28T08:00:00Z"), undefined),
      dueDay(nine, at("2026-11-28T08:04:00Z"), undefined),
    ];

    expect(days).toEqual([undefined, undefined, undefined, "2026-11-28", "2026-11-28"]);
  });

  it("is given once the clock is past a time that summer time leaves out", () => {
    // 02:30 of that day is not there: 01:59 is followed by 03:00.
    const time = { atMinute: 150, timeZone: "Europe/Berlin" };

    expect(given(time, undefined, ["2026-03-29T00:59:00Z", "2026-03-29T01:00:00Z"])).toEqual([
      "2026-03-29T01:00:00Z 2026-03-29",
    ]);
  });

  it("is given at the first of two times that the end of summer time brings", () => {
    // 02:30 comes at 00:30 and at 01:30 by UTC.
    const time = { atMinute: 150, timeZone: "Europe/Berlin" };
    const polls = [
      "2026-10-25T00:29:00Z",
      "2026-10-25T00:30:00Z",
      "2026-10-25T01:15:00Z",
      "2026-10-25T01:30:00Z",
    ];

    expect(given(time, undefined, polls)).toEqual(["2026-10-25T00:30:00Z 2026-10-25"]);
  });
});
