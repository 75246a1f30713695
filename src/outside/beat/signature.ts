const encoder = new TextEncoder();

/** What is said under a signature. */
export const signedKinds = ["beat", "orders", "status", "drill", "forget"] as const;

export type SignedKind = (typeof signedKinds)[number];

export interface Signed {
  /** An answer is signed, too: of whoever stands on the way, nobody believes what was done. */
  readonly kind: SignedKind | `answer-${SignedKind}`;
  readonly account: string;
  /** Higher than any before it: nothing is heard twice. Of an answer, that of what it answers. */
  readonly count: number;
  readonly body: string;
}

/** Signs what is said for one account, so that nobody else can speak for it. In small hexadecimal letters. */
export function signatureOf(key: string, signed: Signed): Promise<string> {
  return hmacOf(key, textOf(signed));
}

/** Takes the same time whatever is wrong with it. */
export function isSignedBy(key: string, signature: string, signed: Signed): Promise<boolean> {
  return isHmacOf(key, signature, textOf(signed));
}

export async function hmacOf(key: string, text: string): Promise<string> {
  const bytes = encoder.encode(text);
  const hmac = await crypto.subtle.sign("HMAC", await hmacKey(key, "sign"), bytes);
  return [...new Uint8Array(hmac)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

export async function isHmacOf(key: string, given: string, text: string): Promise<boolean> {
  if (!/^[0-9a-f]{64}$/.test(given)) return false;
  const bytes = Uint8Array.from(given.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
  return crypto.subtle.verify("HMAC", await hmacKey(key, "verify"), bytes, encoder.encode(text));
}

function hmacKey(key: string, use: "sign" | "verify"): ReturnType<typeof crypto.subtle.importKey> {
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  return crypto.subtle.importKey("raw", encoder.encode(key), algorithm, false, [use]);
}

/** No part can be read as another's: the body comes last, and the others hold no line end. */
function textOf({ kind, account, count, body }: Signed): string {
  return `runpodboss-${kind}-1\n${account}\n${count}\n${body}`;
}
