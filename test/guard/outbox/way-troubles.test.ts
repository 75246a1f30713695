import { describe, expect, it } from "vitest";
import { decide } from "#guard/decide.ts";
import type { Outcome } from "#guard/model/effect.ts";
import type { Policy } from "#guard/model/policy.ts";
import { emptyState, type GuardState } from "#guard/model/state.ts";
import { isDue } from "#guard/next-look.ts";
import { after, minuteMs, noticesOf, seen, wordsOf } from "../samples.ts";
import { channel, owedBy, owedTo, refused, sent, settleAll, telling } from "./channels.ts";

const three = telling([channel("phone"), channel("mail")]);
const tripped = (policy: Policy = three) => after([seen({ balanceUsd: 9, atMs: 0 })], policy).state;
const isTrouble = ({ event }: { readonly event: string }) => event === "trouble";
const troubles = (state: GuardState) =>
  noticesOf(state.owed)
    .filter(isTrouble)
    .map(({ channel: way = "command", because }) => `${way}: ${because}`);

/** What is owed to `way` fails so many times, and nothing else is tried. */
function failing(state: GuardState, policy: Policy, way: string, times: number, outcome = refused) {
  let next = state;
  for (let n = 1; n <= times; n += 1) {
    next = settleAll(next, policy, [way], outcome, n * minuteMs);
  }
  return next;
}

describe("a channel that does not work is told of", () => {
  it("by all others from the second failed try of a notification on", () => {
    const once = failing(tripped(), three, "phone", 1);
    const twice = failing(tripped(), three, "phone", 2);

    expect(troubles(once)).toEqual([]);
    expect(troubles(twice)).toEqual([
      "command: channel phone: notifications cannot be sent: HTTP 500",
      "mail: channel phone: notifications cannot be sent: HTTP 500",
    ]);
    expect(owedBy(twice, "mail").filter(isTrouble)).toMatchObject([
      { severity: "warning", incident: "trouble:channel phone" },
    ]);
    expect(twice.troubles).toHaveProperty(["channel phone"]);
  });

  it("at once when it refuses for good", () => {
    const once = failing(tripped(), three, "phone", 1, { ...refused, isRefused: true });

    expect(troubles(once)).toHaveLength(2);
  });

  describe("whatever the others ask for, where none that asks for it works", () => {
    const critical = channel("critical", { minSeverity: "critical" });
    const noTrouble = channel("money", { events: ["trip"] });
    const policy = telling([channel("phone"), critical, noTrouble], { tells: false });

    it("by all of them, and its end to the same", () => {
      const twice = failing(tripped(policy), policy, "phone", 2);
      const told = settleAll(twice, policy, ["critical", "money"], sent, 150_000);
      const works = settleAll(told, policy, ["phone"], sent, 200_000);

      expect(troubles(twice)).toEqual([
        "critical: channel phone: notifications cannot be sent: HTTP 500",
        "money: channel phone: notifications cannot be sent: HTTP 500",
      ]);
      expect(owedTo(works).filter(([way]) => way !== "command")).toEqual([
        ["critical", "recovered"],
        ["money", "recovered"],
      ]);
    });

    it("only by those that ask, if one does", () => {
      const asked = telling([channel("phone"), critical, channel("mail")], { tells: false });

      expect(troubles(failing(tripped(asked), asked, "phone", 2))).toEqual([
        "mail: channel phone: notifications cannot be sent: HTTP 500",
      ]);
    });

    it("by all, if the one that asks is down, too", () => {
      const asked = telling([channel("phone"), critical, channel("mail")], { tells: false });
      const mailDown = failing(tripped(asked), asked, "mail", 2);
      const both = failing(mailDown, asked, "phone", 2);

      expect(troubles(both)).toEqual([
        "phone: channel mail: notifications cannot be sent: HTTP 500",
        "critical: channel phone: notifications cannot be sent: HTTP 500",
        "mail: channel phone: notifications cannot be sent: HTTP 500",
      ]);
    });

    it("once an hour, though the others fail as well", () => {
      let state = tripped(policy);
      let said = 0;
      for (let minute = 1; minute <= 180; minute += 1) {
        for (const { id } of noticesOf(state.owed)) {
          const atMs = minute * minuteMs;
          const next = decide(state, { kind: "settled", id, atMs, outcome: refused }, policy);
          said += wordsOf(next.events).length;
          state = next.state;
        }
      }

      expect(said).toBeLessThanOrEqual(3 * 3);
    });
  });

  it("just the same when it is the notify command", () => {
    const twice = failing(tripped(), three, "command", 2);

    expect(troubles(twice)).toEqual([
      "phone: the notify command: notifications cannot be sent: HTTP 500",
      "mail: the notify command: notifications cannot be sent: HTTP 500",
    ]);
  });

  it("once an hour, however often it is tried", () => {
    let state = tripped();
    let said = 0;
    for (let n = 1; n <= 180; n += 1) {
      const [first] = owedBy(state, "phone");
      const input = { kind: "settled", id: first?.id ?? "", outcome: refused } as const;
      const next = decide(state, { ...input, atMs: n * minuteMs }, three);
      said += wordsOf(next.events).length;
      state = next.state;
    }

    expect(said).toBe(3);
    expect(troubles(state)).toHaveLength(2);
  });

  it.each([
    ["the only way there is", telling([channel("phone")], { tells: false })],
    ["no longer in the config", telling([channel("mail")])],
  ])("not when it is %s", (_sentence, policy) => {
    const twice = failing(tripped(), policy, "phone", 2);

    expect(troubles(twice)).toEqual([]);
    expect(twice.troubles).toBeUndefined();
  });

  it("and not by the notify command alone, which people hear of from status as ever", () => {
    const policy = telling([]);

    expect(troubles(failing(tripped(policy), policy, "command", 5))).toEqual([]);
  });
});

