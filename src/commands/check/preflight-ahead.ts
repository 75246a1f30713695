import type { Settings } from "#config/settings.ts";
import { isAlike } from "#guard/alike.ts";
import type { EventName } from "#guard/model/effect.ts";
import { isEnding } from "#guard/pods/rules/deadlines.ts";
import { render, someCommands } from "#template/render.ts";
import { whyNobody } from "./why-nobody.ts";

/** Budgets, schedules and what is done about stopped pods, as far as they would do nothing, or more than was meant. */
export function aheadWarnings(settings: Settings): readonly string[] {
  return [
    ...budgetWarnings(settings),
    ...settings.schedules.flatMap((schedule, n) =>
      endWarnings({ ...schedule, where: `schedules[${n}]`, event: "schedule" }, settings),
    ),
    ...stoppedWarnings(settings),
    ...saveWarnings(settings),
  ];
}

interface Ending {
  readonly where: string;
  readonly event: EventName;
  readonly action: "notify" | "agent" | "stop" | "terminate";
  readonly pods?: readonly string[] | undefined;
}

function endWarnings(ending: Ending, settings: Settings): readonly string[] {
  const { where, event, action, pods = ["*"] } = ending;
  switch (action) {
    case "notify":
    case "agent":
      return whyNobody(settings, event).map(
        (because) => `${where}: action is "${action}" but ${because}, so nobody is notified`,
      );
    case "stop":
    case "terminate":
      return [
        ...(settings.guards.warnMs === 0
          ? [
              `${where}: action is "${action}" and guards.warn_minutes is 0, so pods ${action === "stop" ? "stop" : "are deleted"} without warning`,
            ]
          : whyNobody(settings, "warn").map(
              (because) => `${where}: action is "${action}" but ${because}, so nobody is warned`,
            )),
        ...pods
          .filter((glob) => isProtectedWhole(glob, settings.protect))
          .map(
            (glob) =>
              `${where}.pods: ${JSON.stringify(glob)} is protected as a whole, so none of these pods is ended`,
          ),
      ];
  }
}

function budgetWarnings(settings: Settings): readonly string[] {
  return settings.budgets.flatMap((budget, n) => {
    const where = `budgets[${n}]`;
    const { action, prompt } = budget;
    const unknown =
      prompt === undefined
        ? []
        : render(prompt, { ...ofPrompts, ...someCommands }).unknown.map(
            (each) => `${where}.prompt: ${each} is not a placeholder and stays as written`,
          );
    return [
      ...endWarnings({ ...budget, where, event: "budget" }, settings),
      ...(action === "agent" && settings.claudeCommand.length === 0
        ? [`${where}: action is "agent" but claude_command is empty, so no agent is called`]
        : []),
      ...(prompt !== undefined && action !== "agent"
        ? [`${where}.prompt: has no effect, as action is "${action}"`]
        : unknown),
    ];
  });
}

const ofPrompts = { balanceUsd: 0, belowUsd: 0, name: "", podsJson: "", reason: "" };

function stoppedWarnings(settings: Settings): readonly string[] {
  const { stopped } = settings.guards;
  if (stopped === undefined) return [];
  const where = "guards.stopped";
  return [
    ...endWarnings({ ...stopped, where, event: "stopped" }, settings),
    ...(stopped.losesData && stopped.action === "notify"
      ? [`${where}.data_loss: has no effect, as action is "notify"`]
      : []),
  ];
}

function saveWarnings({ guards, budgets, schedules }: Settings): readonly string[] {
  const { beforeStopMustSucceed = false, hardTimeout, lease, idle } = guards;
  if (!beforeStopMustSucceed) return [];
  const where = "guards.before_stop_must_succeed";
  const ends = [hardTimeout, lease, idle, ...budgets, ...schedules].some(
    (each) => each !== undefined && isEnding(each),
  );
  if (!ends) return [`${where}: has no effect, as no guard, budget or schedule ends pods`];
  return hardTimeout !== undefined && isEnding(hardTimeout)
    ? []
    : [
        `${where}: without a guards.hard_timeout that ends pods, a pod whose save never works is never stopped; give it "action": "stop"`,
      ];
}

/** Whether every name that this glob matches is protected: a star is only within a star. */
function isProtectedWhole(glob: string, protect: readonly string[]): boolean {
  return protect.some((rule) => {
    // What a star stands for may be anything, and of any length.
    const samples = ["", "x", "some-other-name"].map((text) =>
      glob.replaceAll("*", text).replaceAll("?", "x"),
    );
    return samples.every((sample) => isAlike(sample, rule));
  });
}
