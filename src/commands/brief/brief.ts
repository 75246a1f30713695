import { createClock } from "#clock.ts";
import { cannotLook } from "#report/account-error.ts";
import { loadConfig } from "#config/load.ts";
import { oneLine } from "#control-characters.ts";
import { exitCodes } from "#errors.ts";
import { briefOf } from "#report/brief/brief.ts";
import { briefJson } from "#report/brief/json.ts";
import { partsOf } from "#report/brief/parts.ts";
import { briefLines, briefTitle } from "#report/brief/words.ts";
import { unsentNotices } from "#report/notices.ts";
import { snapshotOf } from "#report/snapshot.ts";
import type { Context, GlobalOptions } from "#terminal/context.ts";
import { printJson } from "#terminal/json.ts";

export interface BriefOptions extends GlobalOptions {
  readonly json: boolean;
}

/** Prints what the daily brief would say now, and changes nothing. Gives the exit code. */
export async function brief({ config, json }: BriefOptions, context: Context): Promise<number> {
  const fromConfig = await loadConfig(config, context.env, context.paces, "gone-without");
  context.hide(fromConfig.secrets);
  const { paces, interrupted: signal } = context;
  const clock = createClock();
  const snapshot = await snapshotOf(fromConfig, clock, paces, signal);
  const { settings, look, policy, saved, runs, book, guardPid, nowMs } = snapshot;
  const seen = look.kind === "seen" ? look : undefined;
  const parts = await partsOf({ settings, nowMs, look: seen, policy, clock, paces, signal });
  if (signal.aborted) return exitCodes.interrupted;
  const found = briefOf({
    ...parts,
    nowMs,
    timeZone: settings.brief?.timeZone,
    look: seen,
    policy,
    runs,
    book,
    moments: snapshot.moments,
    schedules: settings.schedules,
    saved: guardPid === undefined ? { ...saved, troubles: undefined } : saved,
    troubles: [
      ...(guardPid === undefined ? ["the daemon is NOT RUNNING, nothing is guarded"] : []),
      ...snapshot.troubles,
      ...unsentNotices(saved, nowMs),
    ],
  });
  const fault = look.kind === "blind" ? cannotLook(look, settings) : undefined;
  if (json) {
    const all = { error: fault?.message ?? null, ...briefJson(found) };
    printJson(all, context);
  } else context.print([briefTitle(found), ...briefLines(found)].map(oneLine).join("\n"));
  // What is known was shown; the error says why the rest is not.
  if (fault !== undefined) throw fault;
  return exitCodes.done;
}
