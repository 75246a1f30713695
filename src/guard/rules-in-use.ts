import type { Pod, Seen } from "#guard/model/account.ts";
import type { Policy } from "#guard/model/policy.ts";
import type { Decision, GuardState } from "#guard/model/state.ts";
import { isAmong, isProtected } from "./protect.ts";

/** A glob of the config, and where it stands. */
interface Rule {
  readonly where: string;
  readonly glob: string;
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
      ? rulesOf(asWritten).filter(({ glob }) => !pods.some((pod) => isAmong(pod, [glob])))
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

/** For a guard, `*` is for pods to come. */
function rulesOf({ protect, podGuards }: Policy): readonly Rule[] {
  const { hardTimeout, lease, idle } = podGuards;
  const ofGuards = [
    ["guards.hard_timeout.pods", hardTimeout?.pods ?? []] as const,
    ["guards.lease.pods", lease?.pods ?? []] as const,
    ["guards.idle.pods", idle?.pods ?? []] as const,
  ].flatMap(([where, globs]) => globs.map((glob) => ({ where, glob })));
  return [
    ...protect.map((glob) => ({ where: "protect", glob })),
    ...ofGuards.filter(({ glob }) => glob !== "*"),
  ];
}
