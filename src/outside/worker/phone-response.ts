import { actHeaders, wholeActPage } from "#http/links/act-page.ts";
import { tooManyPage } from "#http/links/answer-pages.ts";
import { opened, outsideLinkKeyOf } from "#http/links/seal.ts";
import type { AccountGuard } from "#outside/account/account-guard.ts";
import { strangePage } from "#outside/phone/pages.ts";
import type { PhoneAnswer } from "#outside/phone/phone.ts";

/** Of a form with one field. */
export const mostFormBytes = 8 * 1_024;

/** Whether the account has made it: whoever only guesses wakes nobody, and has nothing written. */
export function isOfAccount(token: string, account: string, beatKey: string): boolean {
  return opened(token, outsideLinkKeyOf(beatKey, account)) !== undefined;
}

/** A button of a notification, as a browser asks for it. */
export async function phoneResponse(
  guard: Pick<AccountGuard, "open" | "press">,
  request: Request,
): Promise<Response> {
  const token = new URL(request.url).pathname.split("/")[3] ?? "";
  const isSure =
    request.method === "POST" && new URLSearchParams(await request.text()).get("sure") === "yes";
  const answer = isSure ? await guard.press(token) : await guard.open(token);
  if (answer !== undefined) return pageResponse(answer);
  return new Response(null, { status: 303, headers: { ...actHeaders, location: token } });
}

/** To whoever asks for what is no button, by whether too many have of late. */
export function strangeResponse(isTooMany: boolean): Promise<Response> {
  return pageResponse(
    isTooMany ? { status: 429, page: tooManyPage } : { status: 404, page: strangePage },
  );
}

async function pageResponse({ status, page, againSeconds }: PhoneAnswer): Promise<Response> {
  return new Response(await wholeActPage(page), {
    status,
    headers: {
      "content-type": "text/html; charset=utf-8",
      ...actHeaders,
      ...(againSeconds !== undefined && { refresh: String(againSeconds) }),
      ...((status === 503 || status === 429) && { "retry-after": "60" }),
    },
  });
}
