import { UserError } from "#errors.ts";
import { identityOf } from "#process/identity.ts";
import type { Estimate } from "#report/launch/estimate.ts";
import { quotesFileOf } from "#store/paths.ts";
import { createQuotesFile, type Quote, quoteGoodMs } from "#store/launch/quotes-file.ts";
import { newLeaseId } from "./lease-id.ts";

export interface GivenQuote {
  readonly id: string;
  readonly expiresAtMs: number;
}

/** Keeps what an estimate has told, so that a start can be held to it. Throws a UserError where it cannot be kept. */
export async function giveQuote(
  { wanted, price, atMs }: Estimate,
  stateFile: string,
): Promise<GivenQuote> {
  const { offer, gpuCount, cloud, forMs, volumeGb, containerDiskGb } = wanted;
  const id = `q-${newLeaseId()}`;
  await createQuotesFile(quotesFileOf(stateFile), identityOf).add({
    id,
    atMs,
    gpuId: offer.id,
    gpuCount,
    cloud,
    forMs,
    volumeGb,
    containerDiskGb,
    computePerHrUsd: price.computePerHrUsd,
    perHrUsd: price.perHrUsd,
  });
  return { id, expiresAtMs: atMs + quoteGoodMs };
}

/** The quote that is still good. Throws a UserError that says why there is none. */
export async function goodQuote(id: string, stateFile: string, nowMs: number): Promise<Quote> {
  const hint = "Ask for another: runpodboss estimate";
  const known = /^q-[a-z2-7]{8}$/.test(id)
    ? await createQuotesFile(quotesFileOf(stateFile), identityOf).find(id)
    : undefined;
  if (known === undefined) {
    throw new UserError(`There is no quote ${JSON.stringify(id.slice(0, 40))}.`, { hint });
  }
  if (known.usedFor !== undefined) {
    throw new UserError(`Quote ${id} was used already, for pod ${known.usedFor}.`, { hint });
  }
  // One from the future was given by a clock that was ahead.
  if (Math.abs(nowMs - known.atMs) > quoteGoodMs) {
    throw new UserError(`Quote ${id} is older than five minutes.`, { hint });
  }
  return known;
}
