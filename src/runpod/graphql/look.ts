import { type EndAction, type Pod, type PodStatus, runStateOf } from "#guard/model/account.ts";
import { burnOf, runningIn } from "#runpod/burn.ts";
import { idIn, onePodAnId, statusWordIn, tooManyRows } from "#runpod/pod-rows.ts";
import { amountIn, balanceFault, nameIn } from "#runpod/readings.ts";

/** The only fields asked for: one unknown field would fail the whole query, and no secret is asked for. */
export const lookDocument = /* GraphQL */ `
  query Look {
    myself {
      clientBalance
      currentSpendPerHr
      pods {
        id
        name
        desiredStatus
        costPerHr
        networkVolumeId
        locked
      }
    }
  }
`;

/** What is left to ask when RunPod no longer knows one of the fields above. */
export const balanceDocument = /* GraphQL */ `
  query Balance {
    myself {
      clientBalance
    }
  }
`;

export const endDocuments = {
  stop: /* GraphQL */ `
    mutation Stop($podId: String!) {
      podStop(input: { podId: $podId }) {
        id
      }
    }
  `,
  terminate: /* GraphQL */ `
    mutation Terminate($podId: String!) {
      podTerminate(input: { podId: $podId })
    }
  `,
} as const satisfies Readonly<Record<EndAction, string>>;

/** A pod as RunPod tells it, or anything else. Read by hand: zod takes several times as long. */
interface Row {
  readonly id?: unknown;
  readonly name?: unknown;
  readonly desiredStatus?: unknown;
  readonly costPerHr?: unknown;
  readonly networkVolumeId?: unknown;
  readonly locked?: unknown;
}

/** What one answer says of the account. */
export interface Reading {
  readonly balanceUsd: number;
  readonly burnPerHrUsd: number | undefined;
  readonly isBurnAddedUp?: boolean;
  readonly pods: readonly Pod[] | "unknown";
  readonly unreadablePods: number;
  /** Why they are unknown, where that is more than that there is no list. */
  readonly podsBecause?: string;
}

/**
 * Reads RunPod's answer; a string says why it cannot be used. What is there and usable is used, the
 * rest is unknown; only the balance is a must.
 */
export function readAnswer(data: unknown): Reading | string {
  const account = accountIn(data);
  if (typeof account === "string") return account;
  const { clientBalance, currentSpendPerHr, pods } = account as Readonly<Record<string, unknown>>;
  if (typeof clientBalance !== "number" || !Number.isFinite(clientBalance)) {
    return balanceFault(clientBalance);
  }
  const list = Array.isArray(pods) ? (pods as readonly (Row | null)[]) : undefined;
  const podsBecause = list && tooManyRows(list);
  const rows = podsBecause === undefined ? list : undefined;
  const readable = rows?.flatMap((row) => podIn(row) ?? []);
  const unreadablePods = (rows?.length ?? 0) - (readable?.length ?? 0);
  const found = readable === undefined ? "unknown" : onePodAnId(readable);
  const running = runningIn({ pods: found, unreadablePods });
  const spend = amountIn(currentSpendPerHr);
  // RunPod has reported a spend of $0 while pods were running: believed where it is known that none is.
  const told = spend === 0 && running?.length !== 0 ? undefined : spend;
  const addedUp = told === undefined ? burnOf(running) : undefined;
  return {
    balanceUsd: clientBalance,
    burnPerHrUsd: told ?? addedUp,
    ...(addedUp !== undefined && { isBurnAddedUp: true }),
    pods: found,
    unreadablePods,
    ...(podsBecause !== undefined && { podsBecause }),
  };
}

/** Nothing is filled in: what decides whether a pod may be ended is known, or it is unknown. */
function podIn(row: Row | null): Pod | undefined {
  const id = idIn(row?.id);
  if (row === null || id === undefined) return undefined;
  const { name, desiredStatus, networkVolumeId: volume, locked } = row;
  const cost = amountIn(row.costPerHr);
  const word = statusWordIn(desiredStatus);
  const status = statusOf(word);
  return {
    id,
    ...nameIn(name),
    status,
    word,
    // RunPod has shown $0 for pods that were running: unless it has ended, that is unknown, not free.
    costPerHrUsd: cost === 0 && runStateOf({ status }) !== "ended" ? undefined : cost,
    hasNetworkVolume: volume === null || typeof volume === "string" ? Boolean(volume) : undefined,
    isLocked: typeof locked === "boolean" ? locked : undefined,
  };
}

/** In the words of this interface. Any other word proves neither that a pod runs nor that it does not. */
function statusOf(word: string | undefined): PodStatus {
  switch (word) {
    case "CREATED":
      return "pending";
    case "RUNNING":
    case "RESTARTING":
      return "running";
    case "EXITED":
    case "DEAD":
      return "stopped";
    case "TERMINATED":
      return "gone";
    default:
      return "unknown";
  }
}

/** The account that an answer holds; a string says why there is none. */
export function accountIn(data: unknown): object | string {
  if (typeof data !== "object" || data === null) return "the answer has no data";
  const { myself } = data as { myself?: unknown };
  return typeof myself === "object" && myself !== null ? myself : "the answer has no account";
}
