import { wordsOf } from "#errors.ts";
import type { LeaseBook } from "#guard/model/run.ts";
import { identityOf } from "#process/identity.ts";
import { createLeaseFile } from "#store/lease-file.ts";
import { leaseFileOf } from "#store/paths.ts";

/** What commands have written beside this state file; and why it cannot be read, where it cannot. */
export async function leasesOf(
  stateFile: string,
): Promise<{ readonly book: LeaseBook | "unknown"; readonly because?: string }> {
  try {
    return { book: await createLeaseFile(leaseFileOf(stateFile), identityOf).read() };
  } catch (error) {
    return { book: "unknown", because: wordsOf(error) };
  }
}
