import { oneLine } from "#control-characters.ts";
import type { Outcome } from "#guard/model/effect.ts";
import type { Ran } from "#ports.ts";

/** The outcome of a program, by its exit code alone. */
export function ranOutcome(ran: Ran, timeLimitMs: number): Outcome | "interrupted" {
  switch (ran.kind) {
    case "exited": {
      const exit = `exit ${ran.code} after ${seconds(ran.tookMs)}`;
      return ran.code === 0
        ? { kind: "done", because: exit, tail: ran.tail }
        : { kind: "failed", because: withWords(exit, ran.tail), tail: ran.tail };
    }
    case "signalled":
      return { kind: "failed", because: withWords(`ended by ${ran.by}`, ran.tail), tail: ran.tail };
    case "timed-out":
      return {
        kind: "failed",
        because: withWords(
          `timed out after ${seconds(timeLimitMs)}; killed with everything it started`,
          ran.tail,
        ),
        tail: ran.tail,
      };
    case "not-started":
      return { kind: "failed", because: ran.because, tail: "" };
    case "interrupted":
      return "interrupted";
  }
}

const longestWords = 160;

/** Why a program failed, with the first line that it printed: what it says of itself is the reason. */
export function withWords(because: string, printed: string): string {
  const lines = printed.split("\n").map((line) => oneLine(line).replace(/\s+/g, " ").trim());
  const first = lines.find((line) => line !== "");
  if (first === undefined) return because;
  const shown = first.length > longestWords ? `${first.slice(0, longestWords)}…` : first;
  return `${because}: ${shown.replace(/[\uD800-\uDBFF]…$/, "…")}`;
}

/** A span of time in words: `41.0 s`. */
export function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
