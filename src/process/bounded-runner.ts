import type { ProgramEndPaces } from "#paces.ts";
import type { Ran, Runner } from "#ports.ts";
import { startTimer } from "./long-timer.ts";

/** For what comes after SIGKILL, and for a disk that is asked about the program. */
const marginMs = 10_000;

/**
 * The same runner, but nobody waits for a program much longer than its own limits say, not even when
 * it can neither be ended nor asked about.
 */
export function boundedRunner(runner: Runner, graces: ProgramEndPaces): Runner {
  return {
    run(command, signal) {
      const startedAtMs = performance.now();
      return new Promise<Ran>((resolve) => {
        const give = (ran: Ran): void => {
          stopLate();
          stopAfterAbort();
          signal.removeEventListener("abort", onAbort);
          resolve(ran);
        };
        const giveUp = (kind: "timed-out" | "interrupted") => () =>
          give({ kind, tail: "", tookMs: performance.now() - startedAtMs });
        let stopAfterAbort = (): void => undefined;
        const onAbort = (): void => {
          stopAfterAbort = startTimer(graces.abortGraceMs + marginMs, giveUp("interrupted"));
        };
        const stopLate = startTimer(
          command.timeLimitMs + graces.termGraceMs + marginMs,
          giveUp("timed-out"),
        );
        signal.addEventListener("abort", onAbort, { once: true });
        runner
          .run(command, signal)
          .then(give, (error: unknown) =>
            give({ kind: "not-started", because: error instanceof Error ? error.name : "unknown" }),
          );
      });
    },
  };
}
