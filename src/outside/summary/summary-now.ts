import { calendarOf } from "#calendar/calendar-of.ts";
import type { AccountGuardDeps } from "#outside/account/deps.ts";
import type { Summary } from "./contract.ts";
import { standingIn } from "./standing.ts";
import { summaryOf } from "./summary.ts";

/** Reads what is kept and writes nothing. */
export async function summaryNow({
  account,
  kept,
  clock,
  channelPolicies: channels,
}: AccountGuardDeps): Promise<Summary> {
  const all = await kept.read();
  const { orders } = standingIn(all, channels);
  const nowMs = clock.nowMs();
  const asked =
    orders === undefined ? undefined : await calendarOf(() => orders.calendar).momentsAt(nowMs);
  return summaryOf({ account, kept: all, channels, moments: asked?.moments }, nowMs);
}
