import type { Engine } from "#daemon/engine.ts";
import type { Ended } from "#daemon/watch.ts";
import type { Tally } from "#effects/tally.ts";
import { exitCodes, UserError } from "#errors.ts";
import { isEnd } from "#guard/model/effect.ts";
import type { Log } from "#log.ts";

/** One poll failed, as any may: the guard is not blind by that alone. */
export class PollFailed extends UserError {}

/** In a dry run the end of a pod stays owed, as nothing was ended; all else counts as done. */
export function sayIfNothing(engine: Engine, { done }: Tally, log: Log): void {
  const isEnding = engine.state().owed.some(isEnd);
  if (done.length === 0 && !isEnding) log.info({}, "dry run: nothing would be done");
}

export function exitCodeOf(ended: Ended, { failed }: Tally): number {
  switch (ended.kind) {
    case "interrupted":
      return exitCodes.interrupted;
    case "max-runtime":
      return exitCodes.done;
    case "once":
      if (ended.look.kind === "blind") {
        throw new PollFailed(`The poll failed: ${ended.look.because}.`, {
          hint: "Then try: runpodboss check",
        });
      }
      if (failed.length > 0) {
        throw new UserError(
          `${failed.length} of what was to be done failed: ${failed.join("; ")}.`,
          {
            hint: "It is tried again by the next runpodboss watch.",
            exitCode: exitCodes.bug,
          },
        );
      }
      return exitCodes.done;
  }
}
