import { describe, expect, it } from "vitest";
import { callsOf, noticeCommand } from "#effects/notice-command.ts";
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
  burnPerHrUsd: 1.49,
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
const facts =
  "Balance $9.82 · burning $1.49/h · about 6 h 36 min left · most: trainer (p1) $1.49/h";
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
    ["the words", ["a", "{message}"], ["a", `warning: balance $9.82 is below $10.00 [${facts}]`]],
    [
      "how fast it goes, and how long it lasts",
      ["a", "{burn:.2f} {hours_left:.1f} {below_hours}"],
      ["a", "1.49 6.6 unknown"],
    ],
    ["the pods as they were last seen", ["a", "{pods_json}"], ["a", podsText]],
    ["an unknown placeholder is none", ["a", "{balence}"], ["a", "{balence}", "warning", "9.8234"]],
    ["an empty argument stays one", ["a", "", "{name}"], ["a", "", "warning"]],
    ["words of a shell are words", ["a", "$(b); `c` | d {name}"], ["a", "$(b); `c` | d warning"]],
  ])("%s", (_sentence, notifyCommand, argv) => {
    const command = noticeCommand(trip, look, settingsWith(notifyCommand), 0);

    expect(command?.argv).toEqual(argv);
  });

  it("its environment and its time limit go with it", () => {
    const settings = { ...settingsWith(["tell", "{name}"]), notifyTimeoutMs: 12_000 };

    const command = noticeCommand(trip, look, settings, 0);

    expect(command).toEqual({
      argv: ["tell", "warning"],
      env: {
        RUNPODBOSS_EVENT: "trip",
        RUNPODBOSS_THRESHOLD: "warning",
        RUNPODBOSS_BALANCE_USD: "9.8234",
        RUNPODBOSS_BELOW_USD: "10.0",
        RUNPODBOSS_NAME: "warning",
        RUNPODBOSS_PODS_JSON: podsText,
        RUNPODBOSS_BELOW_HOURS: "",
        RUNPODBOSS_BURN_PER_HR_USD: "1.4900",
        RUNPODBOSS_HOURS_LEFT: "6.5929",
        RUNPODBOSS_MESSAGE: `warning: balance $9.82 is below $10.00 [${facts}]`,
        RUNPODBOSS_POD_ID: "p1",
        RUNPODBOSS_POD_IDS: "p1",
        RUNPODBOSS_POD_NAME: "trainer",
      },
      timeLimitMs: 12_000,
    });
  });
});

