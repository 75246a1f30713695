import type { OutsideAddress } from "#outside/beat/send-signed.ts";
import { hmacOf, isHmacOf } from "#outside/beat/signature.ts";

/**
 * The address of an account's page, good until then: whoever has it sees the page, and can neither do anything by
 * it nor make another. It is to be shown to those only who may see the page.
 */
export async function pageLink(
  { url, account, beatKey }: OutsideAddress,
  untilMs: number,
): Promise<string> {
  const until = String(Math.floor(untilMs / 1_000));
  const sig = await hmacOf(await pageKeyOf(beatKey, account), until);
  return `${url.replace(/\/+$/, "")}/page/${account}?until=${until}&sig=${sig}`;
}

/** Whether an address that is asked for is such a one, and good now. Which of these it is not is nobody's business. */
export async function isPageLink(
  asked: URL,
  { account, beatKey }: Pick<OutsideAddress, "account" | "beatKey">,
  nowMs: number,
): Promise<boolean> {
  const until = asked.searchParams.get("until") ?? "";
  const sig = asked.searchParams.get("sig") ?? "";
  const isSigned = await isHmacOf(await pageKeyOf(beatKey, account), sig, until);
  return isSigned && /^\d{1,12}$/.test(until) && nowMs < Number(until) * 1_000;
}

/** A key of its own: a link says nothing of the key that it is made with, and signs nothing else. */
function pageKeyOf(beatKey: string, account: string): Promise<string> {
  return hmacOf(beatKey, `runpodboss-page-key-1\n${account}`);
}
