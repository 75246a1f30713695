import type { Settings } from "#config/settings.ts";
import { withKept } from "#guard/account/kept.ts";
import type { Policy } from "#guard/model/policy.ts";
import type { GuardState } from "#guard/model/state.ts";
import { projectRuns } from "#guard/pods/project.ts";
import type { Account, Clock, LeaseReader } from "#ports.ts";
import { asBelieved } from "./believed-look.ts";
import { changeOverOf } from "./change-over.ts";
import type { Snapshot } from "./snapshot.ts";

/** The daemon from within: what it knows and goes by at the moment of asking. */
export interface DaemonMemory {
  readonly clock: Clock;
  readonly settings: () => Settings;
  readonly policy: () => Policy;
  readonly state: () => GuardState;
  /** As it is asked, and as the guard believes it where that proves an end. */
  readonly account: Account;
  readonly proving: Account;
  /** The loop polls as soon as it may: something has changed that it does not know of. */
  readonly wishForPoll: () => void;
  /** Reads the leases, within a limit, and hands them to the guard. Never throws. */
  readonly readLeases: () => Promise<Awaited<ReturnType<LeaseReader["read"]>> | "unknown">;
}

/** Polls once, within the account's limits, and takes all else from the memory of the daemon that runs this. */
export async function snapshotNow(memory: DaemonMemory, signal: AbortSignal): Promise<Snapshot> {
  const settings = memory.settings();
  const account = pinned(memory, settings);
  const [found, measured, book] = await Promise.all([
    account.look(memory.account, signal),
    memory.account.measure(signal),
    memory.readLeases(),
  ]);
  // What was decided meanwhile counts.
  const state = memory.state();
  const policy = withKept(memory.policy(), state);
  const { look, saved } = asBelieved(state, found, policy);
  const nowMs = memory.clock.nowMs();
  return {
    ...always(settings),
    account: account.proving,
    policy,
    protect: policy.protect,
    nowMs,
    look,
    changeOver: changeOverOf(saved),
    measured,
    moments: state.moments,
    book,
    saved: state,
    runs: projectRuns(saved, { atMs: nowMs, look, measured, book }, policy),
    troubles:
      measured.kind === "measured"
        ? []
        : [`the load of the pods could not be read: ${measured.because}`],
  };
}

/** Of the last poll: asks nobody. */
export function snapshotOfMemory(memory: DaemonMemory): Snapshot {
  const settings = memory.settings();
  const state = memory.state();
  const policy = withKept(memory.policy(), state);
  const nowMs = memory.clock.nowMs();
  const nobodyPolled = {
    kind: "blind",
    atMs: nowMs,
    cause: "unreachable",
    because: "no poll has worked yet",
  } as const;
  return {
    ...always(settings),
    account: pinned(memory, settings).proving,
    policy,
    protect: policy.protect,
    nowMs,
    look: state.lastSeen ?? nobodyPolled,
    changeOver: changeOverOf(state),
    measured: { kind: "unmeasured", atMs: nowMs, because: "it was not asked for" },
    moments: state.moments,
    book: state.leaseBook ?? "unknown",
    saved: state,
    runs: state.runs,
    troubles: [],
  };
}

/** It goes by what it has in force, whatever the config says by now. */
function always(settings: Settings): Pick<Snapshot, "settings" | "unread" | "guardPid"> {
  return { settings, unread: undefined, guardPid: settings.dryRun ? undefined : process.pid };
}

/**
 * The account of these settings and no other: once a reload has put another in its place, nothing that
 * one answers says anything of a pod of this one, and nothing is asked of it.
 */
function pinned({ settings, proving, clock }: DaemonMemory, of: Settings) {
  const because = "the config names another account, or another key, since";
  const isOther = (): boolean => accountKeys.some((key) => settings()[key] !== of[key]);
  const look = async (account: Account, signal: AbortSignal) => {
    const found = await account.look(signal);
    return isOther()
      ? ({ kind: "blind", atMs: clock.nowMs(), cause: "bad-answer", because } as const)
      : found;
  };
  const pinnedToIt: Account = {
    look: (signal) => look(proving, signal),
    measure: (signal) => proving.measure(signal),
    end: async (target, action, signal) =>
      isOther()
        ? { kind: "failed", because, isReadOnlyKey: false }
        : proving.end(target, action, signal),
  };
  return { look, proving: pinnedToIt };
}

const accountKeys = ["apiKey", "api", "runpodUrl", "restUrl", "restBalancePath"] as const;
