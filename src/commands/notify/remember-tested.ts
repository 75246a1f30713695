import { createClock } from "#clock.ts";
import { channelMark } from "#config/channel-mark.ts";
import type { Settings } from "#config/settings.ts";
import { wordsOf } from "#errors.ts";
import type { Clock } from "#ports.ts";
import { noteTested } from "#store/tested-file.ts";
import type { Context } from "#terminal/context.ts";
import { warn } from "#terminal/warn.ts";
import { withinLimit } from "#within-limit.ts";

/** A hung disk would hold the command for ever, though all was sent and said. */
export const saveLimitMs = 10_000;

/** So that `check` and `status` can say which channels have never been tested. Never throws. */
export async function rememberTested(
  names: readonly string[],
  { channels, stateFile }: Settings,
  context: Pick<Context, "stderr" | "redact" | "isJson">,
  clock: Clock = createClock(),
  note: typeof noteTested = noteTested,
): Promise<void> {
  const at = new Date().toISOString();
  const worked = channels
    .filter(({ name }) => names.includes(name))
    .map((each) => [each.name, { at, mark: channelMark(each) }] as const);
  if (worked.length === 0) return;
  try {
    await withinLimit(note(stateFile, Object.fromEntries(worked)), saveLimitMs, clock);
  } catch (error) {
    warn(`the test could not be saved beside the state file: ${wordsOf(error)}`, context);
  }
}
