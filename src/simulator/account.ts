import { podFrom, type NewPod, type SimulatedPod, type Telemetry } from "./pod.ts";

const msPerHour = 3_600_000;

/** How a pod's run ended, and whether its files went with it. */
interface EndedPod {
  readonly podId: string;
  readonly how: "stopped" | "terminated" | "balance-ran-out";
  readonly atMs: number;
  readonly dataLost: boolean;
}

export interface SimulatedAccount {
  nowMs(): number;
  balanceUsd(): number;
  /** What drains now: the RUNNING pods and everything that is not a pod. */
  burnPerHrUsd(): number;
  podBurnPerHrUsd(): number;
  spentUsd(): number;
  topUp(usd: number): void;
  setBalance(usd: number): void;
  setOtherBurn(perHrUsd: number): void;
  addPod(order: NewPod): SimulatedPod;
  /** Every pod that is not terminated, in the order they were added. */
  pods(): readonly SimulatedPod[];
  pod(id: string): SimulatedPod | undefined;
  /** Throws, as the three below do, where there is no such pod; and where it is locked. */
  stopPod(id: string): SimulatedPod;
  terminatePod(id: string): void;
  /** Throws where the balance is used up. */
  resumePod(id: string): SimulatedPod;
  setTelemetry(id: string, telemetry: Telemetry | null): void;
  /** In the order it happened. */
  ended(): readonly EndedPod[];
}

export interface AccountOptions {
  readonly balanceUsd: number;
  /** What serverless workers and storage drain; it can take the balance below $0. */
  readonly otherBurnPerHrUsd?: number;
  readonly nowMs: () => number;
}

/** The money and the pods. At $0, pods with a network volume stop and all others are terminated. */
export function createAccount(options: AccountOptions): SimulatedAccount {
  const { nowMs } = options;
  const pods = new Map<string, SimulatedPod>();
  const ended: EndedPod[] = [];
  let added = 0;
  let otherBurn = options.otherBurnPerHrUsd ?? 0;
  // The books as of the last change. Looking computes from here and moves nothing, so that looking
  // often and looking once give the same cents.
  let books = { atMs: nowMs(), balanceUsd: options.balanceUsd, spentUsd: 0 };

  function podBurn(): number {
    let perHrUsd = 0;
    for (const pod of pods.values()) if (pod.status === "RUNNING") perHrUsd += pod.costPerHrUsd;
    return perHrUsd;
  }

  function booksAt(atMs: number): typeof books {
    const drained = ((podBurn() + otherBurn) * (atMs - books.atMs)) / msPerHour;
    return { atMs, balanceUsd: books.balanceUsd - drained, spentUsd: books.spentUsd + drained };
  }

  /** The books now, after the $0 rule at the instant of the crossing, however long ago that was. */
  function look(): typeof books {
    const now = booksAt(nowMs());
    if (now.balanceUsd > 0) return now;

    const leftUsd = Math.max(0, books.balanceUsd);
    const msToZero = leftUsd === 0 ? 0 : (leftUsd / (podBurn() + otherBurn)) * msPerHour;
    books = {
      atMs: Math.min(now.atMs, books.atMs + msToZero),
      balanceUsd: books.balanceUsd - leftUsd,
      spentUsd: books.spentUsd + leftUsd,
    };
    for (const pod of pods.values()) {
      if (pod.networkVolumeId === null) remove(pod, "balance-ran-out");
      else if (pod.status !== "EXITED") halt(pod, "balance-ran-out");
    }
    return booksAt(now.atMs);
  }

  /** Brings the books up to now; whatever changes the burn or the balance comes after it. */
  function settle(): void {
    books = look();
  }

  function halt(pod: SimulatedPod, how: EndedPod["how"]): SimulatedPod {
    const { atMs } = books;
    ended.push({ podId: pod.id, how, atMs, dataLost: false });
    return put({ ...pod, status: "EXITED", statusChangedAtMs: atMs });
  }

  function remove(pod: SimulatedPod, how: EndedPod["how"]): void {
    pods.delete(pod.id);
    const dataLost = pod.networkVolumeId === null;
    ended.push({ podId: pod.id, how, atMs: books.atMs, dataLost });
  }

  function put(pod: SimulatedPod): SimulatedPod {
    pods.set(pod.id, pod);
    return pod;
  }

  function settledPod(id: string): SimulatedPod {
    settle();
    const pod = pods.get(id);
    if (pod === undefined) throw new Error(`Pod ${id} not found`);
    return pod;
  }

  return {
    nowMs,
    balanceUsd: () => look().balanceUsd,
    burnPerHrUsd() {
      look();
      return podBurn() + otherBurn;
    },
    podBurnPerHrUsd() {
      look();
      return podBurn();
    },
    spentUsd: () => look().spentUsd,
    topUp(usd) {
      settle();
      books = { ...books, balanceUsd: books.balanceUsd + usd };
    },
    setBalance(usd) {
      settle();
      books = { ...books, balanceUsd: usd };
    },
    setOtherBurn(perHrUsd) {
      settle();
      otherBurn = perHrUsd;
    },
    addPod(order) {
      settle();
      added += 1;
      return put(podFrom(order, `sim${String(added).padStart(6, "0")}`, books.atMs));
    },
    pods() {
      look();
      return [...pods.values()];
    },
    pod(id) {
      look();
      return pods.get(id);
    },
    stopPod(id) {
      const pod = settledPod(id);
      if (pod.locked) throw new Error(`Pod ${id} is locked`);
      return pod.status === "EXITED" ? pod : halt(pod, "stopped");
    },
    terminatePod(id) {
      remove(settledPod(id), "terminated");
    },
    resumePod(id) {
      const pod = settledPod(id);
      if (pod.status === "RUNNING") return pod;
      if (books.balanceUsd <= 0) throw new Error("The balance is too low to start a pod");
      const { atMs } = books;
      return put({ ...pod, status: "RUNNING", startedAtMs: atMs, statusChangedAtMs: atMs });
    },
    setTelemetry(id, telemetry) {
      put({ ...settledPod(id), telemetry });
    },
    ended() {
      look();
      return [...ended];
    },
  };
}
