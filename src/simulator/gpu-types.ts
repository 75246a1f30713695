/** What the simulated data centre rents out, an hour and a GPU. */
export interface GpuType {
  readonly id: string;
  readonly displayName: string;
  readonly memoryInGb: number;
  readonly securePriceUsd: number;
  readonly communityPriceUsd: number;
  /** Where workers of serverless endpoints are placed, and what one costs. */
  readonly pool: string;
  readonly serverlessPriceUsd: number;
}

export const gpuTypes: readonly GpuType[] = [
  {
    id: "NVIDIA GeForce RTX 4090",
    displayName: "RTX 4090",
    memoryInGb: 24,
    securePriceUsd: 0.69,
    communityPriceUsd: 0.34,
    pool: "ADA_24",
    serverlessPriceUsd: 1.1,
  },
  {
    id: "NVIDIA A100 80GB PCIe",
    displayName: "A100 PCIe",
    memoryInGb: 80,
    securePriceUsd: 1.64,
    communityPriceUsd: 1.19,
    pool: "AMPERE_80",
    serverlessPriceUsd: 2.17,
  },
  {
    id: "NVIDIA A100-SXM4-80GB",
    displayName: "A100 SXM",
    memoryInGb: 80,
    securePriceUsd: 1.74,
    communityPriceUsd: 1.39,
    pool: "AMPERE_80",
    serverlessPriceUsd: 2.17,
  },
  {
    id: "NVIDIA H100 80GB HBM3",
    displayName: "H100 SXM",
    memoryInGb: 80,
    securePriceUsd: 2.99,
    communityPriceUsd: 2.69,
    pool: "ADA_80_PRO",
    serverlessPriceUsd: 4.47,
  },
];
