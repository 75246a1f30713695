import { actHeaders, wholeActPage } from "#http/links/act-page.ts";
import { isPageLink } from "#outside/page/page-link.ts";
import { noPage, pageSeconds, summaryPage } from "#outside/page/page.ts";
import type { Summary } from "#outside/summary/contract.ts";
import type { AccountHost } from "./account-host.ts";
import { type Bindings, secretsOf } from "./accounts.ts";
import { refusal } from "./refusal.ts";

const type = { "content-type": "text/html; charset=utf-8" };

/** An account's page: whoever has no good link comes no further than here, and learns nothing. */
export async function routePage(
  { url, method }: Request,
  account: string,
  bindings: Bindings,
  hostOf: (account: string) => Pick<AccountHost, "fetch">,
): Promise<Response> {
  if (method !== "GET" && method !== "HEAD") return refusal(405, "this is asked for by GET");
  const asked = new URL(url);
  const beatKey = secretsOf(bindings, account)?.beatKey;
  const isGood =
    beatKey !== undefined && (await isPageLink(asked, { account, beatKey }, Date.now()));
  if (isGood) return hostOf(account).fetch(new Request(asked));
  return new Response(await wholeActPage(noPage), {
    status: 403,
    headers: { ...type, ...actHeaders },
  });
}

export async function pageResponse(summary: Summary): Promise<Response> {
  const headers = { ...type, ...actHeaders, refresh: String(pageSeconds) };
  return new Response(await wholeActPage(summaryPage(summary)), { headers });
}
