import { hourMs } from "#guard/model/time.ts";
import type { PlaceHooks } from "./place.ts";

export interface HourlyTeller {
  readonly nowMs: () => number;
  readonly onTrouble: (because: string) => void;
  /** Told when it works again after a fault that was told. */
  readonly onRecovered: () => void;
}

/** Tells of the first fault, then at most once an hour, and of the end of what was told. */
export function toldHourly({
  nowMs,
  onTrouble,
  onRecovered,
}: HourlyTeller): Pick<PlaceHooks, "onFault" | "onSound"> {
  let lastToldMs = -Infinity;
  let toldAndNotOver = false;
  return {
    onFault(because) {
      if (nowMs() - lastToldMs < hourMs) return;
      lastToldMs = nowMs();
      toldAndNotOver = true;
      onTrouble(because);
    },
    onSound() {
      if (!toldAndNotOver) return;
      toldAndNotOver = false;
      onRecovered();
    },
  };
}
