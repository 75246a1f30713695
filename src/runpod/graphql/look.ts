import * as z from "zod";
import { cleanName } from "#control-characters.ts";
import type { EndAction, Pod } from "#guard/model/account.ts";

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

/** Lenient: uses what is usable, the rest is unknown. Only the balance is required. */
const answer = z.object({
  myself: z.object({
    clientBalance: z.number(),
    currentSpendPerHr: z.number().nonnegative().optional().catch(undefined),
    pods: z.array(z.unknown()).optional().catch(undefined),
  }),
});

const podRow = z.object({
  id: z.string().min(1),
  name: z.string().catch(""),
  desiredStatus: z.string(),
  costPerHr: z.number().nonnegative().optional().catch(undefined),
  networkVolumeId: z.string().nullish().catch(undefined),
  locked: z.boolean().nullish().catch(undefined),
});

/** What one answer says of the account. */
export interface Reading {
  readonly balanceUsd: number;
  readonly burnPerHrUsd: number | undefined;
  readonly pods: readonly Pod[] | "unknown";
  readonly unreadablePods: number;
}

/** Reads RunPod's answer; a string says why it cannot be used. */
export function readAnswer(data: unknown): Reading | string {
  const parsed = answer.safeParse(data);
  if (!parsed.success) return whatIsMissing(data);
  const { clientBalance, currentSpendPerHr, pods } = parsed.data.myself;
  const rows = pods?.map((row) => podRow.safeParse(row).data);
  const readable = rows?.flatMap((row) => (row === undefined ? [] : [podOf(row)]));
  const unreadablePods = (rows?.length ?? 0) - (readable?.length ?? 0);
  const running = readable?.filter(({ status }) => status === "RUNNING");
  // RunPod has reported a spend of $0 while pods were running: that cannot be true.
  const told = currentSpendPerHr === 0 && running?.length ? undefined : currentSpendPerHr;
  return {
    balanceUsd: clientBalance,
    burnPerHrUsd: told ?? (unreadablePods > 0 ? undefined : burnOf(running)),
    pods: readable ?? "unknown",
    unreadablePods,
  };
}

/** RunPod has shown $0 for pods that were running: that is unknown, not free. */
function podOf(row: z.output<typeof podRow>): Pod {
  const isUnknown = row.costPerHr === 0 && row.desiredStatus === "RUNNING";
  return {
    id: cleanName(row.id),
    name: cleanName(row.name),
    rawName: row.name,
    status: cleanName(row.desiredStatus),
    costPerHrUsd: isUnknown ? undefined : row.costPerHr,
    hasNetworkVolume: row.networkVolumeId === undefined ? undefined : Boolean(row.networkVolumeId),
    isLocked: row.locked ?? undefined,
  };
}

function burnOf(running: readonly Pod[] | undefined): number | undefined {
  return running?.reduce<number | undefined>(
    (sum, { costPerHrUsd }) =>
      sum === undefined || costPerHrUsd === undefined ? undefined : sum + costPerHrUsd,
    0,
  );
}

function whatIsMissing(data: unknown): string {
  const account = accountIn(data);
  if (typeof account === "string") return account;
  const { clientBalance } = account as { clientBalance?: unknown };
  if (clientBalance === null || clientBalance === undefined) return "the answer has no balance";
  const found =
    typeof clientBalance === "number" ? String(clientBalance) : JSON.stringify(clientBalance);
  return `the balance is not a number (${found?.slice(0, 40)})`;
}

/** The account that an answer holds; a string says why there is none. */
export function accountIn(data: unknown): object | string {
  if (typeof data !== "object" || data === null) return "the answer has no data";
  const { myself } = data as { myself?: unknown };
  return typeof myself === "object" && myself !== null ? myself : "the answer has no account";
}
