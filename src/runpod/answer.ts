import * as z from "zod";
import { clean } from "../guard/clean.ts";
import type { Pod } from "../guard/model.ts";

/** All that is ever asked for: one unknown field would fail the whole query, and secrets stay away. */
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
      }
    }
  }
`;

/** Lenient: what is there and usable is used, the rest is unknown. Only the balance is a must. */
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
  return {
    balanceUsd: clientBalance,
    burnPerHrUsd: currentSpendPerHr ?? (unreadablePods > 0 ? undefined : burnOf(readable)),
    pods: readable ?? "unknown",
    unreadablePods,
  };
}

/** RunPod has shown $0 for pods that were running: that is unknown, not free. */
function podOf(row: z.output<typeof podRow>): Pod {
  const isUnknown = row.costPerHr === 0 && row.desiredStatus === "RUNNING";
  return {
    id: clean(row.id),
    name: clean(row.name),
    status: clean(row.desiredStatus),
    costPerHrUsd: isUnknown ? undefined : row.costPerHr,
  };
}

function burnOf(pods: readonly Pod[] | undefined): number | undefined {
  const rates = pods
    ?.filter(({ status }) => status === "RUNNING")
    .map(({ costPerHrUsd }) => costPerHrUsd);
  return rates?.reduce(
    (sum, rate) => (sum === undefined || rate === undefined ? undefined : sum + rate),
    0,
  );
}

function whatIsMissing(data: unknown): string {
  if (typeof data !== "object" || data === null) return "the answer holds no data";
  const { myself } = data as { myself?: unknown };
  if (typeof myself !== "object" || myself === null) return "the answer holds no account";
  const { clientBalance } = myself as { clientBalance?: unknown };
  if (clientBalance === null || clientBalance === undefined) return "the answer holds no balance";
  const found =
    typeof clientBalance === "number" ? String(clientBalance) : JSON.stringify(clientBalance);
  return `the balance is no finite number (${found?.slice(0, 40)})`;
}
