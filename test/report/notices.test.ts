import { describe, expect, it } from "vitest";
import type { Notify } from "#guard/model/effect.ts";
import { unsentNotices } from "#report/notices.ts";
import { at, minuteMs } from "../guard/samples.ts";

const trip: Notify = {
  kind: "notify",
  id: "1",
  event: "trip",
  name: "warning",
  because: "balance $9.82 is below $10.00",
  atMs: at(0),
  tries: 7,
  notBeforeMs: 0,
  failedBecause: "exit 22 after 0.1 s: curl: (22) 404",
};
const lost = { atMs: at(0), message: "idle: pod a is idle", because: "exit 1" };
const dayMs = 24 * 60 * minuteMs;

describe("notifications that could not be sent", () => {
  it.each<[string, Notify, readonly string[]]>([
    [
      "are told with their reason while they are tried",
      trip,
      [
        "notification not sent since 2 h 5 min, 7 tries so far (exit 22 after 0.1 s: curl: (22) 404): warning: balance $9.82 is below $10.00",
      ],
    ],
    [
      "and come from an older version are told without a time",
      { ...trip, atMs: undefined, tries: 1, failedBecause: undefined },
      ["notification not sent, 1 try so far (unknown): warning: balance $9.82 is below $10.00"],
    ],
    [
      "name the channel that they are for",
      { ...trip, channel: "phone", tries: 1 },
      [
        "notification not sent by channel phone since 2 h 5 min, 1 try so far (exit 22 after 0.1 s: curl: (22) 404): warning: balance $9.82 is below $10.00",
      ],
    ],
    ["are not told before they were tried", { ...trip, tries: 0 }, []],
  ])("%s", (_sentence, notice, words) => {
    expect(unsentNotices({ owed: [notice], lostNotices: [] }, at(125))).toEqual(words);
  });

  it.each([
    [
      "for a week",
      7 * dayMs - 1,
      ["notification given up, from 168 h 0 min ago (exit 1): idle: pod a is idle"],
    ],
    [
      "with their channel",
      0,
      ["notification by channel phone given up, from 0 s ago (exit 1): idle: pod a is idle"],
      "phone",
    ],
    ["and then no more", 7 * dayMs, []],
  ])("and were given up are told %s", (_sentence, ageMs, words, channel?: string) => {
    expect(unsentNotices({ owed: [], lostNotices: [{ ...lost, channel }] }, at(0) + ageMs)).toEqual(
      words,
    );
  });
});
