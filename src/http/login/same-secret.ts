import { createHash, createHmac, timingSafeEqual } from "node:crypto";

/** Takes as long whatever the two have in common, and however long they are. */
export function isSame(given: string, secret: string): boolean {
  return timingSafeEqual(digest(given), digest(secret));
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}

/** A key for one purpose alone, made of the token: it dies with it. */
export function keyFor(purpose: string, token: string): Buffer {
  return createHmac("sha256", token).update(`runpodboss ${purpose}`).digest();
}

export function signed(text: string, key: Buffer): string {
  return createHmac("sha256", key).update(text).digest("base64url");
}
