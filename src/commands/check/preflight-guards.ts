import type { GuardSettings, Settings } from "#config/settings.ts";
import type { PodGuardAction, PodGuardName } from "#guard/model/policy.ts";
import { render, someCommands } from "#template/render.ts";
import { whyNobody } from "./why-nobody.ts";

interface Named {
  readonly name: PodGuardName;
  readonly action: PodGuardAction;
  readonly prompt: string;
  readonly clusters?: readonly string[] | undefined;
}

/** Settings of the guards of single pods that would do nothing, or more than was meant. */
export function guardWarnings(settings: Settings): readonly string[] {
  return [
    ...guardsOf(settings.guards).flatMap((guard) => [
      ...actionWarnings(guard, settings),
      ...clusterWarnings(guard, settings),
    ]),
    ...placeholderWarnings(settings.guards),
  ];
}

function guardsOf({ idle, lease, hardTimeout }: GuardSettings): readonly Named[] {
  return [
    ...(idle ? [{ ...idle, name: "idle" } as const] : []),
    ...(lease ? [{ ...lease, name: "lease" } as const] : []),
    ...(hardTimeout ? [{ ...hardTimeout, name: "hard_timeout" } as const] : []),
  ];
}

function actionWarnings({ name, action }: Named, settings: Settings): readonly string[] {
  const { claudeCommand, guards } = settings;
  switch (action) {
    case "notify":
      return whyNobody(settings, name).map(
        (because) => `guards.${name}: action is "notify" but ${because}, so nobody is notified`,
      );
    case "agent":
      return claudeCommand.length > 0
        ? []
        : [`guards.${name}: action is "agent" but claude_command is empty, so no agent is called`];
    case "stop":
    case "terminate":
      if (guards.warnMs === 0) {
        return [
          `guards.${name}: action is "${action}" and warn_minutes is 0, so pods ${action} without warning`,
        ];
      }
      return whyNobody(settings, "warn").map(
        (because) => `guards.${name}: action is "${action}" but ${because}, so nobody is warned`,
      );
  }
}

/** GraphQL does not show which pods are a cluster's. */
function clusterWarnings(
  { name, clusters = [] }: Named,
  { api }: Pick<Settings, "api">,
): readonly string[] {
  if (clusters.length === 0 || api === "rest") return [];
  const when = api === "auto" ? "only once REST decides" : "never";
  return [
    `guards.${name}: clusters are named, but GraphQL does not show clusters, so they are ended ${when}; set "api": "rest"`,
  ];
}

function placeholderWarnings(guards: GuardSettings): readonly string[] {
  const ofPods = { podId: "", podName: "" };
  const ofProbes = { balanceUsd: 0, belowUsd: 0, name: "", podsJson: "", ...ofPods };
  const ofEnds = { ...ofProbes, reason: "" };
  const { activityCommand = [], activityMetrics = [] } = guards.idle ?? {};
  return [
    ...guardsOf(guards).map(({ name, prompt }) => ({
      where: `guards.${name}.prompt`,
      unknown: render(prompt, { ...ofEnds, ...someCommands }).unknown,
    })),
    ...activityCommand.map((template) => ({
      where: "guards.idle.activity_command",
      unknown: render(template, ofProbes).unknown,
    })),
    ...activityMetrics.map(({ url }, n) => ({
      where: `guards.idle.activity_metrics[${n}].url`,
      unknown: render(url, ofProbes).unknown,
    })),
    ...guards.beforeStopCommand.map((template) => ({
      where: "guards.before_stop_command",
      unknown: render(template, ofEnds).unknown,
    })),
  ].flatMap(({ where, unknown }) =>
    unknown.map((each) => `${where}: ${each} is not a placeholder and stays as written`),
  );
}
