import { setTimeout as pause } from "node:timers/promises";
import { isStillAlive, listProcesses, type LivingProcess } from "./table.ts";

const lookLimitMs = 500;
const pollMs = 50;
/** A look costs time on a busy machine: at most a fifth of the wait is spent looking. */
const pausePerLook = 4;
const afterKillMs = 1_000;

/** A program that we started as the leader of its own process group, with all it started since. */
export interface Tree {
  readonly rootPid: number;
  /** `NAME=value`, a variable of the root's environment that no other program was ever given. */
  readonly mark: string;
  /** As long as the root's end is not reported to us, nobody else can be given its pid. */
  readonly rootIsOurs: () => boolean;
}

interface View {
  readonly members: readonly LivingProcess[];
  /** When the table cannot be read, or not in time, only those met before are looked at again. */
  readonly isWhole: boolean;
  readonly tookMs: number;
}

/**
 * Asks the whole tree to end with SIGTERM; what is left of it at `killAtMs` (of `performance.now()`,
 * asked again at every step, so that it may come nearer) gets SIGKILL. Resolves when the tree is
 * gone, or a second after SIGKILL when something cannot be ended. Never throws.
 */
export async function endTree(tree: Tree, killAtMs: () => number): Promise<void> {
  const look = createLook(tree);
  let view = await look();
  // Those born later are not asked: they may be the orderly end of those that were.
  send(tree, view, "SIGTERM");

  for (;;) {
    const leftMs = killAtMs() - performance.now();
    if (leftMs <= 0) break;
    await pause(Math.min(leftMs, Math.max(pollMs, view.tookMs * pausePerLook)));
    view = await look();
    if (isGone(tree, view)) return;
  }

  const giveUpAtMs = performance.now() + afterKillMs;
  do {
    // Again and again, since a process may start another between a look and the signal.
    view = await look();
    if (isGone(tree, view)) return;
    send(tree, view, "SIGKILL");
    await pause(pollMs);
  } while (performance.now() < giveUpAtMs);
}

/**
 * Those processes that belong to the tree: marked, met before, in the root's group, or started by
 * one of these. Never init and never this process, whatever the table says.
 */
export function membersOf(
  processes: readonly LivingProcess[],
  root: { readonly pid: number; readonly isOurs: boolean },
  known: Pick<ReadonlySet<string>, "has">,
): readonly LivingProcess[] {
  const candidates = processes.filter(({ pid }) => pid > 1 && pid !== process.pid);
  const inGroup = candidates.filter(({ groupId }) => groupId === root.pid);
  // A group's number is free again once the group is empty: somebody we know must still be in it.
  const groupIsOurs = root.isOurs || inGroup.some((one) => known.has(identityOf(one)));

  const members = new Set<LivingProcess>(groupIsOurs ? inGroup : []);
  for (const one of candidates) {
    if (one.isMarked || known.has(identityOf(one))) members.add(one);
  }
  const pids = new Set([...members].map(({ pid }) => pid));
  for (let before = -1; before < pids.size;) {
    before = pids.size;
    for (const one of candidates) {
      if (!pids.has(one.parentPid) || pids.has(one.pid)) continue;
      members.add(one);
      pids.add(one.pid);
    }
  }
  return [...members];
}

export function identityOf({ pid, startedAt }: LivingProcess): string {
  return `${pid}@${startedAt}`;
}

/** The returned function looks once; whom it ever saw in the tree it knows from then on. */
function createLook(tree: Tree): () => Promise<View> {
  const known = new Map<string, LivingProcess>();
  let listing: Promise<readonly LivingProcess[] | "unseen"> | undefined;

  return async () => {
    const startedAtMs = performance.now();
    // One that is still held up is waited for again: each would cost a thread of the few there are.
    listing ??= listProcesses(tree.mark)
      .catch(() => "unseen" as const)
      .finally(() => (listing = undefined));
    const processes = await inTime(listing);
    const tookMs = performance.now() - startedAtMs;
    if (processes === "unseen") {
      return { members: [...known.values()].filter(isStillAlive), isWhole: false, tookMs };
    }
    const root = { pid: tree.rootPid, isOurs: tree.rootIsOurs() };
    const members = membersOf(processes, root, known);
    for (const member of members) known.set(identityOf(member), member);
    return { members, isWhole: true, tookMs };
  };
}

/** Reading about a process that is stuck in the kernel can hang: the wait has its limit. */
async function inTime<T>(listing: Promise<T>): Promise<T | "unseen"> {
  const enough = new AbortController();
  const late = pause(lookLimitMs, "unseen" as const, { signal: enough.signal });
  try {
    return await Promise.race([listing, late]);
  } finally {
    enough.abort();
  }
}

function send(tree: Tree, { members, isWhole }: View, signal: NodeJS.Signals): void {
  const present = members.filter(isStillAlive);
  const inGroup = present.filter(({ groupId }) => groupId === tree.rootPid);
  // The group in one call, so that none of it can slip away by starting another.
  if (inGroup.length > 0 || (!isWhole && present.length === 0)) signalTo(-tree.rootPid, signal);
  for (const one of present) {
    if (!inGroup.includes(one)) signalTo(one.pid, signal);
  }
}

function isGone(tree: Tree, { members, isWhole }: View): boolean {
  return members.length === 0 && (isWhole || !signalTo(-tree.rootPid, 0));
}

/** False when there is nobody left that may be signalled. */
function signalTo(target: number, signal: NodeJS.Signals | 0): boolean {
  // 0 would be our own group, 1 init, and -1 everybody.
  if (Math.abs(target) <= 1) return false;
  try {
    return process.kill(target, signal);
  } catch {
    return false;
  }
}
