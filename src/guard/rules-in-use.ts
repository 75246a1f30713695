import type { Pod, Seen } from "#guard/model/account.ts";
import type { Policy } from "#guard/model/policy.ts";
import type { Decision, GuardState } from "#guard/model/state.ts";
import { isAmong, isNamedBy, isProtected } from "./protect.ts";

/** A glob of the config, and where it stands. */
interface Rule {
  readonly where: string;
  readonly glob: string;
}

/** With what it can match: rules of protection match anything that there is. */
interface RuleFor extends Rule {
  readonly isFor: "any" | "pods" | "clusters";
}

/** What the globs of the config come to for the pods that are there. */
export interface RulesInUse {
  readonly protectedPods: readonly Pod[];
  /** Rules that match none of the pods; unknown while not all of them can be read. */
  readonly unmatched: readonly Rule[] | "unknown";
}

/** `protect` may have more in it than the config: see `withKept`. */
export function rulesInUse(look: Seen, policy: Policy, asWritten: Policy): RulesInUse | undefined {
  const { pods, unreadablePods } = look;
  if (pods === "unknown") return undefined;
  const isWhole = unreadablePods === 0 && pods.every(({ rawName }) => rawName !== undefined);
  return {
    protectedPods: pods.filter((pod) => isProtected(pod, policy.protect)),
    unmatched: isWhole
      ? rulesOf(asWritten)
          .filter((rule) => !pods.some((pod) => isMatch(pod, rule)))
          .map(({ where, glob }) => ({ where, glob }))
      : "unknown",
  };
}

/** Says once for each config which pods are protected, and which rules match none of the pods. */
export function sayRulesInUse(
  state: GuardState,
  look: Seen,
  policy: Policy,
  asWritten: Policy,
): Decision {
  const written = rulesOf(asWritten);
  const rules = JSON.stringify(written);
  const isSaid = written.length === 0 || state.rulesSaid === rules;
  const found = isSaid ? undefined : rulesInUse(look, policy, asWritten);
  if (found === undefined || found.unmatched === "unknown") return { state, events: [] };
  const { protectedPods, unmatched } = found;
  return {
    state: { ...state, rulesSaid: rules },
    events: [{ kind: "rules", protectedPods, unmatched }],
  };
}

function isMatch(pod: Pod, { glob, isFor }: RuleFor): boolean {
  const isCluster = pod.cluster !== undefined;
  switch (isFor) {
    case "any":
      return isAmong(pod, [glob]);
    case "pods":
      return !isCluster && isAmong(pod, [glob]);
    case "clusters":
      return isCluster && isNamedBy(pod, [glob]);
  }
}

interface Globs {
  readonly pods?: readonly string[] | undefined;
  readonly clusters?: readonly string[] | undefined;
}

/** For a guard, `*` is for pods to come. */
function rulesOf({ protect, podGuards, budgets = [] }: Policy): readonly RuleFor[] {
  const { hardTimeout, lease, idle, stopped, schedules = [] } = podGuards;
  const guards: readonly (readonly [string, Globs | undefined])[] = [
    ["guards.hard_timeout", hardTimeout],
    ["guards.lease", lease],
    ["guards.idle", idle],
    ["guards.stopped", stopped],
    ...budgets.map((budget, n) => [`budgets[${n}]`, budget] as const),
    ...schedules.map((schedule, n) => [`schedules[${n}]`, schedule] as const),
  ];
  const ofGuards = guards.flatMap(([where, { pods = [], clusters = [] } = {}]) => [
    ...pods.map((glob): RuleFor => ({ where: `${where}.pods`, glob, isFor: "pods" })),
    ...clusters.map((glob): RuleFor => ({ where: `${where}.clusters`, glob, isFor: "clusters" })),
  ]);
  return [
    ...protect.map((glob): RuleFor => ({ where: "protect", glob, isFor: "any" })),
    ...ofGuards.filter(({ glob }) => glob !== "*"),
  ];
}
