import { createBooks } from "./books.ts";
import { clusterFrom, type NewCluster, type SimulatedCluster } from "./cluster.ts";
import { createInventory, type Inventory } from "./inventory.ts";
import { podFrom, type NewPod, type RestWords, type SimulatedPod, type Telemetry } from "./pod.ts";

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
  /** Whether there is money for a pod, or none is needed in advance. */
  mayStart(): boolean;
  /** Throws where it may not start. */
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
  const inventory = createInventory({ nowMs, settle: () => void books.settle() });
  const ended: EndedPod[] = [];
  let billingMode = options.billingMode ?? "PREPAID";
  let added = 0;
  let otherBurn = options.otherBurnPerHrUsd ?? 0;
  const books = createBooks({
    balanceUsd: options.balanceUsd,
    nowMs,
    burnPerHrUsd: burn,
    endsAtZero: () => billingMode === "PREPAID",
    end(atMs) {
      for (const pod of pods.values()) {
        if (pod.networkVolumeId === null) remove(pod, "balance-ran-out", atMs);
        else if (pod.status !== "EXITED") halt(pod, "balance-ran-out", atMs);
      }
    },
  });

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

  function halt(pod: SimulatedPod, how: EndedPod["how"], atMs: number): SimulatedPod {
    ended.push({ podId: pod.id, how, atMs, dataLost: false });
    return put({ ...pod, status: "EXITED", statusChangedAtMs: atMs, rest: {} });
  }

  function remove(pod: SimulatedPod, how: EndedPod["how"], atMs: number): void {
    pods.delete(pod.id);
    const dataLost = pod.networkVolumeId === null;
    ended.push({ podId: pod.id, how, atMs, dataLost });
  }

  function put(pod: SimulatedPod): SimulatedPod {
    pods.set(pod.id, pod);
    return pod;
  }

  function add(order: NewPod, atMs: number): SimulatedPod {
    added += 1;
    const pod = podFrom(order, `sim${String(added).padStart(6, "0")}`, atMs);
    if (!pods.has(pod.id)) places.set(pod.id, added);
    return put(pod);
  }

  function settledPod(id: string): SimulatedPod {
    books.settle();
    const pod = pods.get(id);
    if (pod === undefined) throw new Error(`Pod ${id} not found`);
    return pod;
  }

  function loosePod(id: string): SimulatedPod {
    const pod = settledPod(id);
    if (pod.cluster !== null) throw new Error(`Pod ${id} belongs to cluster ${pod.cluster.id}`);
    return pod;
  }

  function membersIn(clusterId: string): readonly SimulatedPod[] {
    return [...pods.values()].filter(({ cluster }) => cluster?.id === clusterId);
  }

  function membersOf(clusterId: string): readonly SimulatedPod[] {
    books.now();
    return membersIn(clusterId);
  }

  function clusterWithMembers(id: string): SimulatedCluster | undefined {
    return membersOf(id).length === 0 ? undefined : clusters.get(id);
  }

  function isEnough(balanceUsd: number): boolean {
    return billingMode === "POSTPAID" || balanceUsd > 0;
  }

  return {
    ...inventory,
    nowMs,
    balanceUsd: () => books.now().balanceUsd,
    burnPerHrUsd() {
      books.now();
      return burn();
    },
    podBurnPerHrUsd() {
      books.now();
      return podBurn();
    },
    spentUsd: () => books.now().spentUsd,
    billingMode: () => billingMode,
    setBillingMode(mode) {
      books.settle();
      billingMode = mode;
    },
    topUp(usd) {
      books.change((balanceUsd) => balanceUsd + usd);
    },
    setBalance(usd) {
      books.change(() => usd);
    },
    setOtherBurn(perHrUsd) {
      books.settle();
      otherBurn = perHrUsd;
    },
    addPod(order) {
      return add(order, books.settle().atMs);
    },
    pods() {
      books.now();
      return [...pods.values()];
    },
    pod(id) {
      books.now();
      return pods.get(id);
    },
    placeOf: (id) => places.get(id) ?? 0,
    stopPod(id) {
      const pod = loosePod(id);
      if (pod.locked) throw new Error(`Pod ${id} is locked`);
      return pod.status === "EXITED" ? pod : halt(pod, "stopped", books.settled().atMs);
    },
    terminatePod(id) {
      const pod = loosePod(id);
      remove(pod, "terminated", books.settled().atMs);
    },
    resumePod(id) {
      const pod = loosePod(id);
      if (pod.status === "RUNNING") return pod;
      const { atMs, balanceUsd } = books.settled();
      if (!isEnough(balanceUsd)) throw new Error("The balance is too low to start a pod");
      return put({
        ...pod,
        status: "RUNNING",
        startedAtMs: atMs,
        statusChangedAtMs: atMs,
        rest: {},
      });
    },
    mayStart: () => isEnough(books.now().balanceUsd),
    setTelemetry(id, telemetry) {
      put({ ...settledPod(id), telemetry });
    },
    showOnRest(id, rest) {
      put({ ...settledPod(id), rest });
    },
    addCluster({ pods: members, ...order }) {
      const { atMs } = books.settle();
      const cluster = clusterFrom(order, `cluster${clusters.size + 1}`, atMs);
      clusters.set(cluster.id, cluster);
      for (const [rank, member] of members.entries()) {
        add({ ...member, cluster: { id: cluster.id, rank } }, atMs);
      }
      return cluster;
    },
    clusters() {
      return [...clusters.keys()].flatMap((id) => clusterWithMembers(id) ?? []);
    },
    cluster: clusterWithMembers,
    membersOf,
    deleteCluster(id) {
      const { atMs } = books.settle();
      const members = membersIn(id);
      if (members.length === 0) throw new Error(`Cluster ${id} not found`);
      for (const member of members) remove(member, "terminated", atMs);
    },
    ended() {
      books.now();
      return [...ended];
    },
  };
}
