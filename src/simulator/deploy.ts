import type { SimulatedAccount } from "./account.ts";
import type { CloudName } from "./market.ts";
import { podFrom, type NewPod, type SimulatedPod } from "./pod.ts";

/** A pod that is to be placed, whichever interface was asked for it. */
export interface Deployment extends Omit<NewPod, "costPerHrUsd" | "gpuTypeId" | "gpuCount"> {
  readonly gpuTypeId: string;
  readonly gpuCount: number;
  readonly cloud: CloudName;
  /** Dollars an hour for the pod: none that costs more. */
  readonly mostPerHrUsd?: number | undefined;
}

export type Deployed =
  | { readonly kind: "placed"; readonly pod: SimulatedPod }
  | { readonly kind: "too-little-money" }
  | { readonly kind: "no-capacity" };

export const noCapacity =
  "There are no longer any instances available with the requested specifications. Please refresh and try again.";

export const tooLittleMoney = "The balance is too low to start a pod";

/** Like RunPod, wants the money for the first hour. `lies`: it is answered as placed, and is not. */
export function deploy(account: SimulatedAccount, wanted: Deployment, lies: boolean): Deployed {
  const { mostPerHrUsd = Infinity, ...order } = wanted;
  const { gpuTypeId, cloud, gpuCount } = order;
  const costPerHrUsd = account.costOfNew(gpuTypeId, cloud, gpuCount);
  if (costPerHrUsd === undefined || costPerHrUsd > mostPerHrUsd) return { kind: "no-capacity" };
  if (!account.mayStart(costPerHrUsd)) return { kind: "too-little-money" };

  const priced = { ...order, costPerHrUsd };
  if (lies) return { kind: "placed", pod: podFrom(priced, "simnever", account.nowMs()) };
  account.takeGpus(gpuTypeId, cloud, gpuCount);
  return { kind: "placed", pod: account.bootPod(priced) };
}
