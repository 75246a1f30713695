import { acrossChangeOver } from "#guard/account/crossing.ts";
import { believed } from "#guard/account/empty-list.ts";
import { awaitedMs } from "#guard/account/one-sided-pods.ts";
import { followSource } from "#guard/account/source.ts";
import type { Look } from "#guard/model/account.ts";
import type { Policy } from "#guard/model/policy.ts";
import type { GuardState } from "#guard/model/state.ts";

/** A poll of a command's own, as far as the guard would believe it. */
export interface Believed {
  readonly look: Look;
  /** What was saved, with the change-over as it stands by this poll. */
  readonly saved: GuardState;
  /** The same for a later poll. */
  readonly again: (look: Look) => Look;
}

/**
 * Takes a poll as the guard takes its own: after a change-over a pod that only one interface lists is
 * neither gone nor to be ended, and an empty list is not the end of what ran. What a guard saw that has not polled for long is nothing to compare with.
 */
export function asBelieved(saved: GuardState, found: Look, policy: Policy): Believed {
  const { lookedAtMs = -Infinity } = saved;
  const isOld = found.atMs - lookedAtMs > awaitedMs;
  const before = isOld ? { ...saved, runs: {}, lastSeen: undefined, shown: undefined } : saved;
  const across = followSource(before, found, policy);
  const { source, crossing } = across.state;
  const { look } = believed(across.state, across.look);
  const after = { ...saved, source, crossing };
  return { look, saved: after, again: (later) => acrossChangeOver(after, later) };
}
