import type { Look } from "#guard/model/account.ts";
import type { Auditing } from "./auditing.ts";
import type { Briefing } from "./briefing.ts";
import type { Heartbeat } from "./heartbeat.ts";
import type { OutsideBeats } from "./outside-beats.ts";
import type { Rehearsing } from "./rehearsing.ts";
import type { Tidying } from "./tidying.ts";

/** What goes on beside the polls and never in their way. */
export interface Beside {
  readonly heartbeat: Heartbeat;
  readonly outside: OutsideBeats;
  readonly tidying: Tidying;
  readonly auditing: Auditing;
  readonly briefing: Briefing;
  readonly rehearsing: Rehearsing;
}

/** After a poll that the guard has taken in: each begins if it is due. Waits for none. */
export function beginBeside(
  { heartbeat, outside, tidying, auditing, briefing, rehearsing }: Beside,
  look: Look,
  signal: AbortSignal,
): void {
  heartbeat.looked(signal);
  outside.looked(look, signal);
  tidying.begin(signal);
  auditing.begin(signal);
  briefing.begin(signal);
  rehearsing.begin(look, signal);
}
