import { describe, expect, it } from "vitest";
import { createLoadTimes } from "#runpod/rest/load-times.ts";

describe("when a load was taken, where RunPod tells only the uptime beside it", () => {
  it.each<[string, readonly [atSeconds: number, uptime: number | undefined][], unknown]>([
    ["unknown of a single answer", [[0, 60]], undefined],
    [
      "now, where the uptime goes on",
      [
        [0, 60],
        [30, 90],
      ],
      30,
    ],
    [
      "then, where it stands still since",
      [
        [0, 60],
        [30, 90],
        [60, 90],
        [90, 90],
      ],
      30,
    ],
    [
      "unknown, where it never moved",
      [
        [0, 60],
        [30, 60],
        [60, 60],
      ],
      undefined,
    ],
    [
      "unknown, where it is not told any more",
      [
        [0, 60],
        [30, 90],
        [60, undefined],
      ],
      undefined,
    ],
    [
      "now again, where it was not told in between",
      [
        [0, 60],
        [30, undefined],
        [60, 120],
      ],
      60,
    ],
    [
      "unknown of an old answer between new ones",
      [
        [0, 7200],
        [30, 7230],
        [60, 3660],
      ],
      undefined,
    ],
    [
      "unknown of old answers, although theirs go on",
      [
        [0, 7200],
        [30, 7230],
        [60, 3660],
        [90, 3690],
      ],
      undefined,
    ],
    [
      "now, of the new answer after an old one",
      [
        [0, 7200],
        [30, 3630],
        [60, 7260],
      ],
      60,
    ],
    [
      "unknown of the first answer after the pod was started anew",
      [
        [0, 7200],
        [30, 7230],
        [60, 5],
      ],
      undefined,
    ],
    [
      "now, of the second one after that",
      [
        [0, 7200],
        [30, 7230],
        [60, 5],
        [90, 35],
      ],
      90,
    ],
    [
      "now, although an uptime was far too long once",
      [
        [0, 99_999],
        [30, 60],
        [400, 430],
        [430, 460],
      ],
      430,
    ],
  ])("%s", (_sentence, answers, expected) => {
    const loadTimes = createLoadTimes();

    const told = answers.map(([atSeconds, uptimeSeconds]) =>
      loadTimes([{ id: "p1", uptimeSeconds }], atSeconds * 1000).get("p1"),
    );

    const last = told.at(-1);
    expect(last === undefined ? undefined : last / 1000).toBe(expected);
  });

  it("each pod by itself, and anew when it was gone", () => {
    const loadTimes = createLoadTimes();
    const p1 = (uptimeSeconds: number) => ({ id: "p1", uptimeSeconds });
    const p2 = (uptimeSeconds: number) => ({ id: "p2", uptimeSeconds });

    loadTimes([p1(10), p2(10)], 0);
    const both = loadTimes([p1(40), p2(10)], 30_000);
    loadTimes([p2(10)], 60_000);
    const back = loadTimes([p1(100), p2(99)], 90_000);

    expect([...both]).toEqual([["p1", 30_000]]);
    expect([...back]).toEqual([["p2", 90_000]]);
  });
});
