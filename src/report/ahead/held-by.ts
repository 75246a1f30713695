import type { LeaseBook } from "#guard/model/run.ts";
import type { GuardState } from "#guard/model/state.ts";
import { own } from "#guard/own-value.ts";
import { isPassedOver } from "#guard/pods/rules/schedule.ts";
import { runNameOf } from "#guard/pods/run/run-name.ts";

export interface HeldPod {
  readonly podId: string;
  /** The moment that it is for. */
  readonly ofMs: number;
}

/** The pods that a moment of this schedule holds, and whose run goes on. */
export function heldBy(
  name: string,
  { scheduled = {}, runs }: Pick<GuardState, "scheduled" | "runs">,
  book: LeaseBook | "unknown",
): readonly HeldPod[] {
  const known = own(scheduled, name);
  if (known === undefined) return [];
  return Object.entries(known.due).flatMap(([podId, { run: runName, ofMs }]) => {
    const run = own(runs, podId);
    const isOn = run !== undefined && runNameOf(run) === runName;
    return isOn && !isPassedOver(ofMs, name, known, book) ? [{ podId, ofMs }] : [];
  });
}
