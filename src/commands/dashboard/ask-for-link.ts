import type { HttpSettings } from "#config/settings.ts";
import { wordsOf } from "#errors.ts";
import { askForCode, codeAnswer, proofOfAnswer } from "#http/login/token-proof.ts";
import { isSame } from "#http/login/same-secret.ts";
import { exchange } from "#requests/exchange.ts";

export type Linked =
  | {
      readonly kind: "link";
      readonly link: string;
      readonly page: string;
      /** What listens there only says what it would do. */
      readonly isDryRun: boolean;
    }
  | { readonly kind: "failed"; readonly because: string };

const limits = { timeLimitMs: 5_000, maxBytes: 16_384 };

/**
 * Asks the daemon for a link that opens the page once. Whoever listens there in its place learns no token, and no link
 * of theirs is taken. Never throws.
 */
export async function askForLink(
  http: Pick<HttpSettings, "host" | "port">,
  token: string,
  signal: AbortSignal,
): Promise<Linked> {
  const page = pageAddress(http);
  const { host } = new URL(page);
  const asked = askForCode(token, host, Date.now());
  const failed = (because: string): Linked => ({ kind: "failed", because });
  try {
    const { status, text } = await exchange(
      new URL("/api/login-codes", page),
      {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(asked),
        signal,
        partOf: "asking for a link",
      },
      limits,
    );
    if (status === 401) return failed(`what listens at ${page} has another token`);
    if (status === 429)
      return failed(
        `${page} is asked for too much at the moment, or has been shown too many wrong tokens`,
      );
    const answer = codeAnswer.safeParse(jsonOf(text)).data;
    const isOurs =
      answer !== undefined && isSame(answer.proof, proofOfAnswer(answer.code, asked, token));
    if (status !== 200 || !isOurs) return failed(`what listens at ${page} is not the guard`);
    const link = new URL(`/open/${answer.code}`, page).href;
    return { kind: "link", link, page, isDryRun: answer.is_dry_run === true };
  } catch (error) {
    return failed(`${page} does not answer: ${wordsOf(error)}`);
  }
}

/** What listens on all addresses is asked on this machine. */
export function pageAddress({ host, port }: Pick<HttpSettings, "host" | "port">): string {
  const near = host === "0.0.0.0" ? "127.0.0.1" : host === "::" ? "::1" : host;
  return new URL(`http://${near.includes(":") ? `[${near}]` : near}:${port}/`).href;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
