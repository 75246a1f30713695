import { gpuTypes, type GpuType } from "./gpu-types.ts";

export type CloudName = "SECURE" | "COMMUNITY";

type StockLevel = "none" | "low" | "medium" | "high";

/** A GPU type as the catalogue shows it now. */
export interface Offered extends GpuType {
  /** How many of so many GPUs each are left, in a word. */
  stockFor(cloud: CloudName, gpuCount: number): StockLevel;
}

/** What is left to rent, and for how much. */
export interface Market {
  /** So many GPUs are left, fewer with each pod; or a word that stays, however many are taken. */
  setStock(gpuId: string, cloud: CloudName, stock: number | StockLevel): void;
  /** Dollars an hour for one GPU, in the catalogue and for new pods. */
  setPrice(gpuId: string, cloud: CloudName, perHrUsd: number): void;
  /** What new pods cost whatever the catalogue says; undefined: what it says. */
  setPriceAtCreate(gpuId: string, cloud: CloudName, perHrUsd: number | undefined): void;
  gpuOffers(): readonly Offered[];
  /** Dollars an hour for a new pod with so many; undefined where there are no such GPUs left. */
  costOfNew(gpuId: string, cloud: CloudName, gpuCount: number): number | undefined;
  /** They are given to a pod. */
  takeGpus(gpuId: string, cloud: CloudName, gpuCount: number): void;
}

const plenty = "high";
/** So many GPUs are few, or some. */
const few = 2;
const some = 8;

export function createMarket(): Market {
  const stocks = new Map<string, number | StockLevel>();
  const prices = new Map<string, number>();
  const pricesAtCreate = new Map<string, number>();

  function stockOf(gpuId: string, cloud: CloudName): number | StockLevel {
    return stocks.get(keyOf(gpuId, cloud)) ?? plenty;
  }

  function priceOf(type: GpuType, cloud: CloudName): number {
    const usual = cloud === "SECURE" ? type.securePriceUsd : type.communityPriceUsd;
    return prices.get(keyOf(type.id, cloud)) ?? usual;
  }

  return {
    setStock: (gpuId, cloud, stock) => void stocks.set(keyOf(gpuId, cloud), stock),
    setPrice: (gpuId, cloud, perHrUsd) => void prices.set(keyOf(gpuId, cloud), perHrUsd),
    setPriceAtCreate(gpuId, cloud, perHrUsd) {
      if (perHrUsd === undefined) pricesAtCreate.delete(keyOf(gpuId, cloud));
      else pricesAtCreate.set(keyOf(gpuId, cloud), perHrUsd);
    },
    gpuOffers: () =>
      gpuTypes.map((type) => ({
        ...type,
        securePriceUsd: priceOf(type, "SECURE"),
        communityPriceUsd: priceOf(type, "COMMUNITY"),
        stockFor: (cloud, gpuCount) => levelOf(stockOf(type.id, cloud), gpuCount),
      })),
    costOfNew(gpuId, cloud, gpuCount) {
      const type = gpuTypes.find(({ id }) => id === gpuId);
      if (type === undefined) return undefined;
      if (levelOf(stockOf(gpuId, cloud), gpuCount) === "none") return undefined;
      return (pricesAtCreate.get(keyOf(gpuId, cloud)) ?? priceOf(type, cloud)) * gpuCount;
    },
    takeGpus(gpuId, cloud, gpuCount) {
      const stock = stockOf(gpuId, cloud);
      if (typeof stock === "number") stocks.set(keyOf(gpuId, cloud), stock - gpuCount);
    },
  };
}

function levelOf(stock: number | StockLevel, gpuCount: number): StockLevel {
  if (typeof stock === "string") return stock;
  if (stock < gpuCount) return "none";
  if (stock <= few) return "low";
  return stock <= some ? "medium" : "high";
}

function keyOf(gpuId: string, cloud: CloudName): string {
  return `${cloud} ${gpuId}`;
}
