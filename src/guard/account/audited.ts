import { hourMs } from "#guard/model/time.ts";
import type { Audited, GuardState } from "#guard/model/state.ts";
import { isDueAgain } from "#guard/outbox/notify.ts";
import { own } from "#guard/own-value.ts";

/** What burns changes; older words may name what is over. */
const staleMs = 2 * hourMs;

/** Since when something has burned that no pod explains: by what is kept of what was said. */
export const unexplainedSince = "burn:since";

/** The same, of a balance that falls faster than the pods explain. */
export const fallsUnexplainedSince = "burn:falls";

/** Whether it should be looked for what burns: something does that no pod explains, and nobody has lately. */
export function isAuditDue({ saidAtMs, audited }: GuardState, nowMs: number): boolean {
  const isBurning = [unexplainedSince, fallsUnexplainedSince].some(
    (key) => own(saidAtMs, key) !== undefined,
  );
  return isBurning && isDueAgain(audited?.atMs, nowMs, hourMs);
}

/** What an audit found; nothing found is kept too, or it would be looked for again at once. */
export function onAudited(state: GuardState, audited: Audited): GuardState {
  return { ...state, audited };
}

/** The words of the last audit, if they are still of now. */
export function auditedWords({ audited }: GuardState, nowMs: number): string | undefined {
  if (audited === undefined || Math.abs(nowMs - audited.atMs) > staleMs) return undefined;
  return audited.words;
}
