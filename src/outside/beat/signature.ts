const encoder = new TextEncoder();

/** What is said under a signature. */
export const signedKinds = ["beat", "orders", "status", "drill", "forget"] as const;

export type SignedKind = (typeof signedKinds)[number];

export interface Signed {
  readonly kind: SignedKind;
  readonly account: string;
  /** Higher than any before it: nothing is heard twice. */
  readonly count: number;
  readonly body: string;
}

/** Signs what is said for one account, so that nobody else can speak for it. In small hexadecimal letters. */
export async function signatureOf(key: string, signed: Signed): Promise<string> {
  const hmac = await crypto.subtle.sign("HMAC", await hmacKey(key, "sign"), bytesOf(signed));
  return [...new Uint8Array(hmac)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Takes the same time whatever is wrong with it. */
export async function isSignedBy(key: string, signature: string, signed: Signed): Promise<boolean> {
  if (!/^[0-9a-f]{64}$/.test(signature)) return false;
  const bytes = Uint8Array.from(signature.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
  return crypto.subtle.verify("HMAC", await hmacKey(key, "verify"), bytes, bytesOf(signed));
}

function hmacKey(key: string, use: "sign" | "verify"): ReturnType<typeof crypto.subtle.importKey> {
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  return crypto.subtle.importKey("raw", encoder.encode(key), algorithm, false, [use]);
}

/** No part can be read as another's: the body comes last, and the others hold no line end. */
function bytesOf({ kind, account, count, body }: Signed): Uint8Array<ArrayBuffer> {
  return encoder.encode(`runpodboss-${kind}-1\n${account}\n${count}\n${body}`);
}
