import { channelMark } from "#config/channel-mark.ts";
import type { Settings } from "#config/settings.ts";
import { wordsOf } from "#errors.ts";
import { noteTested } from "#store/tested-file.ts";
import type { Context } from "#terminal/context.ts";
import { warn } from "#terminal/warn.ts";

/** So that `check` and `status` can say which channels have never been tested. Never throws. */
export async function rememberTested(
  names: readonly string[],
  { channels, stateFile }: Settings,
  context: Context,
): Promise<void> {
  const at = new Date().toISOString();
  const worked = channels
    .filter(({ name }) => names.includes(name))
    .map((each) => [each.name, { at, mark: channelMark(each) }] as const);
  if (worked.length === 0) return;
  try {
    await noteTested(stateFile, Object.fromEntries(worked));
  } catch (error) {
    warn(`the test could not be saved beside the state file: ${wordsOf(error)}`, context);
  }
}
