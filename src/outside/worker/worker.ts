import { createBuckets } from "#http/doors/bucket.ts";
import type { AccountHost } from "./account-host.ts";
import { AccountObject } from "./account-object.ts";
import { accountName, accountsIn, type Bindings, secretsOf } from "./accounts.ts";
import { bodyOf } from "./body.ts";
import { fleet } from "./fleet.ts";
import { routePage } from "./page-response.ts";
import { isOfAccount, mostFormBytes, strangeResponse } from "./phone-response.ts";
import { nothingHere, refusal } from "./refusal.ts";
import { minuteMs } from "#guard/model/time.ts";
import { signedKinds } from "#outside/beat/signature.ts";

interface Namespace {
  idFromName(name: string): unknown;
  get(id: unknown): { fetch(request: Request): Promise<Response> };
}

interface Env extends Bindings {
  readonly ACCOUNTS: Namespace;
}

/** Longer than any beat of an account with hundreds of pods; written down, it must fit in a row of 2 MB. */
const mostBytes = 1_000_000;

/** Wrong buttons, of one account. */
const strangersPerSecond = 5;
const mostAccounts = 1_000;
const isStrangeAllowed = createBuckets(strangersPerSecond, mostAccounts, { nowMs: Date.now });

/** Passes each request on to the host of its account; an account has no way to another's. */
export async function routeTo(
  request: Request,
  bindings: Bindings,
  hostOf: (account: string) => Pick<AccountHost, "fetch">,
): Promise<Response> {
  const { pathname, href } = new URL(request.url);
  const [, what, account = "", token = ""] = pathname.split("/");
  if (what === "act" && accountName.test(account)) {
    return routeButton(request, { account, token }, bindings, hostOf);
  }
  if (what === "page" && accountName.test(account)) {
    return routePage(request, account, bindings, hostOf);
  }
  if (pathname === "/fleet") return fleet(request, bindings, hostOf);
  if (!signedKinds.some((each) => each === what) || !accountName.test(account)) {
    return nothingHere();
  }
  if (request.method !== "POST") return refusal(405, "this is sent by POST");
  // Nothing is made, and nothing kept, for whom nobody knows.
  if (secretsOf(bindings, account) === undefined) return refusal(404, "there is no such account");
  const body = await bodyOf(request, mostBytes);
  if (body === undefined) return refusal(413, "too long");
  const { headers } = request;
  return hostOf(account).fetch(new Request(href, { method: "POST", headers, body }));
}

/** A phone's: what is no button of the account comes no further than here. */
async function routeButton(
  request: Request,
  { account, token }: { readonly account: string; readonly token: string },
  bindings: Bindings,
  hostOf: (account: string) => Pick<AccountHost, "fetch">,
): Promise<Response> {
  const { method, url } = request;
  const beatKey = secretsOf(bindings, account)?.beatKey;
  if (beatKey === undefined || !isOfAccount(token, account, beatKey)) {
    return strangeResponse(!isStrangeAllowed(account));
  }
  if (method !== "POST") return hostOf(account).fetch(new Request(url));
  const body = request.body === null ? "" : await bodyOf(request, mostFormBytes);
  if (body === undefined) return refusal(413, "too long");
  return hostOf(account).fetch(new Request(url, { method, body }));
}

/** One request of a Worker may lead to 50 others on the free plan. */
const mostAtOnce = 40;
/** As the cron has it, in wrangler.jsonc. */
const ticksApartMs = 10 * minuteMs;

/**
 * Wakes those that nothing else may wake: their alarm was lost, or what they kept. So many at once, in turn.
 */
export async function tickSome(
  bindings: Bindings,
  hostOf: (account: string) => Pick<AccountHost, "fetch">,
  nowMs: number,
): Promise<void> {
  const accounts = accountsIn(bindings);
  const pages = Math.ceil(accounts.length / mostAtOnce);
  const page = Math.floor(nowMs / ticksApartMs) % Math.max(1, pages);
  const inTurn = accounts.slice(page * mostAtOnce, (page + 1) * mostAtOnce);
  await Promise.allSettled(
    inTurn.map((name) => hostOf(name).fetch(new Request(`http://object/tick/${name}`))),
  );
}

function hostIn({ ACCOUNTS }: Env) {
  return (account: string) => ACCOUNTS.get(ACCOUNTS.idFromName(account));
}

export function route(request: Request, env: Env): Promise<Response> {
  return routeTo(request, env, hostIn(env));
}

export function tick(_event: unknown, env: Env): Promise<void> {
  return tickSome(env, hostIn(env), Date.now());
}

export { AccountObject as AccountGuard };

// oxlint-disable-next-line import/no-default-export -- How the platform finds it.
export default { fetch: route, scheduled: tick };
