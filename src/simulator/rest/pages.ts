import type { SimulatedAccount } from "#simulator/account.ts";
import type { SimulatedPod } from "#simulator/pod.ts";

const mostRows = 1000;

export interface Page {
  readonly pods: readonly SimulatedPod[];
  readonly pagination: { readonly nextCursor: string | null; readonly hasNextPage: boolean };
}

/** The pods behind the cursor, no more than asked for and no more than `pageSize`; undefined where the cursor is none. */
export function pageOf(
  account: SimulatedAccount,
  query: URLSearchParams,
  pageSize = mostRows,
): Page | undefined {
  const cursor = query.get("cursor");
  const behind = cursor === null ? 0 : placeIn(cursor);
  if (behind === undefined) return undefined;

  const isWhole = query.get("includeClusterPods") === "true";
  const rest = account
    .pods()
    .filter((pod) => (isWhole || pod.cluster === null) && account.placeOf(pod.id) > behind);
  const size = Math.min(Number(query.get("limit") ?? mostRows) || mostRows, pageSize);
  const pods = rest.slice(0, size);
  const last = pods.at(-1);
  const hasNextPage = rest.length > pods.length && last !== undefined;
  return {
    pods,
    pagination: {
      nextCursor: hasNextPage ? cursorAt(account.placeOf(last.id)) : null,
      hasNextPage,
    },
  };
}

/** Leads to what stands behind this place. */
export function cursorAt(place: number): string {
  return Buffer.from(`after ${place}`).toString("base64url");
}

function placeIn(cursor: string): number | undefined {
  const [, place] = /^after (\d+)$/.exec(Buffer.from(cursor, "base64url").toString()) ?? [];
  return place === undefined ? undefined : Number(place);
}
