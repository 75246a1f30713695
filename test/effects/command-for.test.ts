import { describe, expect, it } from "vitest";
import { type AnswerSettings, commandFor } from "../../src/effects/command-for.ts";
import type { Effect } from "../../src/guard/model.ts";
import { pod, seen } from "../guard/samples.ts";

/** Owed since the balance fell to $9.8234; by now it is $8.50. */
const notify: Effect = {
  kind: "notify",
  id: "1",
  threshold: "warning",
  belowUsd: 10,
  balanceUsd: 9.8234,
  because: "balance $9.8234 is below $10.00",
};
const callAgent: Effect = { ...notify, kind: "call-agent" };
const look = seen({ balanceUsd: 8.5, pods: [pod({ id: "p1", name: "trainer" })] });

function settingsWith({ prompt = "look", notifyCommand = ["tell"] as readonly string[] } = {}) {
  return {
    thresholds: [
      { name: "other", prompt: "wrong", notifyCommand: ["wrong"] },
      { name: "warning", prompt, notifyCommand },
    ],
    claudeCommand: ["claude", "-p"],
    claudeTimeoutMs: 300_000,
  } satisfies AnswerSettings;
}

const podsText = JSON.stringify(
  [{ id: "p1", name: "trainer", cost_per_hr_usd: 1.49, status: "RUNNING" }],
  null,
  2,
);

describe("the notify command tells of the balance at the crossing", () => {
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
    ["the pods as they were last seen", ["a", "{pods_json}"], ["a", podsText]],
    ["an unknown placeholder is none", ["a", "{balence}"], ["a", "{balence}", "warning", "9.8234"]],
    ["an empty argument stays one", ["a", "", "{name}"], ["a", "", "warning"]],
    ["words of a shell are words", ["a", "$(b); `c` | d {name}"], ["a", "$(b); `c` | d warning"]],
  ])("%s", (_sentence, notifyCommand, argv) => {
    const command = commandFor(notify, look, settingsWith({ notifyCommand }));

    expect(command).toEqual({ argv, timeLimitMs: 30_000 });
  });
});

describe("the agent is told of the account as it was last seen", () => {
  it.each([
    ["the balance now", "${balance:.2f} left", "$8.50 left"],
    ["the line that was crossed", "below {below_usd}: {name}", "below 10.0: warning"],
    ["the pods", "Pods:\n{pods_json}\nDecide.", `Pods:\n${podsText}\nDecide.`],
    ["JSON stays as written", '{"a": {"b": 1}}', '{"a": {"b": 1}}'],
    ["doubled braces are braces", "{{name}}", "{name}"],
    ["a prompt of many lines is one argument", "a\n b\n\nc", "a\n b\n\nc"],
  ])("%s", (_sentence, prompt, text) => {
    const command = commandFor(callAgent, look, settingsWith({ prompt }));

    expect(command).toEqual({ argv: ["claude", "-p", text], timeLimitMs: 300_000 });
  });

  it("pods that are not known are null, not none", () => {
    const settings = settingsWith({ prompt: "{pods_json}" });

    const command = commandFor(callAgent, seen({ pods: "unknown" }), settings);

    expect(command?.argv.at(-1)).toBe("null");
  });

  it("a pod's name names no file and fills no placeholder", () => {
    const settings = settingsWith({ prompt: "{pods_json}" });
    const pods = [pod({ name: "@/etc/passwd {balance} $(id)" })];

    const command = commandFor(callAgent, seen({ pods }), settings);

    const [prompt = ""] = command?.argv.slice(-1) ?? [];
    expect(prompt).not.toContain("@");
    expect(JSON.parse(prompt)).toMatchObject([{ name: "@/etc/passwd {balance} $(id)" }]);
  });
});

it.each([notify, callAgent])("a threshold that is not configured has no command: %j", (effect) => {
  const command = commandFor({ ...effect, threshold: "gone" }, look, settingsWith());

  expect(command).toBeUndefined();
});
