import { describe, expect, it } from "vitest";
import { launchWarnings } from "#config/launch/launch-warnings.ts";
import { hourMs, leaseGuard } from "../../guard/samples.ts";

type Asked = Parameters<typeof launchWarnings>[0];

const launch = {
  mostPerHrUsd: 5,
  mostMs: 8 * hourMs,
  mostRunning: 4,
  mostStartsPerHour: 6,
};
const guards: Asked["guards"] = {
  lease: { ...leaseGuard, prompt: "" },
  warnMs: 0,
  maxEndsPerHour: 1,
  beforeStopCommand: [],
  beforeStopTimeoutMs: 1,
};
const stopped = { afterMs: 1, action: "terminate", losesData: false, pods: ["*"] } as const;

describe("of what may be started, and who guards it, it is warned", () => {
  it.each<[string, Partial<Asked>, readonly string[]]>([
    ["not where neither is set", { launch: undefined }, []],
    ["not where pods may be started as long as a lease may last", {}, []],
    [
      "not where pods started elsewhere are left, and others are started",
      { foreignPods: "ignore" },
      [],
    ],
    [
      "where all pods would be ignored",
      { launch: undefined, foreignPods: "ignore" },
      [
        'foreign_pods is "ignore", and without launch no pod is started with runpodboss: the guards of single pods ignore each pod that is not given a lease. Set launch, or foreign_pods to "guard"',
      ],
    ],
    [
      "where all pods would only be told of",
      { launch: undefined, foreignPods: "notify" },
      [
        'foreign_pods is "notify", and without launch no pod is started with runpodboss: the guards of single pods only tell of each pod that is not given a lease. Set launch, or foreign_pods to "guard"',
      ],
    ],
    [
      "where stopped pods are left, too",
      { foreignPods: "notify", guards: { ...guards, stopped } },
      [
        'foreign_pods is "notify": guards.stopped deletes no pod that was started elsewhere, and its disk goes on billing',
      ],
    ],
    [
      "not where stopped pods are only told of anyway",
      { foreignPods: "notify", guards: { ...guards, stopped: { ...stopped, action: "notify" } } },
      [],
    ],
    [
      "where no lease guard would end what is started",
      { guards: { ...guards, lease: undefined } },
      [
        'launch is set, and nothing can be started: that needs guards.lease with "action": "stop" or "terminate"',
      ],
    ],
    [
      "where the lease guard only tells",
      { guards: { ...guards, lease: { ...leaseGuard, prompt: "", action: "notify" } } },
      [
        'launch is set, and nothing can be started: that needs guards.lease with "action": "stop" or "terminate"',
      ],
    ],
    [
      "where the lease guard only calls an agent",
      { guards: { ...guards, lease: { ...leaseGuard, prompt: "", action: "agent" } } },
      [
        'launch is set, and nothing can be started: that needs guards.lease with "action": "stop" or "terminate"',
      ],
    ],
    [
      "where no lease could last as long",
      { launch: { ...launch, mostMs: 24 * hourMs } },
      ["launch.max_hours (24) is above guards.lease.max_hours (8): no pod gets more than that"],
    ],
  ])("%s", (_sentence, changes, warnings) => {
    expect(launchWarnings({ launch, guards, ...changes })).toEqual(warnings);
  });
});
