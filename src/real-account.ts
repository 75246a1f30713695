import type { Settings } from "#config/settings.ts";
import { type AccountOptions, createAccount, createInventory } from "#runpod/account.ts";
import { exchange } from "./http-request.ts";
import type { RequestPaces } from "./paces.ts";
import type { Account, Clock, Inventory, Launching } from "./ports.ts";

/** The account of these settings, asked over this machine's network. */
export function realAccount(settings: Settings, clock: Clock, paces: RequestPaces): Account {
  return createAccount({ ...accountOptionsOf(settings), clock, paces, request: exchange });
}

/** What that account holds, asked in the same way. */
export function realInventory(
  settings: Settings,
  clock: Clock,
  paces: RequestPaces,
): Inventory & Launching {
  return createInventory({ ...accountOptionsOf(settings), clock, paces, request: exchange });
}

function accountOptionsOf({
  api,
  runpodUrl: graphqlUrl,
  restUrl,
  restBalancePath,
  apiKey,
}: Settings): Omit<AccountOptions, "clock" | "paces" | "request"> {
  return { api, graphqlUrl, restUrl, restBalancePath, apiKey };
}
