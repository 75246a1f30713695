import { UserError } from "#errors.ts";
import type { Cloud, GpuOffer } from "#guard/model/launch.ts";
import { type Estimate, estimateOf } from "#report/launch/estimate.ts";
import { priceOf, type Wanted } from "#report/launch/price.ts";
import { daemonConfigOf } from "#config/daemon-config.ts";
import type { SeenSnapshot } from "#report/snapshot.ts";
import type { Creating } from "#ports.ts";
import { chooseGpu } from "./choose-gpu.ts";
import { type Refusal, refusalsOf } from "./refusals.ts";

/** What somebody would like to start, as far as its price depends on it. */
export interface Wish {
  /** A GPU type, as it was typed. */
  readonly gpu: string;
  readonly gpuCount: number;
  readonly forMs: number;
  readonly cloud: Cloud;
  readonly volumeGb: number;
  readonly containerDiskGb: number | undefined;
  /** Undefined: those of the config, if it names any. */
  readonly region: string | undefined;
}

/** Who wishes it, and what the pod is to be called. */
export interface Wishing {
  /** Its whole name; of an estimate, any that it may get. */
  readonly podName: string;
  readonly isProtected: boolean;
  readonly isByDaemonsAgent: boolean;
}

export interface Plan {
  readonly estimate: Estimate;
  readonly dataCenterIds: readonly string[];
  /** Empty: it may be started. */
  readonly refusals: readonly Refusal[];
}

/** A container's own disk, where nobody says another size. */
export const usualDiskGb = 20;

/**
 * Prices a wish by the catalogue as it is now, and says what speaks against it. Throws a UserError where the
 * wish is not clear, or its price is not known: that is no reason to start anything.
 */
export async function planFor(
  wish: Wish,
  { podName, isProtected, isByDaemonsAgent }: Wishing,
  snapshot: SeenSnapshot,
  creating: Creating,
  signal: AbortSignal,
): Promise<Plan> {
  const wanted = await wantedBy(wish, creating, signal);
  const price = priceOf(wanted);
  if (price === undefined) throw notOffered(wanted);
  const estimate = estimateOf(wanted, price, podName, snapshot);
  const { regions = [] } = snapshot.settings.launch ?? {};
  const dataCenterIds = wish.region === undefined ? regions : [wish.region];
  const { guardPid, saved, settings } = snapshot;
  const daemonConfig =
    guardPid === undefined ? undefined : await daemonConfigOf(saved, guardPid, settings.configPath);
  const asked = { estimate, podName, dataCenterIds, isProtected, isByDaemonsAgent, daemonConfig };
  return { estimate, dataCenterIds, refusals: refusalsOf(asked, snapshot) };
}

async function wantedBy(wish: Wish, creating: Creating, signal: AbortSignal): Promise<Wanted> {
  const { gpu, gpuCount, cloud, forMs, volumeGb, containerDiskGb } = wish;
  const offers = await creating.offers(gpuCount, signal);
  if (offers.kind === "unread") {
    throw new UserError(
      `What GPUs cost could not be read: ${offers.because}. Nothing was started.`,
      {
        hint: "Then try: runpodboss check",
      },
    );
  }
  const offer: GpuOffer = chooseGpu(gpu, offers.value, cloud);
  const { mostGpus } = offer[cloud];
  if (mostGpus !== undefined && mostGpus > 0 && gpuCount > mostGpus) {
    throw new UserError(
      `A pod in ${cloud} has at most ${mostGpus} ${offer.name} (${gpuCount} were asked for).`,
    );
  }
  return { offer, cloud, gpuCount, forMs, volumeGb, containerDiskGb };
}

function notOffered({ offer, cloud, gpuCount }: Wanted): UserError {
  const other: Cloud = cloud === "secure" ? "community" : "secure";
  const count = gpuCount === 1 ? "" : `${gpuCount} × `;
  return new UserError(
    `RunPod names no price for ${count}${offer.name} in ${cloud} now. Nothing was started.`,
    {
      hint:
        offer[other].perHrUsd === undefined
          ? "See what there is: runpodboss gpus"
          : `It has some in ${other}: add --cloud ${other}`,
    },
  );
}
