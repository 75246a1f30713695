import type { Effect, Outcome } from "#guard/model/effect.ts";

/** What became of the effects of one run of the program. */
export interface Tally {
  note(effect: Effect, outcome: Outcome): void;
  /** In words, each that was done, and each that failed. */
  readonly done: readonly string[];
  readonly failed: readonly string[];
}

const words: Readonly<Record<Effect["kind"], string>> = {
  notify: "notification",
  "call-agent": "agent",
  "call-pod-agent": "agent",
  "call-budget-agent": "agent",
  "end-stopped": "end of a stopped pod",
  "end-pod": "stop of a pod",
  "end-run": "stop of a pod",
};

export function createTally(): Tally {
  const done: string[] = [];
  const failed: string[] = [];
  return {
    done,
    failed,
    note(effect, { kind: result, because }) {
      const by =
        effect.kind === "notify" && effect.channel !== undefined
          ? ` by channel ${effect.channel}`
          : "";
      if (result === "done") done.push(`${words[effect.kind]}${by}: ${because}`);
      if (result === "failed") failed.push(`${words[effect.kind]}${by}: ${because}`);
    },
  };
}
