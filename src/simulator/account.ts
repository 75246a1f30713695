import { createBooks } from "./books.ts";
import { clusterFrom, type NewCluster, type SimulatedCluster } from "./cluster.ts";
import { createInventory, type Inventory } from "./inventory.ts";
import { createMarket, type Market } from "./market.ts";
import type { NewPod, RestWords, SimulatedPod, Telemetry } from "./pod.ts";
import { createPods, type EndedPod } from "./pods.ts";

export interface SimulatedAccount extends Inventory, Market {
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
  /** Adds a pod that runs once it has booted, and costs from the beginning. */
  bootPod(order: NewPod): SimulatedPod;
  /** How long new pods take to run from now on; `never`: they do not come to it. */
  setBoot(ms: number | "never"): void;
  /** Every pod that is not terminated, members of clusters too, in the order they were added. */
  pods(): readonly SimulatedPod[];
  pod(id: string): SimulatedPod | undefined;
  /** Where a pod stands in the order of adding, for pages: it is never another's, and never changes. */
  placeOf(id: string): number;
  /** Throws, as the three below do, where there is no such pod or it is a member of a cluster; and where it is locked. */
  stopPod(id: string): SimulatedPod;
  terminatePod(id: string): void;
  /** Whether there is money for a pod, and more than none of it; or none is needed in advance. */
  mayStart(costUsd?: number): boolean;
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
  /** How long new pods take to run: see `setBoot`. At once, unless given. */
  readonly bootMs?: number | "never";
  readonly nowMs: () => number;
}

/** The money and the pods. At $0, pods with a network volume stop and all others are terminated. */
export function createAccount(options: AccountOptions): SimulatedAccount {
  const { nowMs } = options;
  const pods = createPods(nowMs);
  const clusters = new Map<string, SimulatedCluster>();
  const inventory = createInventory({ nowMs, settle: () => void books.settle() });
  const market = createMarket();
  let bootMs = options.bootMs ?? 0;
  let billingMode = options.billingMode ?? "PREPAID";
  let otherBurn = options.otherBurnPerHrUsd ?? 0;
  const books = createBooks({
    balanceUsd: options.balanceUsd,
    nowMs,
    burnPerHrUsd: burn,
    endsAtZero: () => billingMode === "PREPAID",
    end: (atMs) => pods.endAll(atMs),
  });

  function burn(): number {
    const ofPods = pods.burnPerHrUsd() + pods.diskBurnPerHrUsd();
    return ofPods + otherBurn + inventory.inventoryBurnPerHrUsd();
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

  function membersOf(clusterId: string): readonly SimulatedPod[] {
    books.now();
    return pods.membersOf(clusterId);
  }

  function clusterWithMembers(id: string): SimulatedCluster | undefined {
    return membersOf(id).length === 0 ? undefined : clusters.get(id);
  }

  function isEnough(balanceUsd: number, costUsd = 0): boolean {
    return billingMode === "POSTPAID" || (balanceUsd > 0 && balanceUsd >= costUsd);
  }

  return {
    ...inventory,
    ...market,
    nowMs,
    balanceUsd: () => books.now().balanceUsd,
    burnPerHrUsd() {
      books.now();
      return burn();
    },
    podBurnPerHrUsd() {
      books.now();
      return pods.burnPerHrUsd();
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
      return pods.add(order, books.settle().atMs);
    },
    bootPod(order) {
      const { atMs } = books.settle();
      if (bootMs === 0) return pods.add(order, atMs);
      const runsAtMs = bootMs === "never" ? Infinity : atMs + bootMs;
      return pods.add({ ...order, status: "CREATED", runsAtMs }, atMs);
    },
    setBoot(ms) {
      bootMs = ms;
    },
    pods() {
      books.now();
      return pods.all();
    },
    pod(id) {
      books.now();
      return pods.get(id);
    },
    placeOf: (id) => pods.placeOf(id),
    stopPod(id) {
      const pod = loosePod(id);
      if (pod.locked) throw new Error(`Pod ${id} is locked`);
      return pod.status === "EXITED" ? pod : pods.halt(pod, "stopped", books.settled().atMs);
    },
    terminatePod(id) {
      const pod = loosePod(id);
      pods.remove(pod, "terminated", books.settled().atMs);
    },
    resumePod(id) {
      const pod = loosePod(id);
      if (pod.status === "RUNNING") return pod;
      const { atMs, balanceUsd } = books.settled();
      if (!isEnough(balanceUsd)) throw new Error("The balance is too low to start a pod");
      return pods.put({
        ...pod,
        status: "RUNNING",
        startedAtMs: atMs,
        statusChangedAtMs: atMs,
        rest: {},
        runsAtMs: null,
      });
    },
    mayStart: (costUsd) => isEnough(books.now().balanceUsd, costUsd),
    setTelemetry(id, telemetry) {
      pods.put({ ...settledPod(id), telemetry });
    },
    showOnRest(id, rest) {
      pods.put({ ...settledPod(id), rest });
    },
    addCluster({ pods: members, ...order }) {
      const { atMs } = books.settle();
      const cluster = clusterFrom(order, `cluster${clusters.size + 1}`, atMs);
      clusters.set(cluster.id, cluster);
      for (const [rank, member] of members.entries()) {
        pods.add({ ...member, cluster: { id: cluster.id, rank } }, atMs);
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
      const members = pods.membersOf(id);
      if (members.length === 0) throw new Error(`Cluster ${id} not found`);
      for (const member of members) pods.remove(member, "terminated", atMs);
    },
    ended() {
      books.now();
      return pods.ended();
    },
  };
}
