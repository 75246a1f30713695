import type { Cloud, CloudOffer, GpuOffer, Stock } from "#guard/model/launch.ts";
import { idIn } from "#runpod/pod-rows.ts";
import { amountIn, nameIn, numberIn } from "#runpod/readings.ts";

/** More than any account is offered. */
export const mostOffers = 10_000;

const mostMemoryGb = 100_000;
const mostGpusOfAPod = 10_000;

/** What an interface says of a GPU type, unread. */
export interface OfferRow extends Readonly<Record<Cloud, CloudRow>> {
  readonly id: unknown;
  readonly name: unknown;
  readonly memoryGb: unknown;
}

interface CloudRow {
  readonly isOffered: unknown;
  readonly perHrUsd: unknown;
  readonly stock: unknown;
  readonly mostGpus: unknown;
}

/** Undefined where the row does not say which type it is of. */
export function offerIn({
  id: found,
  name,
  memoryGb,
  secure,
  community,
}: OfferRow): GpuOffer | undefined {
  const id = idIn(found);
  if (id === undefined) return undefined;
  return {
    id,
    name: nameIn(name).name.trim() || id,
    memoryGb: numberIn(memoryGb, 1, mostMemoryGb),
    secure: cloudOfferIn(secure),
    community: cloudOfferIn(community),
  };
}

/** Nothing is for free: a price of 0 is one that nobody knows. */
function cloudOfferIn({ isOffered, perHrUsd, stock, mostGpus }: CloudRow): CloudOffer {
  if (isOffered === false) return { perHrUsd: undefined, stock: "none", mostGpus: undefined };
  const most = numberIn(mostGpus, 1, mostGpusOfAPod);
  return {
    perHrUsd: amountIn(perHrUsd) || undefined,
    stock: stockIn(stock),
    mostGpus: most === undefined ? undefined : Math.floor(most),
  };
}

function stockIn(found: unknown): Stock {
  switch (typeof found === "string" ? found.trim().toLowerCase() : undefined) {
    case "none":
      return "none";
    case "low":
      return "low";
    case "medium":
      return "medium";
    case "high":
      return "high";
    default:
      return "unknown";
  }
}
