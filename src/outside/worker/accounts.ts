import * as z from "zod";
import type { ChannelSettings } from "#notify/settings.ts";

/** What a Worker is given: each account's secrets in a variable of its own. Its storage has none of them. */
export type Bindings = Readonly<Record<string, unknown>>;

export interface AccountSecrets {
  /** Signs what the account's own guard sends. */
  readonly beatKey: string;
  readonly apiKey: string;
  readonly api: "auto" | "graphql" | "rest";
  readonly graphqlUrl: string;
  readonly restUrl: string | undefined;
  /** The balance's address below `restUrl`, where RunPod does not say it itself. */
  readonly restBalancePath?: string | undefined;
  readonly channels: readonly ChannelSettings[];
}

const account = z.object({
  beatKey: z.string().min(32),
  apiKey: z.string().min(1),
  api: z.enum(["auto", "graphql", "rest"]),
  graphqlUrl: z.url(),
  restUrl: z.url().optional(),
  restBalancePath: z.string().optional(),
  // Made by this program's own reading of a config.
  channels: z.array(z.custom<ChannelSettings>((found) => typeof found === "object")),
});

/** The name of an account: of a file, too, and of an address. */
export const accountName = /^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/;

const prefix = "RUNPODBOSS_ACCOUNT_";

/** The variable that holds the token of whoever may see all accounts together. */
export const adminTokenName = "RUNPODBOSS_ADMIN_TOKEN";

/** The variable that holds an account's secrets, as JSON. */
export function secretName(name: string): string {
  return `${prefix}${name.toUpperCase().replaceAll("-", "_")}`;
}

/** In the order of their names. */
export function accountsIn(bindings: Bindings): readonly string[] {
  return Object.keys(bindings)
    .filter((key) => key.startsWith(prefix))
    .map((key) => key.slice(prefix.length).toLowerCase().replaceAll("_", "-"))
    .filter((name) => accountName.test(name))
    .sort();
}

/** Undefined: there is no such account. */
export function secretsTextOf(bindings: Bindings, name: string): string | undefined {
  const key = secretName(name);
  const text = Object.hasOwn(bindings, key) ? bindings[key] : undefined;
  return accountName.test(name) && typeof text === "string" ? text : undefined;
}

/** Undefined: there is no such account, or what is held for it cannot be read. */
export function secretsOf(bindings: Bindings, name: string): AccountSecrets | undefined {
  const text = secretsTextOf(bindings, name);
  if (text === undefined) return undefined;
  try {
    const { data } = account.safeParse(JSON.parse(text));
    return data && { ...data, restUrl: data.restUrl };
  } catch {
    return undefined;
  }
}
