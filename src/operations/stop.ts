import { burnBefore, laggingIn } from "#guard/account/confirm-burn.ts";
import { asForPerson } from "#guard/account/may-end.ts";
import { type EndAction, isRunning, type Pod } from "#guard/model/account.ts";
import type { RecordType, RunFacts } from "#guard/model/run.ts";
import type { Paces } from "#paces.ts";
import type { Account, Clock } from "#ports.ts";
import { capAtMs, factsNow } from "#report/known-run.ts";
import type { SeenSnapshot } from "#report/snapshot.ts";
import { atOnce as withoutLimit, type Files } from "./files.ts";
import { endByHand, type HandEnd } from "./manual-stop.ts";
import { identityOf } from "#process/identity.ts";
import { createLeaseFile } from "#store/lease-file.ts";
import { leaseFileOf } from "#store/paths.ts";
import { record } from "./record.ts";

/** How many pods are ended at once. */
const atOnce = 4;

export interface StopDeps {
  readonly clock: Clock;
  readonly paces: Paces;
  readonly signal: AbortSignal;
  /** An agent called for it, and no person. */
  readonly isByAgent?: boolean;
  /** Who asked, for the history: `on the page`. A person at a terminal is not named, the daemon's agent is. */
  readonly by?: string | undefined;
  readonly files?: Files;
  /** Told when it stands in the lease file who ends them, or could not be written; waited for. */
  readonly onSaid?: () => Promise<unknown>;
  /** What must not be ended, if that may change meanwhile. */
  readonly protect?: () => readonly string[];
  /** Gets each step of each pod in words; undefined: the pod is done. */
  readonly onProgress: (pod: Pod, words: string | undefined) => void;
}

/** How ending a pod went, and the facts of its run. */
export interface Stopped {
  readonly pod: Pod;
  readonly end: HandEnd;
  readonly run: RunFacts;
  /** What could not be recorded. */
  readonly troubles: readonly string[];
}

/** Ends pods, a few at once, and proves each end; a proven end has exactly one record in the history. */
export async function stopPods(
  action: EndAction,
  pods: readonly Pod[],
  snapshot: SeenSnapshot,
  { clock, paces, signal, isByAgent = false, files = withoutLimit, onProgress, ...who }: StopDeps,
): Promise<readonly Stopped[]> {
  const by = who.by ?? (isByAgent ? "by the agent" : undefined);
  const { settings, look, saved } = snapshot;
  const { protect = () => snapshot.protect } = who;
  const account = isByAgent ? snapshot.account : accountForPerson(snapshot.account);
  const lagging = laggingIn(saved, look);
  const burntBy = (pod: Pod) => (isRunning(pod) ? burnBefore(pod, look, lagging) : undefined);
  const results = new Map<Pod, Stopped>();
  const waiting = [...pods];

  async function endOneAfterTheOther(): Promise<void> {
    for (let pod = waiting.shift(); pod !== undefined; pod = waiting.shift()) {
      results.set(pod, await endOne(pod));
    }
  }

  async function endOne(pod: Pod): Promise<Stopped> {
    if (signal.aborted) return stopped(pod, { kind: "interrupted", wasAsked: false });
    const note = (words: string): void => onProgress(pod, words);
    const end = await endByHand(
      pod,
      action,
      { account, clock, protect, paces, note, burnBefore: burntBy(pod) },
      signal,
    );
    const result = end.kind === "ended" ? await keep(pod, end) : stopped(pod, end);
    onProgress(pod, undefined);
    return result;
  }

  function stopped(pod: Pod, end: HandEnd): Stopped {
    return { pod, end, run: factsNow(pod, snapshot, Date.now()), troubles: [] };
  }

  /** The pod has ended, even if recording it fails. */
  async function keep(pod: Pod, end: HandEnd & { readonly kind: "ended" }): Promise<Stopped> {
    const { ranAtMs, outcome } = end;
    const atMs = Date.now();
    const run = { ...factsNow(pod, snapshot, atMs), capAtMs: capAtMs(pod, snapshot, atMs) };
    const isGone = action === "terminate" || outcome.podIs === "gone";
    const type: RecordType = isGone ? "termination" : "stop";
    const because = by === undefined ? outcome.because : `${by}; ${outcome.because}`;
    const troubles = await record({ type, atMs, because, run, ranAtMs }, settings, files);
    return { pod, end, run, troubles };
  }

  await sayWhoEnds(pods, settings, files, clock, signal);
  await who.onSaid?.();
  await Promise.all(Array.from({ length: atOnce }, endOneAfterTheOther));
  return pods.flatMap((pod) => results.get(pod) ?? []);
}

/** What only a change-over has left in doubt is no reason to refuse a person. */
function accountForPerson(account: Account): Account {
  return {
    ...account,
    async look(signal) {
      const look = await account.look(signal);
      if (look.kind === "blind" || look.pods === "unknown") return look;
      return { ...look, pods: look.pods.map(asForPerson) };
    },
  };
}

/** So long a stop waits at most until the daemon can know that it was ours. */
const sayingMs = 1_000;

/** Lets the daemon know that these ends are by hand. They do not wait for a disk, nor fail with it. */
async function sayWhoEnds(
  pods: readonly Pod[],
  { stateFile }: SeenSnapshot["settings"],
  files: Files,
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  const file = createLeaseFile(leaseFileOf(stateFile), identityOf, { patienceMs: sayingMs });
  const nowMs = Date.now();
  const ended = Object.fromEntries(pods.map(({ id }) => [id, nowMs]));
  const said = files(() =>
    file.change((book) => ({ ...book, endedAtMs: { ...book.endedAtMs, ...ended } })),
  ).catch(() => undefined);
  await Promise.race([said, clock.sleepUntil(clock.nowMs() + sayingMs, signal)]);
}
