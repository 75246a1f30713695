import { createClock } from "#clock.ts";
import { UserError } from "#errors.ts";
import type { Context } from "#terminal/context.ts";
import { GivenUp, withinLimit } from "#within-limit.ts";

/** Before the first poll nothing else would ever tell of a disk that hangs. */
export async function withinStartLimit(
  work: Promise<unknown>,
  { paces: { startLimitMs }, interrupted }: Context,
): Promise<void> {
  try {
    await withinLimit(work, startLimitMs, createClock(), interrupted);
  } catch (error) {
    if (!(error instanceof GivenUp)) throw error;
    throw new UserError(
      `The daemon could not read its files and take its lock within ${startLimitMs / 1_000} s.`,
      { hint: "Check the disks of state_file and log_file: one of them hangs." },
    );
  }
}
