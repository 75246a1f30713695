import { describe, expect, it } from "vitest";
import { noticeCommand } from "#effects/notice-command.ts";
import type { Notify } from "#guard/model/effect.ts";
import { pod, seen } from "../guard/samples.ts";
import { effectSettings } from "./samples.ts";

/** Owed since the balance fell to $9.82; by now it is $8.50. */
const trip: Notify = {
  kind: "notify",
  id: "1",
  event: "trip",
  name: "warning",
  because: "balance $9.82 is below $10.00",
  balanceUsd: 9.8234,
  belowUsd: 10,
  tries: 0,
  notBeforeMs: 0,
};
const blind: Notify = {
  kind: "notify",
  id: "2",
  event: "blind",
  name: "blind",
  because: "the account has not been seen for 5 min",
  balanceUsd: undefined,
  tries: 0,
  notBeforeMs: 0,
};
const look = seen({ balanceUsd: 8.5, pods: [pod({ id: "p1", name: "trainer" })] });

const settingsWith = (notifyCommand: readonly string[]) =>
  effectSettings({
    thresholds: [
      { name: "other", prompt: "wrong", notifyCommand: ["wrong"] },
      { name: "warning", prompt: "look", notifyCommand },
    ],
  });

const podsText = JSON.stringify(
  [{ id: "p1", name: "trainer", cost_per_hr_usd: 1.49, status: "RUNNING" }],
  null,
  2,
);

describe("the notice of a trip tells of the balance at the crossing", () => {
  it.each<[string, readonly string[], readonly string[]]>([
    [
      "the plain form gets the threshold and the balance as its last two arguments",
      ["notify-send", "RunPod"],
      ["notify-send", "RunPod", "warning", "9.8234"],
    ],
    [
      "the form of Triage gets nothing appended",
      [
        "triage",
        "signal",
        "manual",
        "--state",
        "{name}",
        "--note",
        "RunPod balance ${balance:.2f} below {name} threshold",
      ],
      [
        "triage",
        "signal",
        "manual",
        "--state",
        "warning",
        "--note",
        "RunPod balance $9.82 below warning threshold",
      ],
    ],
    ["every placeholder", ["a", "{balance} {below_usd} {name}"], ["a", "9.8234 10.0 warning"]],
    ["the words", ["a", "{message}"], ["a", "warning: balance $9.82 is below $10.00"]],
    ["the pods as they were last seen", ["a", "{pods_json}"], ["a", podsText]],
    ["an unknown placeholder is none", ["a", "{balence}"], ["a", "{balence}", "warning", "9.8234"]],
    ["an empty argument stays one", ["a", "", "{name}"], ["a", "", "warning"]],
    ["words of a shell are words", ["a", "$(b); `c` | d {name}"], ["a", "$(b); `c` | d warning"]],
  ])("%s", (_sentence, notifyCommand, argv) => {
    const command = noticeCommand(trip, look, settingsWith(notifyCommand), 0);

    expect(command?.argv).toEqual(argv);
  });

  it("its environment and its time limit go with it", () => {
    const command = noticeCommand(trip, look, {
      ...settingsWith(["tell", "{name}"]),
      notifyTimeoutMs: 12_000,
    });

    expect(command).toEqual({
      argv: ["tell", "warning"],
      env: {
        RUNPODBOSS_EVENT: "trip",
        RUNPODBOSS_THRESHOLD: "warning",
        RUNPODBOSS_BALANCE_USD: "9.8234",
        RUNPODBOSS_MESSAGE: "warning: balance $9.82 is below $10.00",
      },
      timeLimitMs: 12_000,
    });
  });
});

describe("what is not known is said to be", () => {
  it("in a notice that is no trip's", () => {
    const command = noticeCommand(blind, undefined, {
      ...settingsWith([]),
      notifyCommand: ["tell", "{name}|{balance}|{below_usd}|{pods_json}"],
    });

    expect(command).toMatchObject({
      argv: ["tell", "blind: the account has not been seen for 5 min|unknown|unknown|null"],
      env: {
        RUNPODBOSS_EVENT: "blind",
        RUNPODBOSS_THRESHOLD: "",
        RUNPODBOSS_BALANCE_USD: "unknown",
        RUNPODBOSS_MESSAGE: "blind: the account has not been seen for 5 min",
      },
    });
  });

  it("pods that are not seen are null, not none", () => {
    const half = seen({ pods: "unknown" });

    const command = noticeCommand(trip, half, settingsWith(["tell", "{pods_json}"]), 0);

    expect(command?.argv).toEqual(["tell", "null"]);
  });
});

it("a pod's name fills no placeholder, and a protected pod is marked", () => {
  const pods = [pod({ name: "@/etc/passwd {balance} $(id)" })];

  const command = noticeCommand(trip, seen({ pods }), {
    ...settingsWith(["tell", "{pods_json}"]),
    protect: ["p1"],
  });

  const [text = ""] = command?.argv.slice(-1) ?? [];
  expect(text).not.toContain("@");
  expect(JSON.parse(text)).toMatchObject([
    { name: "@/etc/passwd {balance} $(id)", protected: true },
  ]);
});

describe("which command tells", () => {
  const thresholds = [
    { name: "warning", prompt: "", notifyCommand: ["own-of-warning"] },
    { name: "critical", prompt: "", notifyCommand: ["own-of-critical"] },
    { name: "quiet", prompt: "", notifyCommand: [] },
  ];
  const of = (name: string): Notify => ({ ...blind, event: "backstop", name });

  it.each<[string, Notify, readonly string[], string | undefined]>([
    ["a trip: its threshold's", trip, ["general"], "own-of-warning"],
    ["words about a threshold: its own", of("critical"), ["general"], "own-of-critical"],
    ["words about a threshold that is silenced: none", of("quiet"), ["general"], undefined],
    ["words that belong to none: the general one", blind, ["general"], "general"],
    ["without a general one: the most severe threshold's", blind, [], "own-of-critical"],
    ["a threshold that is no longer there: the general one", of("gone"), ["general"], "general"],
  ])("%s", (_sentence, notice, notifyCommand, program) => {
    const command = noticeCommand(notice, look, effectSettings({ thresholds, notifyCommand }), 0);

    expect(command?.argv[0]).toBe(program);
  });

  it("none, where nobody is to be told", () => {
    expect(noticeCommand(blind, look, effectSettings(), 0)).toBeUndefined();
  });
});
