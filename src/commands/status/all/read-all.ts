import { createClock } from "#clock.ts";
import { lookAt } from "#commands/status/look.ts";
import type { Listed } from "#config/accounts/listed.ts";
import { loadConfig } from "#config/load.ts";
import { UserError } from "#errors.ts";
import { untestedChannels } from "#report/channels/untested.ts";
import type { StatusReport } from "#report/status/status.ts";
import type { Context } from "#terminal/context.ts";
import { GivenUp, withinLimit } from "#within-limit.ts";

/** How an account stands, or why that is not known. */
export interface AccountStatus extends Listed {
  readonly found: Found;
  /** The accounts that have the same API key: the guard of each would act on the same pods. */
  readonly sameKeyAs: readonly string[];
}

type Found =
  | {
      readonly kind: "read";
      readonly report: StatusReport;
      /** Why RunPod was not seen. */
      readonly fault: UserError | undefined;
    }
  | { readonly kind: "unread"; readonly error: unknown };

type WithKey = Found & { readonly apiKey?: string };

/** So many are read at once: each asks RunPod a few things, and reads some files. */
const sideBySide = 32;
/** For what does not heed its limit, such as a disk that hangs. */
const graceMs = 2_000;

/** Reads these, each within its limit, so that none holds up the others. */
export async function readAll(
  accounts: readonly Listed[],
  context: Context,
): Promise<readonly AccountStatus[]> {
  const found = await inTurns(accounts, sideBySide, (account) => readOne(account, context));
  return accounts.map((account, n) => {
    const own = found[n] ?? { kind: "unread", error: new Error("it was not read") };
    const same = accounts.filter(
      (_, m) => m !== n && own.apiKey !== undefined && found[m]?.apiKey === own.apiKey,
    );
    return { ...account, found: own, sameKeyAs: same.map(({ name }) => name) };
  });
}

async function readOne({ configPath }: Listed, context: Context): Promise<WithKey> {
  const { interrupted, paces } = context;
  const limitMs = paces.statusLimitMs;
  const limit = AbortSignal.timeout(limitMs);
  try {
    const work = statusOf(configPath, context, limit);
    return await withinLimit(work, limitMs + graceMs, createClock(), interrupted);
  } catch (error) {
    if (!(error instanceof GivenUp)) return { kind: "unread", error };
    return { kind: "unread", error: new UserError(`Not read within ${limitMs / 1_000} s.`) };
  }
}

async function statusOf(
  configPath: string,
  { env, paces, hide, interrupted }: Context,
  limit: AbortSignal,
): Promise<WithKey> {
  const settings = await loadConfig(configPath, env, paces, "gone-without");
  const { apiKey, secrets } = settings;
  hide(secrets);
  const shown = { settings, untested: await untestedChannels(settings), plotMs: undefined };
  const looked = await lookAt(shown, paces, AbortSignal.any([interrupted, limit]));
  const { report, fault } = looked;
  const isLate = fault !== undefined && limit.aborted;
  const because = isLate
    ? new UserError(`RunPod did not answer within ${paces.statusLimitMs / 1_000} s.`)
    : fault;
  return { kind: "read", report, fault: because, apiKey };
}

/** Works on so many at a time; the results stand in the order of the items. */
async function inTurns<Item, Result>(
  items: readonly Item[],
  atOnce: number,
  work: (item: Item) => Promise<Result>,
): Promise<readonly (Result | undefined)[]> {
  const results: Result[] = [];
  const left = items.entries();
  const take = async (): Promise<void> => {
    for (const [at, item] of left) results[at] = await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, take));
  return results;
}