describe("what is not known is said to be", () => {
  it("in a notice that is no trip's", () => {
    const notifyCommand = ["tell", "{name}|{balance}|{below_usd}|{pods_json}"];

    const command = noticeCommand(blind, undefined, { ...settingsWith([]), notifyCommand }, 0);

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

  const settings = { ...settingsWith(["tell", "{pods_json}"]), protect: ["p1"] };

  const command = noticeCommand(trip, seen({ pods }), settings, 0);

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
    { name: "blind", prompt: "", notifyCommand: [] },
    { name: "idle", prompt: "", notifyCommand: [] },
    { name: "trouble", prompt: "", notifyCommand: ["own-of-trouble"] },
  ];
  const about = (event: Notify["event"], threshold: string): Notify => ({
    ...blind,
    event,
    name: threshold,
    threshold,
  });
  const general = (event: Notify["event"], name: string = event): Notify => ({
    ...blind,
    event,
    name,
  });

  it.each<[string, Notify, readonly string[], string | undefined]>([
    ["a crossing: its threshold's", trip, ["general"], "own-of-warning"],
    [
      "words about a threshold: its own",
      about("backstop", "critical"),
      ["general"],
      "own-of-critical",
    ],
    ["a crossing that is silenced: none", about("trip", "quiet"), ["general"], undefined],
    ["the end of one that is silenced: none", about("rearm", "quiet"), ["general"], undefined],
    [
      "a backstop's failure at a silenced threshold: the general one",
      about("backstop", "quiet"),
      ["general"],
      "general",
    ],
    [
      "an agent's failure at a silenced threshold: the general one",
      about("agent", "quiet"),
      ["general"],
      "general",
    ],
    [
      "a burn that no pod explains, at a silenced threshold: the general one",
      about("burn", "quiet"),
      ["general"],
      "general",
    ],
    [
      "blindness, where a silenced threshold is called blind",
      general("blind"),
      ["general"],
      "general",
    ],
    [
      "an idle pod, where a silenced threshold is called idle",
      general("idle"),
      ["general"],
      "general",
    ],
    [
      "an agent's failure for an idle pod, where a silenced threshold is called idle",
      general("agent", "idle"),
      ["general"],
      "general",
    ],
    [
      "trouble of our own, where a threshold with a command is called trouble",
      general("trouble"),
      ["general"],
      "general",
    ],
    ["without a general one: the most severe threshold's", blind, [], "own-of-trouble"],
    [
      "a threshold that is no longer there: the general one",
      about("backstop", "gone"),
      ["general"],
      "general",
    ],
  ])("%s", (_sentence, notice, notifyCommand, program) => {
    const command = noticeCommand(notice, look, effectSettings({ thresholds, notifyCommand }), 0);

    expect(command?.argv[0]).toBe(program);
    expect(command?.env?.["RUNPODBOSS_THRESHOLD"] ?? "").toBe(
      command === undefined
        ? ""
        : (notice.threshold ?? (notice.event === "trip" ? notice.name : "")),
    );
  });

  it("none, where nobody is to be told", () => {
    expect(noticeCommand(blind, look, effectSettings(), 0)).toBeUndefined();
  });
});

describe("a fleet of 1,200 pods", () => {
  const fleet = Array.from({ length: 1_200 }, (_, n) =>
    pod({ id: `pod${n}`, name: `trainer-${n}-${"x".repeat(50)}`, costPerHrUsd: n / 100 }),
  );
  const bytes = (text: string) => Buffer.byteLength(text);

  it.each([
    ["in one argument", ["tell", "{pods_json}"]],
    ["in one argument twice", ["tell", "{pods_json} {pods_json}"]],
    ["in ten arguments", ["tell", ...Array.from({ length: 10 }, () => "{pods_json}")]],
    ["in none", ["tell", "{message}"]],
  ])("fits: %s", (_sentence, notifyCommand) => {
    const command = noticeCommand(trip, seen({ pods: fleet }), settingsWith(notifyCommand), 0);

    const words = [...(command?.argv ?? []), ...Object.values(command?.env ?? {})];
    expect(Math.max(...words.map(bytes))).toBeLessThanOrEqual(100_000);
    expect(bytes(words.join(""))).toBeLessThan(600_000);
  });

  it("shows the most expensive ones, and says how many are left out", () => {
    const settings = settingsWith(["tell", "{pods_json}"]);

    const command = noticeCommand(trip, seen({ pods: fleet }), settings, 0);

    const shown = JSON.parse(command?.argv[1] ?? "") as { id?: string; note?: string }[];
    expect(shown[0]?.id).toBe("pod1199");
    expect(shown.at(-1)?.note).toBe(
      `${1_200 - (shown.length - 1)} of 1200 pods are left out here for lack of room`,
    );
    expect(shown.length).toBeGreaterThan(300);
  });
});

it("the message names the account where it is one of many on this machine", () => {
  const settings = settingsWith(["tell", "{message}"]);
  const argOf = (account?: string): string =>
    noticeCommand(trip, look, { ...settings, account }, 0)?.argv[1] ?? "";

  expect(argOf("lab")).toBe(`lab: ${argOf()}`);
});

describe("a command that names a pod", () => {
  const pods = [
    pod({ id: "cheap", costPerHrUsd: 0.2 }),
    pod({ id: "dear", costPerHrUsd: 3 }),
    pod({ id: "over", status: "stopped" }),
  ];
  const calls = (notice: Notify, command: readonly string[]) =>
    callsOf(notice, seen({ pods }), settingsWith(command)).map((each) => each?.podId);

  it.each<[string, Notify, readonly string[], readonly (string | undefined)[]]>([
    ["is called for each pod that runs at a crossing", trip, ["t", "{pod_id}"], ["dear", "cheap"]],
    ["by its name too", trip, ["t", "{pod_name}"], ["dear", "cheap"]],
    ["and as JSON", trip, ["t", "{pod_name_json}"], ["dear", "cheap"]],
    [
      "is called for the pods that a guard is about",
      { ...blind, event: "idle", name: "idle", podIds: ["cheap"] },
      ["t", "{pod_id}"],
      ["cheap"],
    ],
    ["is called once where no pod is meant", blind, ["t", "{pod_id}"], [undefined]],
    ["and, naming none, once for all", trip, ["t", "{message}"], [undefined]],
  ])("%s", (_sentence, notice, command, podIds) => {
    const settings = { ...settingsWith(command), notifyCommand: command };

    expect(callsOf(notice, seen({ pods }), settings).map((each) => each?.podId)).toEqual(podIds);
  });

  it("gets that pod in its arguments and its environment", () => {
    const command = noticeCommand(trip, seen({ pods }), settingsWith(["t", "{pod_id}"]), 0, {
      podId: "dear",
      podName: "big",
    });

    expect(command?.argv).toEqual(["t", "dear"]);
    expect(command?.env).toMatchObject({
      RUNPODBOSS_POD_ID: "dear",
      RUNPODBOSS_POD_NAME: "big",
    });
    expect(calls(trip, ["t", "{pod_id}"])).toHaveLength(2);
  });
});

it("{message_json} is a JSON string with its quotes", () => {
  const notice = { ...trip, because: 'a "b" $HOME {name}\n`c` @/etc/passwd' };

  const command = noticeCommand(notice, look, settingsWith(["t", '{{"text": {message_json}}}']), 0);

  expect(JSON.parse(command?.argv[1] ?? "")).toEqual({
    text: `warning: a "b" $HOME {name}\n\`c\` @/etc/passwd [${facts}]`,
  });
});

it("a pod that is named like an option or a file is neither to the notify command", () => {
  const settings = settingsWith(["curl", "-d", "{pod_name}", "https://x"]);
  const named = (name: string) => seen({ balanceUsd: 8.5, pods: [pod({ id: "p1", name })] });

  const argv = (name: string) => noticeCommand(trip, named(name), settings, 0)?.argv[2];

  expect([argv("@config.json"), argv("-K config"), argv("trainer")]).toEqual([
    String.raw`"\u0040config.json"`,
    '"-K config"',
    "trainer",
  ]);
});

it("eight pods that are warned of are all in a variable, though the message names five", () => {
  const podIds = [...Array.from({ length: 8 }, (_, n) => `job-${n}`), "--all", "a b"];

  const command = noticeCommand({ ...blind, podIds }, look, settingsWith(["tell"]), 0);

  expect(command?.env?.["RUNPODBOSS_POD_IDS"]).toBe(podIds.slice(0, 8).join(" "));
});

it("the variable holds as many ids as a program can take, none of them cut, or none at all", () => {
  const idsOf = (podIds: readonly string[]) =>
    noticeCommand({ ...blind, podIds }, look, settingsWith(["tell"]), 0)?.env?.[
      "RUNPODBOSS_POD_IDS"
    ];

  const many = idsOf(Array.from({ length: 20_000 }, (_, n) => `job-${n}`)) ?? "";

  expect(Buffer.byteLength(many)).toBeLessThanOrEqual(60_000);
  expect(many).toMatch(/^job-0 .* job-\d+$/);
  expect(many.split(" ").length).toBeGreaterThan(5_000);
  expect(idsOf([])).toBe("");
});
