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

/** More than this apart is another time, not a slow network. */
const apartMs = 10_000;

/**
 * What is known of the server's clock after an answer of it, made at `atMs`. One that was waiting to be sent
 * may be old, and corrects a clock that is behind only.
 */
export function heardAt(
  known: ServerTime | undefined,
  atMs: number,
  own: OwnClocks,
  wasWaiting: boolean,
): ServerTime | undefined {
  if (!Number.isFinite(atMs)) return known;
  const aheadMs = known === undefined ? -Infinity : serverNowMs(known, own) - atMs;
  const isRight = aheadMs >= 0 && (wasWaiting || aheadMs < apartMs);
  return isRight ? known : { atMs, own };
}

/** Whether one clock has leapt: the machine has slept, or the clock on its wall was set. */
export function haveParted(before: OwnClocks, now: OwnClocks): boolean {
  const wallMs = now.wallMs - before.wallMs;
  return Math.abs(wallMs - (now.steadyMs - before.steadyMs)) > apartMs / 2;
}