describe("a channel that works again", () => {
  const told = settleAll(failing(tripped(), three, "phone", 2), three, ["mail"], sent, 150_000);
  const working = settleAll(told, three, ["phone"], sent, 200_000);

  it("is told of to whom its trouble was told, and to no one else", () => {
    expect(noticesOf(working.owed).filter(({ event }) => event === "recovered")).toMatchObject([
      { channel: "mail", isResolution: true, because: "channel phone: working again" },
    ]);
    expect(troubles(working)).toEqual([]);
    expect(working.troubles).toBeUndefined();
  });

  it("is no news where nobody could be told of its trouble: all were down at once", () => {
    const down = ["command", "phone", "mail"].reduce(
      (state, way) => failing(state, three, way, 2),
      tripped(),
    );

    let state = down;
    for (let n = 0; n < 3; n += 1) {
      state = settleAll(state, three, ["phone", "command", "mail"], sent, 300_000 + n);
    }

    expect(state.owed.filter(({ kind }) => kind === "notify")).toEqual([]);
    expect(state.troubles).toBeUndefined();
  });

  it("and again does not, and so on, is told to come and go, and in the end that it works", () => {
    const flapping: readonly (readonly [number, Outcome])[] = [
      [10, refused],
      [11, refused],
      [12, sent],
    ];
    let state = settleAll(working, three, ["mail", "command"], sent, 201_000);
    const said: string[] = [];
    const take = (input: Parameters<typeof decide>[1]) => {
      const next = decide(state, input, three);
      said.push(...wordsOf(next.events));
      state = settleAll(next.state, three, ["mail", "command"], sent);
    };
    take({ kind: "trouble", what: "history", because: "x", atMs: 9 * minuteMs });
    for (const [minute, outcome] of flapping) {
      const [first] = owedBy(state, "phone");
      take({ kind: "settled", id: first?.id ?? "", outcome, atMs: minute * minuteMs });
    }
    for (let minute = 13; minute < 90; minute += 1) {
      take({ kind: "look", look: seen({ balanceUsd: 9, atMs: minute * minuteMs }) });
    }

    expect(said.filter((words) => words.includes("channel phone"))).toEqual([
      expect.stringContaining("It comes and goes"),
      "recovered: channel phone: working again, for an hour now",
    ]);
  });
});

describe("a channel that left the config", () => {
  it("is no trouble any more, and nobody is told that it works again", () => {
    const down = failing(tripped(), three, "phone", 2);

    const { state, events } = after(
      [seen({ balanceUsd: 9, atMs: 200_000 })],
      telling([channel("mail")]),
      down,
    );

    expect(troubles(state)).toEqual([]);
    expect(state.troubles).toBeUndefined();
    expect(Object.keys(state.saidAtMs)).toEqual([]);
    expect(events.filter(({ kind }) => kind === "moot")).toMatchObject([
      { because: "it is no longer in the config" },
      { because: "it is no longer in the config" },
      { because: "channel phone is no longer in the config" },
    ]);
  });

  it("and the notify command that did is none either, while other troubles stay", () => {
    const down = failing(tripped(), three, "command", 2);
    const input = { kind: "trouble", what: "history", because: "disk full", atMs: 1 } as const;
    const both = decide(down, input, three).state;

    const { state } = after(
      [seen({ balanceUsd: 9, atMs: 200_000 })],
      telling([channel("mail")], { tells: false }),
      both,
    );

    expect(Object.keys(state.troubles ?? {})).toEqual(["history"]);
  });
});

it("when every way is down for a day, what is owed does not grow, and nobody hears an echo", () => {
  let state = tripped();
  let said = 0;
  let most = 0;
  for (let minute = 1; minute <= 24 * 60; minute += 1) {
    const nowMs = minute * minuteMs;
    for (const { id, ...rest } of noticesOf(state.owed)) {
      if (!isDue({ id, ...rest }, nowMs)) continue;
      const next = decide(state, { kind: "settled", id, atMs: nowMs, outcome: refused }, three);
      said += wordsOf(next.events).length;
      state = next.state;
    }
    most = Math.max(most, noticesOf(state.owed).length);
  }

  // Three ways, each told by the two others, once an hour.
  expect(said).toBeLessThanOrEqual(3 * 24);
  expect(most).toBeLessThanOrEqual(3 + 3 * 2);
  expect(
    owedTo({ ...emptyState, owed: state.owed }).filter(([, event]) => event === "trip"),
  ).toHaveLength(3);
});
