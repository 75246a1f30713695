import type { Settings } from "#config/settings.ts";
import {
  type AccountOptions,
  type Accounts,
  createAccounts,
  createCreating,
  createInventory,
  spendLimitOf,
} from "#runpod/account.ts";
import { createDecidingOnce, type Deciding } from "#runpod/auto/account.ts";
import type { Api, Look, Source } from "#guard/model/account.ts";
import { exchange } from "#requests/exchange.ts";
import type { RequestPaces } from "#paces.ts";
import type { Account, Clock, Creating, Inventory, Launching } from "#ports.ts";

/** The account of these settings, asked over this machine's network. */
export function realAccounts(
  settings: Settings,
  clock: Clock,
  paces: RequestPaces,
  deciding: Deciding,
): Accounts {
  const shared = { clock, paces, deciding, request: exchange };
  return createAccounts({ ...accountOptionsOf(settings), ...shared });
}

/** The same for a command, which asks whom the guard goes by, as far as that was saved. */
export function accountsOfGuard(
  settings: Settings,
  clock: Clock,
  paces: RequestPaces,
  source: Source | undefined,
): Accounts {
  return realAccounts(settings, clock, paces, createDecidingOnce(source));
}

/** Of these the one to ask. */
export function realAccount(...of: Parameters<typeof accountsOfGuard>): Account {
  return accountsOfGuard(...of).account;
}

/** What that account holds, asked in the same way. */
export function realInventory(
  settings: Settings,
  clock: Clock,
  paces: RequestPaces,
): Inventory & Launching {
  return createInventory({ ...accountOptionsOf(settings), clock, paces, request: exchange });
}

/** What may burn an hour on that account, by whoever has answered this poll; undefined: it does not tell. */
export function realSpendLimit(
  settings: Settings,
  clock: Clock,
  paces: RequestPaces,
  { source }: Pick<Look, "source">,
  signal: AbortSignal,
): Promise<number | undefined> {
  const options = { ...accountOptionsOf(settings), clock, paces, request: exchange };
  return spendLimitOf(options, decidesIn(settings, source), signal);
}

/** What makes pods on that account, through the interface that the guard goes by, as far as that was saved. */
export function realCreating(
  settings: Settings,
  clock: Clock,
  paces: RequestPaces,
  source: Source | undefined,
): Creating {
  const options = { ...accountOptionsOf(settings), clock, paces, request: exchange };
  return createCreating(options, decidesIn(settings, source));
}

function decidesIn({ api }: Settings, source: Source | undefined): Api {
  return api === "auto" ? (source?.api ?? "graphql") : api;
}

function accountOptionsOf({
  api,
  runpodUrl: graphqlUrl,
  restUrl,
  restBalancePath,
  apiKey,
}: Settings): Omit<AccountOptions, "clock" | "paces" | "request" | "deciding"> {
  return { api, graphqlUrl, restUrl, restBalancePath, apiKey };
}
