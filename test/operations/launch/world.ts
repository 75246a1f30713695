import { join, resolve } from "node:path";
import type { Unread } from "#config/in-force.ts";
import type { Settings } from "#config/settings.ts";
import type { EndAnswer, Account, Creating } from "#ports.ts";
import type { Look, Pod, Seen } from "#guard/model/account.ts";
import type { CreateAnswer, GpuOffer, LaunchCaps, PodOrder } from "#guard/model/launch.ts";
import type { LeaseGuard, Policy } from "#guard/model/policy.ts";
import { emptyState, type GuardState, type InForce } from "#guard/model/state.ts";
import { hourMs, minuteMs } from "#guard/model/time.ts";
import { newLeaseId, podNameOf } from "#operations/launch/lease-id.ts";
import { planFor, type Wish } from "#operations/launch/plan.ts";
import { type StartOrder, startPod } from "#operations/launch/start.ts";
import type { StartDeps } from "#operations/launch/started.ts";
import { identityOf } from "#process/identity.ts";
import { priceOf } from "#report/launch/price.ts";
import type { SeenSnapshot } from "#report/snapshot.ts";
import { readRecord } from "#store/history/history-text.ts";
import { createLeaseFile } from "#store/lease-file.ts";
import { historyFileOf, leaseFileOf } from "#store/paths.ts";
import * as fs from "node:fs";
import { policyWith, seen } from "../../guard/samples.ts";
import { shortPaces } from "../../short-paces.ts";
import { tempFolder } from "../../temp-folder.ts";

export const caps: LaunchCaps = {
  mostPerHrUsd: 5,
  mostMs: 24 * hourMs,
  mostRunning: 4,
  mostStartsPerHour: 6,
};

export const lease: LeaseGuard = {
  action: "stop",
  pods: ["*"],
  defaultMs: undefined,
  maxMs: 24 * hourMs,
};

export const offer: GpuOffer = {
  id: "NVIDIA GeForce RTX 4090",
  name: "RTX 4090",
  memoryGb: 24,
  secure: { perHrUsd: 0.7, stock: "high", mostGpus: 8 },
  community: { perHrUsd: 0.35, stock: "low", mostGpus: 4 },
};

export const wish: Wish = {
  gpu: "4090",
  gpuCount: 1,
  forMs: 4 * hourMs,
  cloud: "secure",
  volumeGb: 0,
  containerDiskGb: 20,
  region: undefined,
};

/** What RunPod does with an order: which pod is there then, and what it answers. */
export type Doing = (order: PodOrder) => { readonly pod?: Pod; readonly answer: CreateAnswer };

export interface WorldOptions {
  readonly launch?: LaunchCaps | undefined;
  readonly policy?: Partial<Policy>;
  readonly look?: Partial<Seen>;
  readonly saved?: Partial<GuardState>;
  readonly guardPid?: number | undefined;
  readonly unread?: Unread;
  readonly settings?: Partial<Settings>;
  readonly offers?: readonly GpuOffer[];
  readonly create?: Doing;
  /** Whether a pod that is made has booted. */
  readonly boots?: boolean;
  /** In place of the look that the account would give, by its number from 0. */
  readonly lookAt?: (n: number, look: Look) => Look;
}

export function podOf({ name }: PodOrder, more: Partial<Pod> = {}): Pod {
  return {
    id: "new1",
    name,
    rawName: name,
    status: "running",
    word: "RUNNING",
    costPerHrUsd: 0.7,
    hasNetworkVolume: false,
    isLocked: false,
    ...more,
  };
}

const made: Doing = (order) => ({
  pod: podOf(order),
  answer: { kind: "created", podId: "new1", costPerHrUsd: 0.7 },
});

