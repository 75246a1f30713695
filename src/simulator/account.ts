import { clusterFrom, type NewCluster, type SimulatedCluster } from "./cluster.ts";
import { createInventory, type Inventory } from "./inventory.ts";
import { podFrom, type NewPod, type RestWords, type SimulatedPod, type Telemetry } from "./pod.ts";

const msPerHour = 3_600_000;

/** How a pod's run ended, and whether its files went with it. */
interface EndedPod {
  readonly podId: string;
  readonly how: "stopped" | "terminated" | "balance-ran-out";
  readonly atMs: number;
  readonly dataLost: boolean;
}

export interface SimulatedAccount extends Inventory {
  nowMs(): number;
  balanceUsd(): number;
  /** What drains now: the RUNNING pods and everything that is not a pod. */
  burnPerHrUsd(): number;
  podBurnPerHrUsd(): number;
  spentUsd(): number;
  billingMode(): BillingMode;
  setBillingMode(mode: BillingMode): void;
  topUp(usd: number): void;
  setBalance(usd: number): void;
  setOtherBurn(perHrUsd: number): void;
  addPod(order: NewPod): SimulatedPod;
  /** Every pod that is not terminated, members of clusters too, in the order they were added. */
  pods(): readonly SimulatedPod[];
  pod(id: string): SimulatedPod | undefined;
  /** Where a pod stands in the order of adding, for pages: it is never another's, and never changes. */
  placeOf(id: string): number;
  /** Throws, as the three below do, where there is no such pod or it is a member of a cluster; and where it is locked. */
  stopPod(id: string): SimulatedPod;
  terminatePod(id: string): void;
  /** Throws where the balance is used up. */
  resumePod(id: string): SimulatedPod;
  setTelemetry(id: string, telemetry: Telemetry | null): void;
  /** What REST shows otherwise of this pod, until it is stopped or resumed. */
  showOnRest(id: string, words: RestWords): void;
  addCluster(order: NewCluster): SimulatedCluster;
  /** Every cluster that has a member left. */
  clusters(): readonly SimulatedCluster[];
  cluster(id: string): SimulatedCluster | undefined;
  membersOf(clusterId: string): readonly SimulatedPod[];
  /** Ends all members at once. Throws where there is no such cluster. */
  deleteCluster(id: string): void;
  /** In the order it happened. */
  ended(): readonly EndedPod[];
}

/** A POSTPAID account gets a bill, and nothing of it is stopped at $0. */
type BillingMode = "PREPAID" | "POSTPAID";

export interface AccountOptions {
  readonly balanceUsd: number;
  /** What serverless workers and storage drain; it can take the balance below $0. */
  readonly otherBurnPerHrUsd?: number;
  readonly billingMode?: BillingMode;
  readonly nowMs: () => number;
}

/** The money and the pods. At $0, pods with a network volume stop and all others are terminated. */
export function createAccount(options: AccountOptions): SimulatedAccount {
  const { nowMs } = options;
  const pods = new Map<string, SimulatedPod>();
  const places = new Map<string, number>();
  const clusters = new Map<string, SimulatedCluster>();
  const inventory = createInventory({ nowMs, settle });
  const ended: EndedPod[] = [];
  let billingMode = options.billingMode ?? "PREPAID";
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

  function diskBurn(): number {
    let perHrUsd = 0;
    for (const pod of pods.values())
      if (pod.status !== "RUNNING") perHrUsd += pod.stoppedCostPerHrUsd;
    return perHrUsd;
  }

  function burn(): number {
    return podBurn() + diskBurn() + otherBurn + inventory.inventoryBurnPerHrUsd();
  }

  function booksAt(atMs: number): typeof books {
    const drained = (burn() * (atMs - books.atMs)) / msPerHour;
    return { atMs, balanceUsd: books.balanceUsd - drained, spentUsd: books.spentUsd + drained };
  }

  /** The books now, after the $0 rule at the instant of the crossing, however long ago that was. */
  function look(): typeof books {
    const now = booksAt(nowMs());
    if (now.balanceUsd > 0 || billingMode === "POSTPAID") return now;

    const leftUsd = Math.max(0, books.balanceUsd);
    const msToZero = leftUsd === 0 ? 0 : (leftUsd / burn()) * msPerHour;
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
    return put({ ...pod, status: "EXITED", statusChangedAtMs: atMs, rest: {} });
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

  function add(order: NewPod): SimulatedPod {
    added += 1;
    const pod = podFrom(order, `sim${String(added).padStart(6, "0")}`, books.atMs);
    if (!pods.has(pod.id)) places.set(pod.id, added);
    return put(pod);
  }

  function settledPod(id: string): SimulatedPod {
    settle();
    const pod = pods.get(id);
    if (pod === undefined) throw new Error(`Pod ${id} not found`);
    return pod;
  }

  function loosePod(id: string): SimulatedPod {
    const pod = settledPod(id);
    if (pod.cluster !== null) throw new Error(`Pod ${id} belongs to cluster ${pod.cluster.id}`);
    return pod;
  }

  function membersOf(clusterId: string): readonly SimulatedPod[] {
    look();
    return [...pods.values()].filter(({ cluster }) => cluster?.id === clusterId);
  }

  function clusterWithMembers(id: string): SimulatedCluster | undefined {
    return membersOf(id).length === 0 ? undefined : clusters.get(id);
  }

  return {
    ...inventory,
    nowMs,
    balanceUsd: () => look().balanceUsd,
    burnPerHrUsd() {
      look();
      return burn();
    },
    podBurnPerHrUsd() {
      look();
      return podBurn();
    },
    spentUsd: () => look().spentUsd,
    billingMode: () => billingMode,
    setBillingMode(mode) {
      settle();
      billingMode = mode;
    },
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
      return add(order);
    },
    pods() {
      look();
      return [...pods.values()];
    },
    pod(id) {
      look();
      return pods.get(id);
    },
    placeOf: (id) => places.get(id) ?? 0,
    stopPod(id) {
      const pod = loosePod(id);
      if (pod.locked) throw new Error(`Pod ${id} is locked`);
      return pod.status === "EXITED" ? pod : halt(pod, "stopped");
    },
    terminatePod(id) {
      remove(loosePod(id), "terminated");
    },
    resumePod(id) {
      const pod = loosePod(id);
      if (pod.status === "RUNNING") return pod;
      if (books.balanceUsd <= 0) throw new Error("The balance is too low to start a pod");
      const { atMs } = books;
      return put({
        ...pod,
        status: "RUNNING",
        startedAtMs: atMs,
        statusChangedAtMs: atMs,
        rest: {},
      });
    },
    setTelemetry(id, telemetry) {
      put({ ...settledPod(id), telemetry });
    },
    showOnRest(id, rest) {
      put({ ...settledPod(id), rest });
    },
    addCluster({ pods: members, ...order }) {
      settle();
      const cluster = clusterFrom(order, `cluster${clusters.size + 1}`, books.atMs);
      clusters.set(cluster.id, cluster);
      for (const [rank, member] of members.entries()) {
        add({ ...member, cluster: { id: cluster.id, rank } });
      }
      return cluster;
    },
    clusters() {
      return [...clusters.keys()].flatMap((id) => clusterWithMembers(id) ?? []);
    },
    cluster: clusterWithMembers,
    membersOf,
    deleteCluster(id) {
      settle();
      if (clusterWithMembers(id) === undefined) throw new Error(`Cluster ${id} not found`);
      for (const member of membersOf(id)) remove(member, "terminated");
    },
    ended() {
      look();
      return [...ended];
    },
  };
}
