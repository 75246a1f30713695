import * as z from "zod";
import { wordsOf } from "#errors.ts";
import { type Answer, type HttpRequest, TransportError } from "#requests/answer.ts";
import { isSignedBy, signatureOf, type SignedKind } from "./signature.ts";

/** Where the guard outside is, and who speaks to it. */
export interface OutsideAddress {
  readonly url: string;
  readonly account: string;
  /** A secret. */
  readonly beatKey: string;
}

type SignedSent =
  | { readonly kind: "answered"; readonly body: unknown }
  /** `isRefused`: a guard answers there, and does not know this account, or not by this key. */
  | { readonly kind: "failed"; readonly because: string; readonly isRefused?: boolean }
  | { readonly kind: "interrupted" };

export type SendSigned = (
  kind: SignedKind,
  body: string,
  to: OutsideAddress,
  signal: AbortSignal,
) => Promise<SignedSent>;

const timeLimitMs = 10_000;
const maxBytes = 8 * 2 ** 20;

const replayed = z.object({ kind: z.literal("replayed"), count: z.int() });
const refused = z.object({ error: z.string() });

/**
 * Says things under a signature, each with a higher count than any before it, also of a process before this one: what
 * hears them says which it heard last. Its answers are under a signature as well. Never throws; no word holds the key.
 */
export function createSignedSender(
  request: HttpRequest,
  nowMs: () => number,
  limitMs = timeLimitMs,
): SendSigned {
  let lastCount = 0;

  async function once(
    kind: SignedKind,
    body: string,
    to: OutsideAddress,
    signal: AbortSignal,
  ): Promise<Answered> {
    const count = Math.max(lastCount + 1, nowMs());
    lastCount = count;
    const { url, account, beatKey } = to;
    const headers = {
      "content-type": "application/json",
      "x-runpodboss-count": String(count),
      "x-runpodboss-signature": await signatureOf(beatKey, { kind, account, count, body }),
    };
    const address = new URL(`${url.replace(/\/+$/, "")}/${kind}/${account}`);
    const asked = { method: "POST", headers, body, signal, partOf: kind };
    const answer = await request(address, asked, { timeLimitMs: limitMs, maxBytes });
    const signed = { kind: `answer-${kind}`, account, count, body: answer.text } as const;
    const signature = answer.headers["x-runpodboss-signature"] ?? "";
    return { ...answer, isSigned: await isSignedBy(beatKey, signature, signed) };
  }

  return async (kind, body, to, signal) => {
    try {
      const first = await once(kind, body, to, signal);
      const last =
        first.status === 409 && first.isSigned ? replayed.safeParse(read(first)).data : undefined;
      if (last === undefined) return sentBy(first);
      // Its clock was ahead, or ours was set back.
      lastCount = Math.max(lastCount, last.count);
      return sentBy(await once(kind, body, to, signal));
    } catch (error) {
      if (signal.aborted) return { kind: "interrupted" };
      const because = error instanceof TransportError ? error.message : wordsOf(error);
      return { kind: "failed", because };
    }
  };
}

const keyless = "what answers there does not have the key of this account";

interface Answered extends Answer {
  /** By the key of the account. */
  readonly isSigned: boolean;
}

function sentBy(answer: Answered): SignedSent {
  const { status, isSigned } = answer;
  const body = read(answer);
  if (body !== undefined && (status === 200 || status === 409)) {
    if (!isSigned) return { kind: "failed", because: keyless };
    if (status === 200) return { kind: "answered", body };
  }
  const { data } = refused.safeParse(body);
  return data === undefined
    ? { kind: "failed", because: `what answers there is no guard (HTTP ${status})` }
    : {
        kind: "failed",
        because: `it refuses: ${data.error} (HTTP ${status})`,
        ...((status === 403 || status === 404) && { isRefused: true }),
      };
}

function read({ text }: Answer): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
