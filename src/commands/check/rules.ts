import { isDisputed, unknownWords } from "#guard/account/may-end.ts";
import { runStateOf, type Seen } from "#guard/model/account.ts";
import type { RulesInUse } from "#guard/rules-in-use.ts";
import { isPlainId, podWords, rowWords } from "#guard/text.ts";

/** Who is protected, and which rules of the config match none of the present pods. */
export function ruleLines(rules: RulesInUse | undefined): readonly string[] {
  if (rules === undefined) return ["protected pods: unknown"];
  const { protectedPods, unmatched } = rules;
  const names = protectedPods.map((pod) =>
    pod.cluster === undefined ? podWords(pod) : rowWords(pod),
  );
  return [
    `protected pods: ${names.length === 0 ? "(none)" : names.join(", ")}`,
    ...(unmatched === "unknown"
      ? ["rules that match none of the present pods: unknown, as not all pods can be read"]
      : unmatched.length === 0
        ? []
        : [
            "rules that match none of the present pods:",
            ...unmatched.map(({ where, glob }) => `  ${where}: ${JSON.stringify(glob)}`),
          ]),
  ];
}

/** `null` means unknown. */
export function rulesJson(rules: RulesInUse | undefined): object {
  return {
    protected_pods: rules?.protectedPods.map(({ id, name }) => ({ id, name })) ?? null,
    unmatched_rules: rules === undefined || rules.unmatched === "unknown" ? null : rules.unmatched,
  };
}

/** Pods that nothing here may stop, as RunPod's answer leaves something out that decides it. */
export function unsurePods({ pods, unreadablePods }: Seen, command: string): readonly string[] {
  const rows = unreadablePods === 1 ? "1 row" : `${unreadablePods} rows`;
  const odd = pods === "unknown" ? [] : pods.filter((pod) => runStateOf(pod) !== "ended");
  return [
    ...(unreadablePods > 0
      ? [`pods: ${rows} of RunPod's answer cannot be read, so nothing here may stop those pods`]
      : []),
    ...odd.flatMap((pod) => {
      const because = unknownWords(pod);
      if (because === undefined) return [];
      const who = isDisputed(pod)
        ? `only you stop it: ${command} stop ${isPlainId(pod.id) ? pod.id : "POD"}`
        : "nothing here may stop it";
      return [`${rowWords(pod)}: ${because}, so ${who}`];
    }),
  ];
}
