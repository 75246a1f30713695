import type { StatusAnswer } from "#http/contract/status.ts";
import { type OwnClocks, passedMs, serverNowMs } from "#page/live/server-time.ts";
import type { Moments } from "#page/words/moments.ts";
import { hourMs, secondMs } from "#page/words/spans.ts";
import type { PageState } from "./page-state.ts";

/** A connection that comes back within this was never worth a word. */
const graceMs = 5 * secondMs;

/** What is to be seen at one moment. */
export interface Scene {
  readonly state: PageState;
  readonly status: StatusAnswer;
  /** By the server's clock. */
  readonly nowMs: number;
  /** What counts on stands still since then, where nothing is heard any more. */
  readonly shownMs: number;
  /** What is shown may be over by now: nothing was heard since `shownMs`. */
  readonly isStale: boolean;
  /** How long nothing was heard. */
  readonly silentMs: number;
  readonly isWide: boolean;
  readonly moments: Moments;
}

/** Undefined: nothing has been heard yet. */
export function sceneOf(
  state: PageState,
  own: OwnClocks,
  { isWide, moments }: Pick<Scene, "isWide" | "moments">,
): Scene | undefined {
  const { status, serverTime, connection } = state;
  if (status === undefined || serverTime === undefined) return undefined;
  const nowMs = serverNowMs(serverTime, own);
  const isLost = connection.kind === "lost";
  const silentMs = isLost ? passedMs(connection.since, own) : 0;
  const isStale = connection.kind === "logged-out" || silentMs > graceMs;
  const shownMs = isLost ? serverNowMs(serverTime, connection.since) : nowMs;
  return { state, status, nowMs, shownMs, isStale, silentMs, isWide, moments };
}

/** How long the balance lasts, as it was told, less what has passed since. Null: unknown, or for good. */
export function lastsMs({ status, shownMs }: Scene): number | null {
  if (status.hours_left === null) return null;
  const toldMs = Date.parse(status.poll.last_good_at ?? status.at);
  return Math.max(0, status.hours_left * hourMs - (shownMs - toldMs));
}

/** The moment in words, by the clock of where it is read. */
export function clockOf({ moments, nowMs }: Scene, at: string): string {
  return moments(Date.parse(at), nowMs);
}
