import type { SimulatedAccount } from "#simulator/account.ts";
import { gpuTypes } from "#simulator/gpu-types.ts";
import { gpuTypeView, podView, userView } from "./views.ts";

interface Input<T> {
  readonly input: T;
}

interface OfPod {
  readonly podId: string;
}

interface Deployment {
  readonly cloudType?: "ALL" | "COMMUNITY" | "SECURE" | null;
  readonly gpuTypeId?: string | null;
  readonly gpuCount?: number | null;
  readonly imageName?: string | null;
  readonly name?: string | null;
  readonly containerDiskInGb?: number | null;
  readonly volumeInGb?: number | null;
  readonly networkVolumeId?: string | null;
  readonly env?: readonly ({ readonly key: string; readonly value: string } | null)[] | null;
}

/** `lies`: a stop or an end is answered as done, and not done. */
export interface RootOptions {
  readonly account: SimulatedAccount;
  readonly readOnly: boolean;
  readonly lies: boolean;
  readonly showsClusterPods: boolean;
}

/** The resolvers of `schema.ts`: one for each field of Query and Mutation. */
export function rootOf({ account, readOnly, lies, showsClusterPods }: RootOptions) {
  function mutation<A, R>(act: (args: A) => R): (args: A) => R {
    return (args) => {
      if (readOnly) throw new Error("Unauthorized");
      return act(args);
    };
  }

  return {
    myself: () => userView(account, showsClusterPods),
    pod({ input }: Partial<Input<OfPod | null>>) {
      const pod = input ? account.pod(input.podId) : undefined;
      return pod === undefined ? null : podView(pod, account.nowMs());
    },
    gpuTypes({ input }: Partial<Input<{ readonly id?: string | null } | null>>) {
      const id = input?.id ?? null;
      return gpuTypes.filter((type) => id === null || type.id === id).map(gpuTypeView);
    },

    podStop: mutation(({ input: { podId } }: Input<OfPod>) => {
      const pod = lies ? account.pod(podId) : account.stopPod(podId);
      return pod === undefined ? null : podView({ ...pod, status: "EXITED" }, account.nowMs());
    }),
    podTerminate: mutation(({ input: { podId } }: Input<OfPod>) => {
      if (!lies) account.terminatePod(podId);
      return null;
    }),
    /** A pod resumes with the GPUs it had, whatever `gpuCount` asks for. */
    podResume: mutation(({ input: { podId } }: Input<OfPod>) =>
      podView(account.resumePod(podId), account.nowMs()),
    ),
    podFindAndDeployOnDemand: mutation(({ input }: Partial<Input<Deployment | null>>) =>
      podView(deploy(account, input ?? {}), account.nowMs()),
    ),
  };
}

/** Like RunPod, wants the money for the pod's first hour. */
function deploy(account: SimulatedAccount, wanted: Deployment) {
  const type = gpuTypes.find(({ id }) => id === wanted.gpuTypeId);
  if (type === undefined)
    throw new Error(`There are no instances of ${wanted.gpuTypeId ?? "that"}`);

  const gpuCount = wanted.gpuCount ?? 1;
  const eachUsd = wanted.cloudType === "COMMUNITY" ? type.communityPriceUsd : type.securePriceUsd;
  const costPerHrUsd = eachUsd * gpuCount;
  if (account.balanceUsd() < costPerHrUsd) throw new Error("The balance is too low to start a pod");

  return account.addPod({
    costPerHrUsd,
    gpuCount,
    gpuTypeId: type.id,
    name: wanted.name ?? "unnamed",
    imageName: wanted.imageName ?? "runpod/pytorch:latest",
    containerDiskInGb: wanted.containerDiskInGb ?? 20,
    volumeInGb: wanted.volumeInGb ?? 0,
    networkVolumeId: wanted.networkVolumeId ?? null,
    env: (wanted.env ?? []).flatMap((pair) => (pair ? [`${pair.key}=${pair.value}`] : [])),
  });
}
