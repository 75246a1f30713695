import { createClock } from "#clock.ts";
import { accountOf } from "#config/accounts/account.ts";
import { findApiKey } from "#config/key/api-key.ts";
import { expandHome } from "#config/paths.ts";
import { tellDirectly } from "#effects/tell-directly.ts";
import { UserError, wordsOf } from "#errors.ts";
import { discreetRunner } from "#process/discreet-runner.ts";
import { createRunner } from "#process/runner.ts";
import { realChannels } from "#wiring/channels.ts";
import { toldFileOf } from "#store/paths.ts";
import { createToldMark } from "#store/told-mark.ts";
import type { Context, GlobalOptions } from "#terminal/context.ts";
import { warn } from "#terminal/warn.ts";
import { GivenUp, withinLimit } from "#within-limit.ts";
import { readableWays } from "./readable-ways.ts";

/** For what ends by its own limit, and takes its time to say so. */
const graceMs = 1_000;

/**
 * Tells people that the daemon could not start, by the notify command and the channels that stand in the same config,
 * however wrong that is elsewhere: at most once an hour, also when it is started again and again.
 * Never throws; what fails is a warning. Whoever starts it again waits no longer than the limit for it.
 */
export async function tellNotStarted(
  error: unknown,
  options: GlobalOptions,
  context: Context,
): Promise<void> {
  const { interrupted, paces } = context;
  const over = new AbortController();
  const end = (): void => over.abort();
  interrupted.addEventListener("abort", end);
  try {
    // Each way has its own limit, which is as long at most: then this one is there for what does not heed it.
    const giveUpMs = paces.tellLimitMs + graceMs;
    await withinLimit(
      tell(error, options, context, over.signal),
      giveUpMs,
      createClock(),
      interrupted,
    );
  } catch (fault) {
    if (interrupted.aborted) return;
    const because =
      fault instanceof GivenUp ? `no answer within ${paces.tellLimitMs / 1_000} s` : wordsOf(fault);
    warn(`could not notify everybody of this: ${because}`, context);
  } finally {
    interrupted.removeEventListener("abort", end);
    end();
  }
}

async function tell(
  error: unknown,
  options: GlobalOptions,
  context: Context,
  signal: AbortSignal,
): Promise<void> {
  const ways = await readableWays(options, context);
  if (ways === undefined) return;
  const { found, channels } = ways;
  const path = expandHome(options.config);
  const { env, paces, redact, hide } = context;
  const { stateFile, apiKeyEnv, keySettings, notify: _n, heartbeat: _h, ...notify } = found;
  const { apiKey } = await findApiKey(keySettings, env, path);
  const clock = createClock();
  hide([apiKey]);
  const limited = (limitMs: number): number => Math.min(limitMs, paces.tellLimitMs);
  const hasty = channels.channels.map((each) => ({
    ...each,
    timeLimitMs: limited(each.timeLimitMs),
  }));
  const told = await tellDirectly(
    redact(`runpodboss watch could not start: ${wordsWithHint(error)}`),
    {
      runner: discreetRunner(createRunner(paces.programEnd), () => ({
        outer: env,
        apiKey,
        apiKeyNames: apiKeyEnv === undefined ? [] : [apiKeyEnv],
        secretNames: channels.variables,
        redact,
      })),
      settings: {
        ...notify,
        notifyTimeoutMs: limited(notify.notifyTimeoutMs),
        thresholds: [],
        protect: [],
        account: accountOf(path),
      },
      channels: realChannels(hasty, clock),
      clock,
      mark: createToldMark(toldFileOf(stateFile, "not-started"), clock),
    },
    signal,
  );
  if (told.kind === "failed") warn(`could not notify anybody of this: ${told.because}`, context);
  if (told.kind === "told") {
    for (const failed of told.failed) warn(`could not notify by every way: ${failed}`, context);
  }
}

function wordsWithHint(error: unknown): string {
  const hint = error instanceof UserError ? error.hint : undefined;
  return hint === undefined ? wordsOf(error) : `${wordsOf(error)} ${hint}`;
}