/** An account, the files beside a state, and what is asked of them. */
export function createWorld(options: WorldOptions = {}) {
  const { create = made, boots = true, lookAt = (_n, look) => look } = options;
  const stateFile = join(tempFolder(), "state.json");
  const clock = { nowMs: () => Date.now(), sleepUntil: () => Promise.resolve() };
  const pid = 4_711;
  const policy = policyWith({
    podGuards: { ...policyWith().podGuards, lease },
    ...options.policy,
  });
  const settings = {
    stateFile,
    configPath: "config.json",
    dryRun: false,
    launch: "launch" in options ? options.launch : caps,
    ...options.settings,
  } as Settings;
  const inForce: InForce = {
    pid,
    sinceMs: 0,
    configPath: resolve(settings.configPath),
    marks: {},
    policy,
  };
  let pods: readonly Pod[] = options.look?.pods === "unknown" ? [] : (options.look?.pods ?? []);
  const orders: PodOrder[] = [];
  const ended: string[] = [];
  const books: unknown[] = [];
  let looks = 0;
  const file = createLeaseFile(leaseFileOf(stateFile), identityOf);

  const look = (): Look => {
    const base = seen({ burnPerHrUsd: 0, ...options.look, atMs: Date.now(), pods });
    const found = lookAt(looks, base);
    looks += 1;
    return found;
  };
  const account: Account = {
    look: () => Promise.resolve(look()),
    measure: () =>
      Promise.resolve({
        kind: "measured",
        atMs: Date.now(),
        samples: pods.map(({ id }) => ({
          podId: id,
          bootedAtMs: boots ? Date.now() : undefined,
          lastStartedAtMs: undefined,
          takenAtMs: undefined,
          cpuPercent: undefined,
          gpuPercents: undefined,
          gpuType: undefined,
          region: undefined,
        })),
      }),
    end({ id }): Promise<EndAnswer> {
      ended.push(id);
      pods = pods.filter((each) => each.id !== id);
      return Promise.resolve({ kind: "accepted" });
    },
  };
  const creating: Creating = {
    offers: () => Promise.resolve({ kind: "read", value: options.offers ?? [offer] }),
    async create(order) {
      orders.push(order);
      books.push((await file.read()).launches);
      const { pod, answer } = create(order);
      if (pod !== undefined) pods = [...pods, pod];
      return answer;
    },
    sshOf: () => Promise.resolve(undefined),
  };

  async function see(): Promise<SeenSnapshot> {
    const now = seen({ burnPerHrUsd: 0, ...options.look, atMs: Date.now(), pods });
    return {
      settings,
      policy,
      protect: policy.protect,
      unread: options.unread,
      account,
      nowMs: Date.now(),
      look: { ...now, pods },
      changeOver: undefined,
      measured: { kind: "unmeasured", atMs: Date.now(), because: "not asked" },
      moments: undefined,
      book: await file.read(),
      saved: { ...emptyState, inForce, ...options.saved },
      runs: {},
      guardPid: "guardPid" in options ? options.guardPid : pid,
      troubles: [],
    };
  }

  return {
    stateFile,
    orders,
    ended,
    /** The launches in the book at the moment of each create. */
    books,
    see,
    creating,
    plan: async (wanted: Partial<Wish> = {}, podName = "trainer-rbaaaaaaaa") =>
      planFor(
        { ...wish, ...wanted },
        { podName, isProtected: false, isByDaemonsAgent: false },
        await see(),
        creating,
        new AbortController().signal,
      ),
    launches: async () => Object.values((await file.read()).launches ?? {}),
    history: () =>
      fs
        .readFileSync(historyFileOf(stateFile), "utf8")
        .split("\n")
        .flatMap((line) => readRecord(line) ?? []),
    start(
      more: Partial<StartOrder> = {},
      signal = new AbortController().signal,
      protect?: StartDeps["protect"],
    ) {
      const leaseId = newLeaseId();
      const price = priceOf({ ...wish, offer });
      if (price === undefined) throw new Error("the sample has no price");
      const order: StartOrder = {
        wish,
        leaseId,
        podName: podNameOf("trainer", leaseId),
        isProtected: false,
        isByDaemonsAgent: false,
        image: "some/image",
        templateId: undefined,
        networkVolumeId: undefined,
        ports: [],
        env: { HF_TOKEN: "hf_averysecretvalue" },
        by: { kind: "agent", agent: "claude-code", session: "s1", host: "atlas" },
        isForced: false,
        quoteId: undefined,
        agreed: price,
        ...more,
      };
      return startPod(order, {
        see,
        creating,
        clock,
        paces: shortPaces,
        protect,
        waitMs: minuteMs,
        signal,
        onStep: () => undefined,
      });
    },
  };
}
