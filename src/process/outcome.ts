import type { Outcome } from "#guard/model/effect.ts";
import type { Ran } from "#ports.ts";

/** The outcome of a program, by its exit code alone. */
export function ranOutcome(ran: Ran, timeLimitMs: number): Outcome | "interrupted" {
  switch (ran.kind) {
    case "exited": {
      const kind = ran.code === 0 ? "done" : "failed";
      return { kind, because: `exit ${ran.code} after ${seconds(ran.tookMs)}`, tail: ran.tail };
    }
    case "signalled":
      return { kind: "failed", because: `ended by ${ran.by}`, tail: ran.tail };
    case "timed-out":
      return {
        kind: "failed",
        because: `timed out after ${seconds(timeLimitMs)}; killed with everything it started`,
        tail: ran.tail,
      };
    case "not-started":
      return { kind: "failed", because: ran.because, tail: "" };
    case "interrupted":
      return "interrupted";
  }
}

/** A span of time in words: `41.0 s`. */
export function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
