import { minuteMs } from "#guard/model/time.ts";
import type { Context } from "#terminal/context.ts";

export interface TellerOptions {
  readonly nowMs: () => number;
  /** When its clock shows 00:00. */
  readonly zeroMs: number;
  /** Polls come faster than anyone reads: one in this many minutes is printed. */
  readonly lookEveryMinutes: number;
  readonly print: Context["print"];
}

/** Prints lines, each with the time of the story in hours and minutes. */
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
