import { podFrom, type NewPod, type SimulatedPod } from "./pod.ts";

/** How a pod's run ended, and whether its files went with it. */
export interface EndedPod {
  readonly podId: string;
  readonly how: "stopped" | "terminated" | "balance-ran-out";
  readonly atMs: number;
  readonly dataLost: boolean;
}

/** The pods of the account, whatever its money says. */
export interface Pods {
  /** In the order they were added, as they are now: those whose time has come run. */
  all(): readonly SimulatedPod[];
  get(id: string): SimulatedPod | undefined;
  add(order: NewPod, atMs: number): SimulatedPod;
  put(pod: SimulatedPod): SimulatedPod;
  placeOf(id: string): number;
  membersOf(clusterId: string): readonly SimulatedPod[];
  halt(pod: SimulatedPod, how: EndedPod["how"], atMs: number): SimulatedPod;
  remove(pod: SimulatedPod, how: EndedPod["how"], atMs: number): void;
  /** What the $0 rule does to them. */
  endAll(atMs: number): void;
  /** In the order it happened. */
  ended(): readonly EndedPod[];
  burnPerHrUsd(): number;
  /** Of the disks of those that do not run. */
  diskBurnPerHrUsd(): number;
}

export function createPods(nowMs: () => number): Pods {
  const pods = new Map<string, SimulatedPod>();
  const places = new Map<string, number>();
  const ended: EndedPod[] = [];
  let added = 0;

  /** What burns stays the same by it: a pod on its way costs what it costs then. */
  function boot(): void {
    for (const pod of pods.values()) {
      const { runsAtMs } = pod;
      if (runsAtMs === null || runsAtMs > nowMs()) continue;
      const times = { startedAtMs: runsAtMs, statusChangedAtMs: runsAtMs, runsAtMs: null };
      put({ ...pod, status: "RUNNING", ...times });
    }
  }

  function all(): readonly SimulatedPod[] {
    boot();
    return [...pods.values()];
  }

  function put(pod: SimulatedPod): SimulatedPod {
    pods.set(pod.id, pod);
    return pod;
  }

  function halt(pod: SimulatedPod, how: EndedPod["how"], atMs: number): SimulatedPod {
    ended.push({ podId: pod.id, how, atMs, dataLost: false });
    return put({ ...pod, status: "EXITED", statusChangedAtMs: atMs, rest: {}, runsAtMs: null });
  }

  function remove(pod: SimulatedPod, how: EndedPod["how"], atMs: number): void {
    pods.delete(pod.id);
    const dataLost = pod.networkVolumeId === null;
    ended.push({ podId: pod.id, how, atMs, dataLost });
  }

  return {
    all,
    get(id) {
      boot();
      return pods.get(id);
    },
    add(order, atMs) {
      added += 1;
      const pod = podFrom(order, `sim${String(added).padStart(6, "0")}`, atMs);
      if (!pods.has(pod.id)) places.set(pod.id, added);
      return put(pod);
    },
    put,
    placeOf: (id) => places.get(id) ?? 0,
    membersOf: (clusterId) => all().filter(({ cluster }) => cluster?.id === clusterId),
    halt,
    remove,
    endAll(atMs) {
      for (const pod of pods.values()) {
        if (pod.networkVolumeId === null) remove(pod, "balance-ran-out", atMs);
        else if (pod.status !== "EXITED") halt(pod, "balance-ran-out", atMs);
      }
    },
    ended: () => [...ended],
    burnPerHrUsd: () => sumOf(pods, (pod) => (isBilled(pod) ? pod.costPerHrUsd : 0)),
    diskBurnPerHrUsd: () => sumOf(pods, (pod) => (isBilled(pod) ? 0 : pod.stoppedCostPerHrUsd)),
  };
}

function isBilled({ status, runsAtMs }: SimulatedPod): boolean {
  return status === "RUNNING" || runsAtMs !== null;
}

function sumOf(
  pods: ReadonlyMap<string, SimulatedPod>,
  perHrUsd: (pod: SimulatedPod) => number,
): number {
  let sum = 0;
  for (const pod of pods.values()) sum += perHrUsd(pod);
  return sum;
}
