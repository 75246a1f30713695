import { ownZone } from "#calendar/zone.ts";
import type { Settings } from "#config/settings.ts";
import type { GuardState } from "#guard/model/state.ts";

/**
 * Where the config names no time zone it is the daemon's, that of the last one if none runs: a shell may have
 * another. Where no daemon ever was, it is this process's own.
 */
export function inDaemonZone(
  settings: Settings,
  { inForce }: Pick<GuardState, "inForce">,
): Settings {
  const zone = inForce?.timeZone;
  if (zone === undefined || zone === ownZone()) return settings;
  const { budgets, schedules, brief } = settings;
  const zoned = <Each extends { readonly timeZone?: string | undefined }>(each: Each): Each => ({
    ...each,
    timeZone: each.timeZone ?? zone,
  });
  return {
    ...settings,
    budgets: budgets.map(zoned),
    schedules: schedules.map(zoned),
    brief: brief && zoned(brief),
  };
}
