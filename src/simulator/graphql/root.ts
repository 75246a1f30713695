import type { SimulatedAccount } from "#simulator/account.ts";
import { deploy, noCapacity, tooLittleMoney } from "#simulator/deploy.ts";
import type { SimulatedPod } from "#simulator/pod.ts";
import { gpuTypeView, podView, userView } from "./views.ts";

interface Input<T> {
  readonly input: T;
}

interface OfPod {
  readonly podId: string;
}

interface Wanted {
  readonly cloudType?: "ALL" | "COMMUNITY" | "SECURE" | null;
  readonly gpuTypeId?: string | null;
  readonly gpuCount?: number | null;
  readonly imageName?: string | null;
  readonly name?: string | null;
  readonly deployCost?: number | null;
  readonly dataCenterId?: string | null;
  readonly ports?: string | null;
  readonly containerDiskInGb?: number | null;
  readonly volumeInGb?: number | null;
  readonly networkVolumeId?: string | null;
  readonly env?: readonly ({ readonly key: string; readonly value: string } | null)[] | null;
}

/** `lies`: a stop, an end or a new pod is answered as done, and not done. */
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
      return account
        .gpuOffers()
        .filter((type) => id === null || type.id === id)
        .map(gpuTypeView);
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
    podFindAndDeployOnDemand: mutation(({ input }: Partial<Input<Wanted | null>>) =>
      podView(deployed(account, input ?? {}, lies), account.nowMs()),
    ),
  };
}

function deployed(account: SimulatedAccount, wanted: Wanted, lies: boolean): SimulatedPod {
  const gpuTypeId = wanted.gpuTypeId ?? "";
  if (!account.gpuOffers().some(({ id }) => id === gpuTypeId)) {
    throw new Error(`There are no instances of ${wanted.gpuTypeId ?? "that"}`);
  }
  const answer = deploy(account, { ...orderOf(wanted), gpuTypeId }, lies);
  switch (answer.kind) {
    case "placed":
      return answer.pod;
    case "too-little-money":
      throw new Error(tooLittleMoney);
    case "no-capacity":
      throw new Error(noCapacity);
  }
}

function orderOf(wanted: Wanted) {
  return {
    cloud: wanted.cloudType === "COMMUNITY" ? "COMMUNITY" : "SECURE",
    gpuCount: wanted.gpuCount ?? 1,
    mostPerHrUsd: wanted.deployCost ?? undefined,
    name: wanted.name ?? "unnamed",
    imageName: wanted.imageName ?? "runpod/pytorch:latest",
    dataCenterId: wanted.dataCenterId ?? "EU-SE-1",
    ports: (wanted.ports ?? "").split(",").filter((port) => port !== ""),
    containerDiskInGb: wanted.containerDiskInGb ?? 20,
    volumeInGb: wanted.volumeInGb ?? 0,
    networkVolumeId: wanted.networkVolumeId ?? null,
    env: (wanted.env ?? []).flatMap((pair) => (pair ? [`${pair.key}=${pair.value}`] : [])),
  } as const;
}
