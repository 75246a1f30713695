import { createHash, createHmac, hkdfSync, timingSafeEqual } from "node:crypto";
import { type Link, linkIn, linkText } from "./link.ts";

/** Longer ones are neither made nor looked at. */
export const longestToken = 512;

/** Of whoever has it not, none can make a link; of whoever has one, none can make another. */
export type LinkKey = Buffer;

/** A key of its own: a link says nothing of the token that it is made with. */
export function linkKeyOf(httpToken: string): LinkKey {
  return Buffer.from(hkdfSync("sha256", httpToken, "", "runpodboss: links in notifications", 32));
}

/** The same for what is opened through the guard outside, which has the key of its beats, too; each account has another. */
export function outsideLinkKeyOf(beatKey: string, account: string): LinkKey {
  return Buffer.from(hkdfSync("sha256", beatKey, account, "runpodboss: links from outside", 32));
}

/** What stands before a token that is opened through the guard outside. */
export function outsideActBase(url: string, account: string): string {
  return `${url.replace(/\/+$/, "")}/act/${account}/`;
}

/** `PAYLOAD.SIGNATURE`, to stand in an address. Undefined: it would be too long. */
export function sealed(link: Link, key: LinkKey): string | undefined {
  const payload = Buffer.from(linkText(link), "utf8").toString("base64url");
  const token = `${payload}.${signatureOf(payload, key).toString("base64url")}`;
  return token.length <= longestToken ? token : undefined;
}

/** Undefined: it was not made with this key, or somebody has changed it; nothing tells which. */
export function opened(token: string, key: LinkKey): Link | undefined {
  if (token.length > longestToken) return undefined;
  const [payload = "", signature = "", ...more] = token.split(".");
  if (more.length > 0) return undefined;
  const given = Buffer.from(signature, "base64url");
  const right = signatureOf(payload, key);
  if (given.length !== right.length || !timingSafeEqual(given, right)) return undefined;
  // The same in other letters would be another token, good for once more.
  if (given.toString("base64url") !== signature) return undefined;
  return linkIn(Buffer.from(payload, "base64url").toString("utf8"));
}

function signatureOf(payload: string, key: LinkKey): Buffer {
  return createHmac("sha256", key).update(payload).digest();
}

/** What a token that was used is known by: nobody can make the token of it. */
export function markOf(token: string): string {
  return createHash("sha256").update(token).digest("base64url").slice(0, 22);
}
