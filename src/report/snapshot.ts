import { calendarOf } from "#calendar/calendar-of.ts";
import { type Unread, unreadBy } from "#config/in-force.ts";
import { policyOf } from "#config/policy.ts";
import type { Settings } from "#config/settings.ts";
import { UserError, wordsOf } from "#errors.ts";
import { deciderOf } from "#guard/account/crossing.ts";
import { withKept } from "#guard/account/kept.ts";
import type { Look, Measured, Pod, Seen } from "#guard/model/account.ts";
import type { Policy } from "#guard/model/policy.ts";
import type { LeaseBook } from "#guard/model/run.ts";
import type { Moments } from "#guard/model/spend.ts";
import { emptyState, type GuardState, type InForce } from "#guard/model/state.ts";
import { projectRuns } from "#guard/pods/project.ts";
import type { Paces } from "#paces.ts";
import type { Account, Clock } from "#ports.ts";
import { identityOf } from "#process/identity.ts";
import { accountsOfGuard } from "#wiring/account.ts";
import { createLeaseFile } from "#store/lease-file.ts";
import { leaseFileOf } from "#store/paths.ts";
import { watcherOf } from "#store/lock/pid-lock.ts";
import { createStateFile, stateTroubleWords } from "#store/state-file.ts";
import { asBelieved } from "./believed-look.ts";
import { changeOverOf, type ChangeOverReport } from "./change-over.ts";
import { inDaemonZone } from "#report/ahead/daemon-zone.ts";

/** The account as it is now, with what the daemon and the commands have saved about it. */
export interface Snapshot {
  /** With the daemon's time zone where the config names none. */
  readonly settings: Settings;
  /** As the daemon that runs has it in force, if that is known; else as the config has it. */
  readonly policy: Policy;
  /** What the config protects, whatever the daemon has in force. */
  readonly protect: readonly string[];
  /** What of the config the daemon that runs has not read. */
  readonly unread: Unread | undefined;
  /** Its polls are taken as the guard would take them, as is this one. */
  readonly account: Account;
  readonly nowMs: number;
  readonly look: Look;
  /** A change-over of interfaces that goes on. */
  readonly changeOver: ChangeOverReport | undefined;
  readonly measured: Measured;
  /** What the calendar says of budgets and schedules; undefined: it could not be asked. */
  readonly moments: Moments | undefined;
  readonly book: LeaseBook | "unknown";
  /** What the guard has saved; the empty state when there is nothing that can be read. */
  readonly saved: GuardState;
  /** By pod id, the runs that go on, as the guard would find them now. */
  readonly runs: GuardState["runs"];
  /** The pid of the guard, when one is watching. */
  readonly guardPid: number | undefined;
  /** What could not be read, in words. */
  readonly troubles: readonly string[];
}

/** A snapshot in which the pods are seen. */
export interface SeenSnapshot extends Snapshot {
  readonly look: SeenPods;
}

export type SeenPods = Seen & { readonly pods: readonly Pod[] };

/** Polls once, reads the files beside the state file, and changes nothing. */
export async function snapshotOf(
  fromConfig: Settings,
  clock: Clock,
  paces: Paces,
  signal: AbortSignal,
): Promise<Snapshot> {
  const { stateFile } = fromConfig;
  let leaseTrouble: string | undefined;
  const { saved, ...reading } = await savedState(stateFile);
  const settings = inDaemonZone(fromConfig, saved);
  const asked = accountsOfGuard(settings, clock, paces.request, saved.source);
  const [found, early, book, guardPid] = await Promise.all([
    asked.account.look(signal),
    asked.account.measure(signal),
    createLeaseFile(leaseFileOf(stateFile), identityOf)
      .read()
      .catch((error: unknown) => {
        leaseTrouble = wordsOf(error);
        return "unknown" as const;
      }),
    watcherOf(stateFile, identityOf),
  ]);
  const api = found.source?.api;
  const measured =
    asked.faces === undefined || api === undefined || api === deciderOf(saved)
      ? early
      : // Who was asked for the loads is not who has answered the poll.
        await asked.faces[api].measure(signal);
  const troubles = [
    ...reading.troubles,
    ...(leaseTrouble === undefined ? [] : [leaseTrouble]),
    ...(measured.kind === "unmeasured"
      ? [`the load of the pods could not be read: ${measured.because}`]
      : []),
  ];
  const nowMs = clock.nowMs();
  const written = policyOf(settings, paces);
  const inForce = saved.inForce?.pid === guardPid ? saved.inForce : undefined;
  const unread = inForce && unreadBy(inForce, fromConfig);
  // Where nothing has changed the config knows more, such as what to type for this program.
  const policy = withKept(unread && inForce ? asInForce(written, inForce) : written, saved);
  const { protect } = withKept(written, saved);
  const { look, saved: followed, again } = asBelieved(saved, found, policy);
  const runs = projectRuns(followed, { atMs: nowMs, look, measured, book }, policy);
  const account: Account = {
    ...asked.account,
    look: async (within) => again(await asked.account.look(within)),
  };
  const changeOver = changeOverOf(followed);
  const { moments, faults } = await calendarOf(() => settings).momentsAt(nowMs);
  troubles.push(...faults);
  const seen = {
    look,
    measured,
    moments,
    saved,
    book,
    runs,
    guardPid,
    troubles,
    unread,
    changeOver,
  };
  return { settings, policy, protect, account, nowMs, ...seen };
}

function asInForce(written: Policy, { policy }: InForce): Policy {
  const { command } = written.podGuards;
  return { ...written, ...policy, podGuards: { ...policy.podGuards, command } };
}

/** The same snapshot, to act on pods. Throws a UserError when the pods are not known. */
export function withPodsSeen(snapshot: Snapshot): SeenSnapshot {
  const { look } = snapshot;
  const { command } = snapshot.policy.podGuards;
  if (look.kind === "blind") throw notSeen(`The poll failed: ${look.because}.`, command);
  const { pods, podsBecause = "its answer had no list" } = look;
  if (pods === "unknown") throw notSeen(`RunPod did not list the pods: ${podsBecause}.`, command);
  return { ...snapshot, look: { ...look, pods } };
}

function notSeen(because: string, command: string): UserError {
  return new UserError(`${because} Nothing was changed.`, { hint: `Then try: ${command} check` });
}

/** What the guard has saved, as far as it can be read. Never throws; nothing changes on the disk. */
export async function savedState(
  stateFile: string,
): Promise<{ readonly saved: GuardState; readonly troubles: readonly string[] }> {
  const troubles: string[] = [];
  const store = createStateFile(stateFile, {
    readOnly: true,
    nowMs: () => Date.now(),
    onTrouble: (trouble) => {
      if (trouble.kind !== "foreign") troubles.push(stateTroubleWords(trouble));
    },
  });
  const saved = await store.load().catch((error: unknown) => {
    troubles.push(wordsOf(error));
    return emptyState;
  });
  return { saved, troubles };
}
