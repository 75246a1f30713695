import { hourMs } from "#guard/model/time.ts";
import { plainNumber } from "#guard/text.ts";
import type { Settings } from "#config/settings.ts";

type Asked = Pick<Settings, "foreignPods" | "launch" | "guards">;

/** What of `launch` and `foreign_pods` cannot be meant so, or should be known. */
export function launchWarnings(settings: Asked): readonly string[] {
  return [...foreignWarnings(settings), ...leaseWarnings(settings)];
}

function foreignWarnings({
  foreignPods = "guard",
  launch,
  guards: { stopped },
}: Asked): readonly string[] {
  if (foreignPods === "guard") return [];
  const named = `foreign_pods is "${foreignPods}"`;
  const does =
    foreignPods === "ignore"
      ? "the guards of single pods ignore"
      : "the guards of single pods only tell of";
  return [
    ...(launch === undefined
      ? [
          `${named}, and without launch no pod is started with runpodboss: ${does} each pod that is not given a lease. Set launch, or foreign_pods to "guard"`,
        ]
      : []),
    ...(stopped?.action === "terminate"
      ? [
          `${named}: guards.stopped deletes no pod that was started elsewhere, and its disk goes on billing`,
        ]
      : []),
  ];
}

/** A pod is started only under a lease that ends it. */
function leaseWarnings({ launch, guards: { lease } }: Asked): readonly string[] {
  if (launch === undefined) return [];
  if (lease === undefined || lease.action === "notify" || lease.action === "agent") {
    return [
      'launch is set, and nothing can be started: that needs guards.lease with "action": "stop" or "terminate"',
    ];
  }
  const { mostMs } = launch;
  return mostMs <= lease.maxMs
    ? []
    : [
        `launch.max_hours (${plainNumber(mostMs / hourMs)}) is above guards.lease.max_hours (${plainNumber(lease.maxMs / hourMs)}): no pod gets more than that`,
      ];
}
