import { UserError } from "#errors.ts";
import type { Launch } from "#guard/model/launch.ts";
import { identityOf } from "#process/identity.ts";
import type { SeenSnapshot } from "#report/snapshot.ts";
import { createLeaseFile } from "#store/lease-file.ts";
import { leaseFileOf, quotesFileOf } from "#store/paths.ts";
import { createQuotesFile } from "#store/launch/quotes-file.ts";
import { refusalError, tooMany } from "./refusals.ts";

/**
 * Writes a launch down before RunPod is asked, while nobody else can: two at once are counted, and a quote is
 * good for one of them. Throws a UserError where it must not be, and then the book has no lease of it.
 */
export async function reserve(
  launch: Launch,
  quoteId: string | undefined,
  { settings, look }: SeenSnapshot,
): Promise<void> {
  const { stateFile, launch: caps } = settings;
  const path = leaseFileOf(stateFile);
  const written = await createLeaseFile(path, identityOf).change(async (book) => {
    const refusals = caps === undefined ? [] : tooMany(caps, book, look, launch.atMs);
    if (refusals.length > 0) throw refusalError(refusals);
    if (quoteId !== undefined) {
      await createQuotesFile(quotesFileOf(stateFile), identityOf).use(quoteId, launch.name);
    }
    return { ...book, launches: { ...book.launches, [launch.id]: launch } };
  });
  // The book keeps so many: what it has not kept would be held by no lease.
  if (written.launches?.[launch.id] === undefined) {
    throw new UserError(
      `Not started: lease file ${path} is full of launches that end later, and kept no lease of this one.`,
    );
  }
}

/** Says in the book what has become of it. Never throws: resolves to what went wrong, in words. */
export async function noteLaunch(
  launch: Launch,
  { settings }: Pick<SeenSnapshot, "settings">,
): Promise<readonly string[]> {
  try {
    await createLeaseFile(leaseFileOf(settings.stateFile), identityOf).change((book) => ({
      ...book,
      launches: { ...book.launches, [launch.id]: launch },
    }));
    return [];
  } catch (error) {
    return [error instanceof UserError ? error.message : String(error)];
  }
}
