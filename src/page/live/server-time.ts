/**
 * The two clocks of the browser, of which neither is trusted: the steady one may stand still while the
 * machine sleeps, the one on the wall may be set.
 */
export interface OwnClocks {
  readonly steadyMs: number;
  readonly wallMs: number;
}

/** What the server's clock said when it was heard. */
export interface ServerTime {
  readonly atMs: number;
  readonly own: OwnClocks;
}

/** What the server's clock says now: it counts on, and rather too far than not far enough. */
export function serverNowMs({ atMs, own }: ServerTime, now: OwnClocks): number {
  return atMs + passedMs(own, now);
}

/** How much time has passed, at most. */
export function passedMs(since: OwnClocks, now: OwnClocks): number {
  return Math.max(0, now.steadyMs - since.steadyMs, now.wallMs - since.wallMs);
}

/** An answer was made at `atMs`, maybe a while before it came: it corrects a clock that is behind only. */
export function heardAt(
  known: ServerTime | undefined,
  atMs: number,
  own: OwnClocks,
): ServerTime | undefined {
  if (!Number.isFinite(atMs)) return known;
  return known !== undefined && serverNowMs(known, own) >= atMs ? known : { atMs, own };
}
