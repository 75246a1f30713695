import { createClock } from "#clock.ts";
import { findChannels } from "#config/channels/channel-settings.ts";
import { findApiKey } from "#config/key/api-key.ts";
import { expandHome, maxConfigBytes } from "#config/paths.ts";
import { readableNotify } from "#config/readable-notify.ts";
import { tellDirectly } from "#effects/tell-directly.ts";
import { UserError, wordsOf } from "#errors.ts";
import { discreetRunner } from "#process/discreet-runner.ts";
import { createRunner } from "#process/runner.ts";
import { readSmallFile } from "#read-file.ts";
import { realChannels } from "#real-channels.ts";
import { toldFileOf } from "#store/paths.ts";
import { createToldMark } from "#store/told-mark.ts";
import type { Context, GlobalOptions } from "#terminal/context.ts";
import { warn } from "#terminal/warn.ts";

/**
 * Tells people that the daemon could not start, by the notify command and the channels that stand in the same config,
 * however wrong that is elsewhere: at most once an hour, also when it is started again and again.
 * Never throws; what fails is a warning.
 */
export async function tellNotStarted(
  error: unknown,
  options: GlobalOptions,
  context: Context,
): Promise<void> {
  try {
    const file = await readSmallFile(expandHome(options.config), { maxBytes: maxConfigBytes });
    const found = file.kind === "read" ? readableNotify(file.text) : undefined;
    if (found === undefined) return;
    const { env, paces, redact, interrupted } = context;
    const { stateFile, apiKeyEnv, keySettings, notify: entries, ...notify } = found;
    const { apiKey } = await findApiKey(keySettings, env);
    const clock = createClock();
    const {
      channels,
      secrets,
      variables: secretNames,
    } = await findChannels({ notify: entries }, env);
    context.hide([apiKey, ...secrets]);
    const told = await tellDirectly(
      redact(`runpodboss watch could not start: ${wordsWithHint(error)}`),
      {
        runner: discreetRunner(createRunner(paces.programEnd), () => ({
          outer: env,
          apiKey,
          apiKeyNames: apiKeyEnv === undefined ? [] : [apiKeyEnv],
          secretNames,
          redact,
        })),
        settings: { ...notify, thresholds: [], protect: [] },
        channels: realChannels(channels, clock),
        clock,
        mark: createToldMark(toldFileOf(stateFile, "not-started"), clock),
      },
      interrupted,
    );
    if (told.kind === "failed") warn(`could not notify anybody of this: ${told.because}`, context);
    if (told.kind === "told") {
      for (const failed of told.failed) warn(`could not notify by every way: ${failed}`, context);
    }
  } catch (fault) {
    warn(`could not notify anybody of this: ${wordsOf(fault)}`, context);
  }
}

function wordsWithHint(error: unknown): string {
  const hint = error instanceof UserError ? error.hint : undefined;
  return hint === undefined ? wordsOf(error) : `${wordsOf(error)} ${hint}`;
}
