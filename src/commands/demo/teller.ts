import { minuteMs } from "#guard/model/time.ts";
import type { Context } from "#terminal/context.ts";

export interface TellerOptions {
  readonly nowMs: () => number;
  /** When its clock shows 00:00. */
  readonly zeroMs: number;
  /** Looks come faster than anyone reads: one in so many minutes is told. */
  readonly lookEveryMinutes: number;
  readonly print: Context["print"];
}

/** Tells lines, every one with the time of the story as hours and minutes. */
export function tellerOf(options: TellerOptions): (line: string) => void {
  const { nowMs, zeroMs, lookEveryMinutes, print } = options;
  let lastLook: number | undefined;
  return (line) => {
    const minutes = Math.floor((nowMs() - zeroMs) / minuteMs);
    if (line.startsWith("balance")) {
      const look = Math.floor(minutes / lookEveryMinutes);
      if (look === lastLook) return;
      lastLook = look;
    }
    print(`${twoDigits((minutes / 60) % 24)}:${twoDigits(minutes % 60)}  ${line}`);
  };
}

function twoDigits(number: number): string {
  return String(Math.floor(number)).padStart(2, "0");
}
