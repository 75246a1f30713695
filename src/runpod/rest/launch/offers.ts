import type { Cloud, GpuOffer } from "#guard/model/launch.ts";
import type { Part } from "#guard/model/holdings.ts";
import { mostOffers, offerIn, type OfferRow } from "#runpod/launch/offer.ts";
import { isJson, type Json } from "#runpod/readings.ts";
import { addressOf } from "#runpod/rest/address.ts";
import type { Ask } from "#runpod/rest/ask.ts";
import { withScope } from "#runpod/rest/scopes.ts";

const scope = "a scope to read the catalogue";

/**
 * Each answer has the prices of both clouds and the stock of one. Where one of the two cannot be had, its
 * stock is unknown.
 */
export async function readOffers(
  base: string,
  ask: Ask,
  gpuCount: number,
  signal: AbortSignal,
): Promise<Part<readonly GpuOffer[]>> {
  const [secure, community] = await Promise.all([
    rowsFor("secure", base, ask, gpuCount, signal),
    rowsFor("community", base, ask, gpuCount, signal),
  ]);
  if (secure.kind === "unread" && community.kind === "unread") return secure;
  const stocks = { secure: stocksIn(secure), community: stocksIn(community) };
  const rows = new Map([...rowsIn(community), ...rowsIn(secure)].map((row) => [row["id"], row]));
  return {
    kind: "read",
    value: [...rows.values()].flatMap((row) => offerIn(offerRow(row, stocks)) ?? []),
  };
}

async function rowsFor(
  cloud: Cloud,
  base: string,
  ask: Ask,
  gpuCount: number,
  signal: AbortSignal,
): Promise<Part<readonly Json[]>> {
  const url = addressOf(base, "/catalog/gpus");
  if (url === undefined) return unread("the address of REST is none");
  url.searchParams.set("include", "AVAILABILITY");
  url.searchParams.set("product", "POD");
  url.searchParams.set("count", String(gpuCount));
  url.searchParams.set("cloud", cloud === "secure" ? "SECURE" : "COMMUNITY");
  const answered = await ask(url, { signal });
  if (answered.kind === "refused") return unread(withScope(answered, scope).because);
  const { gpus } = answered.body;
  if (!Array.isArray(gpus)) return unread("the answer has no list");
  if (gpus.length > mostOffers) return unread(`the answer has ${gpus.length} rows`);
  return { kind: "read", value: gpus.filter(isJson) };
}

type Stocks = Readonly<Record<Cloud, ReadonlyMap<unknown, unknown>>>;

function rowsIn(part: Part<readonly Json[]>): readonly Json[] {
  return part.kind === "read" ? part.value : [];
}

function stocksIn(part: Part<readonly Json[]>): ReadonlyMap<unknown, unknown> {
  return new Map(rowsIn(part).map((row) => [row["id"], row["availability"]]));
}

function offerRow(row: Json, stocks: Stocks): OfferRow {
  const { id } = row;
  const [price, most] = [objectIn(row["price"]), objectIn(row["maxCount"])];
  const of = (cloud: Cloud) => ({
    isOffered: row[cloud],
    perHrUsd: price[cloud],
    stock: stocks[cloud].get(id),
    mostGpus: most[cloud],
  });
  return {
    id,
    name: row["name"],
    memoryGb: row["memory"],
    secure: of("secure"),
    community: of("community"),
  };
}

function objectIn(found: unknown): Json {
  return isJson(found) ? found : {};
}

function unread(because: string): Part<never> {
  return { kind: "unread", because };
}
