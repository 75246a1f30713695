import { isAlike } from "#guard/alike.ts";
import {
  type Cloud,
  type CloudOffer,
  clouds,
  type GpuOffer,
  type LaunchCaps,
  type Stock,
} from "#guard/model/launch.ts";

/** What is looked for. All of it that is given must hold, and what is unknown holds for nothing. */
export interface OfferFilters {
  /** Of a pod. */
  readonly gpuCount: number;
  readonly mostPerHrUsd?: number | undefined;
  /** Of each GPU. */
  readonly leastMemoryGb?: number | undefined;
  readonly cloud?: Cloud | undefined;
}

/** A pod that could be started: so many GPUs of a type, in one of the clouds. */
export interface OfferRow {
  readonly gpuId: string;
  readonly gpuName: string;
  /** Of each GPU. */
  readonly memoryGb: number | undefined;
  readonly cloud: Cloud;
  readonly stock: Stock;
  /** For the whole pod; undefined: nobody knows for how much, though there are some. */
  readonly perHrUsd: number | undefined;
  readonly perGpuHrUsd: number | undefined;
  readonly mostGpus: number | undefined;
  /** The keys of `launch` in the config that keep it from being started. */
  readonly barredBy: readonly BarringCap[];
}

export type BarringCap = "max_price_per_hr" | "gpus";

export interface OffersReport {
  readonly filters: OfferFilters;
  /** Undefined: the config lets nothing be started. */
  readonly caps: LaunchCaps | undefined;
  /** Cheapest first; those of unknown price last. */
  readonly rows: readonly OfferRow[];
  /** Where nothing fits: each filter that could be loosened by itself, and how far it has to be. */
  readonly loosen: readonly Loosening[];
}

export type Loosening =
  | { readonly filter: "max_price" | "min_vram" | "count"; readonly to: number }
  | { readonly filter: "cloud"; readonly to: Cloud };

/** What of the offers fits, and what the config says to it. */
export function offersReport(
  offers: readonly GpuOffer[],
  filters: OfferFilters,
  caps: LaunchCaps | undefined,
): OffersReport {
  const all = offers.flatMap((offer) => rowsOf(offer, filters.gpuCount, caps));
  const rows = all.filter((row) => passes(row, filters)).toSorted(cheapestFirst);
  return { filters, caps, rows, loosen: rows.length > 0 ? [] : looserOf(all, filters) };
}

/** A cloud where it has no price and no stock does not offer it. */
function rowsOf(
  { id, name, memoryGb, ...offer }: GpuOffer,
  gpuCount: number,
  caps: LaunchCaps | undefined,
): readonly OfferRow[] {
  return clouds.flatMap((cloud): readonly OfferRow[] => {
    const { perHrUsd: each, stock, mostGpus } = offer[cloud];
    if (each === undefined && !isInStock(offer[cloud])) return [];
    const perHrUsd = each === undefined ? undefined : toMicros(each * gpuCount);
    const row = { gpuId: id, gpuName: name, memoryGb, cloud, stock, perHrUsd, mostGpus };
    return [{ ...row, perGpuHrUsd: each, barredBy: barredBy(row, caps) }];
  });
}

function isInStock({ stock }: CloudOffer): boolean {
  return stock !== "none" && stock !== "unknown";
}

/** A price that is unknown is above none: what it is is asked again before anything is started. */
function barredBy(
  { gpuId, gpuName, perHrUsd }: Pick<OfferRow, "gpuId" | "gpuName" | "perHrUsd">,
  caps: LaunchCaps | undefined,
): readonly BarringCap[] {
  if (caps === undefined) return [];
  const isNamed = caps.gpus?.some((glob) => isAlike(gpuId, glob) || isAlike(gpuName, glob));
  return [
    ...(perHrUsd !== undefined && perHrUsd > caps.mostPerHrUsd
      ? (["max_price_per_hr"] as const)
      : []),
    ...(isNamed === false ? (["gpus"] as const) : []),
  ];
}

function passes(row: OfferRow, filters: OfferFilters): boolean {
  const { gpuCount, mostPerHrUsd, leastMemoryGb, cloud } = filters;
  return (
    (row.mostGpus === undefined || row.mostGpus >= gpuCount) &&
    (mostPerHrUsd === undefined || (row.perHrUsd ?? Infinity) <= mostPerHrUsd) &&
    (leastMemoryGb === undefined || (row.memoryGb ?? 0) >= leastMemoryGb) &&
    (cloud === undefined || row.cloud === cloud)
  );
}

function cheapestFirst(a: OfferRow, b: OfferRow): number {
  const [left, right] = [a.perHrUsd ?? Infinity, b.perHrUsd ?? Infinity];
  if (left !== right) return left < right ? -1 : 1;
  const [one, other] = [a, b].map(({ gpuName, gpuId, cloud }) => `${gpuName} ${gpuId} ${cloud}`);
  return (one ?? "") < (other ?? "") ? -1 : 1;
}

function looserOf(all: readonly OfferRow[], filters: OfferFilters): readonly Loosening[] {
  const { gpuCount, mostPerHrUsd, leastMemoryGb, cloud } = filters;
  const without = (loosened: Partial<OfferFilters>): readonly OfferRow[] =>
    all.filter((row) => passes(row, { ...filters, ...loosened }));
  const prices = without({ mostPerHrUsd: undefined }).flatMap(({ perHrUsd }) => perHrUsd ?? []);
  const sizes = without({ leastMemoryGb: undefined }).flatMap(({ memoryGb }) => memoryGb ?? []);
  const counts = without({ gpuCount: 1 }).flatMap(({ mostGpus }) => mostGpus ?? []);
  const [elsewhere] = without({ cloud: undefined });
  return [
    ...(mostPerHrUsd !== undefined && prices.length > 0
      ? [{ filter: "max_price", to: upToCents(Math.min(...prices)) } as const]
      : []),
    ...(leastMemoryGb !== undefined && sizes.length > 0
      ? [{ filter: "min_vram", to: Math.max(...sizes) } as const]
      : []),
    ...(gpuCount > 1 && counts.length > 0
      ? [{ filter: "count", to: Math.max(...counts) } as const]
      : []),
    ...(cloud !== undefined && elsewhere !== undefined
      ? [{ filter: "cloud", to: elsewhere.cloud } as const]
      : []),
  ];
}

/** What is typed must let it through. */
function upToCents(amountUsd: number): number {
  return Math.ceil(toMicros(amountUsd) * 100) / 100;
}

/** So that three times 0.1 is not above 0.3. */
function toMicros(amountUsd: number): number {
  return Number(amountUsd.toFixed(6));
}
