import { describe, expect, it } from "vitest";
import type { PodRun } from "#guard/model/run.ts";
import { wasThere } from "#guard/pods/rules/schedule.ts";
import { at, run } from "../../samples.ts";

const seconds = (each: number): number => each / 60;

/** A run as a poll has first seen it, of which RunPod tells these starts. */
const told = (bootedMinute: number, stampMinute = bootedMinute): Partial<PodRun> => ({
  firstSeenAtMs: at(bootedMinute),
  startedAtMs: at(bootedMinute),
  startFrom: "uptime",
  lastStartedAtMs: at(stampMinute),
});

const unread = (firstSeenMinute: number, notRunningMinute?: number): Partial<PodRun> => ({
  firstSeenAtMs: at(firstSeenMinute),
  startedAtMs: at(firstSeenMinute),
  startFrom: notRunningMinute === undefined ? "first-seen" : "begun",
  notRunningAtMs: notRunningMinute === undefined ? undefined : at(notRunningMinute),
});

describe("to a moment at minute 100, a run", () => {
  it.each<[sentence: string, Partial<PodRun>, ReturnType<typeof wasThere>]>([
    ["that has run for hours was there before", told(0), "before"],
    ["that was started 90 seconds before was there before", told(98.5), "before"],
    ["that was started 30 seconds before was there before", told(100 - seconds(30)), "before"],
    ["that was started 29 seconds before may be another's", told(100 - seconds(29)), "unknown"],
    ["that was started then is later", told(100), "later"],
    ["that was started since is later", told(101), "later"],

    [
      "that RunPod's clock alone puts 90 seconds before may be later, as clocks differ",
      { ...told(98.5), startFrom: "last-started" },
      "unknown",
    ],
    [
      "that RunPod's clock alone puts three minutes before was there before",
      { ...told(97), startFrom: "last-started" },
      "before",
    ],
    [
      "that no stamp would show to be another may be one",
      { ...told(98.5), lastStartedAtMs: undefined },
      "unknown",
    ],
    [
      "that is known from the process before may be off",
      { ...told(98.5), isSaved: true },
      "unknown",
    ],
    ["that was started before and booted since may be either", told(101, 99), "unknown"],

    ["of which nothing is told and that was seen long before was there", unread(97), "before"],
    ["of which nothing is told and that was seen just before may be later", unread(99), "unknown"],
    ["of which nothing is told and that was seen since may be earlier", unread(110), "unknown"],
    ["that began between two polls about then may be either", unread(101, 99), "unknown"],
    ["that did not run then is later", unread(101, 100), "later"],

    ["that may be another by now may be either", { unsureSinceMs: at(50) }, "unknown"],
    [
      "that was started 90 seconds before, and may be another by now, may be either",
      { ...told(98.5), unsureSinceMs: at(99) },
      "unknown",
    ],
    [
      "that was started since is later, though it may be another by now",
      { ...told(101), unsureSinceMs: at(110) },
      "later",
    ],
  ])("%s", (_sentence, its, is) => {
    expect(wasThere(run(its), at(100))).toBe(is);
  });
});
