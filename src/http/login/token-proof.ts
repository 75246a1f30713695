import { randomBytes } from "node:crypto";
import * as z from "zod";
import { minuteMs } from "#guard/model/time.ts";
import { isSame, keyFor, signed } from "./same-secret.ts";

/**
 * Who asks for a code proves that it knows the token without sending it, and so does who answers: whoever else may listen
 * at that address learns nothing, and can send nobody elsewhere.
 */
export const codeAsked = z.strictObject({
  at: z.int(),
  nonce: z.string().regex(/^[\w-]{20,60}$/),
  proof: z.string().max(100),
});

export const codeAnswer = z.object({
  code: z.string().regex(/^[\w-]{20,60}$/),
  proof: z.string(),
  /** A daemon of an earlier version does not say. */
  is_dry_run: z.boolean().optional(),
});

type Asked = z.infer<typeof codeAsked>;

/** A clock of the same machine, and the time a request takes. */
const freshMs = minuteMs;

/** `host` is what it is sent to: it proves nothing anywhere else. */
export function askForCode(token: string, host: string, atMs: number): Asked {
  const asked = { at: atMs, nonce: randomBytes(24).toString("base64url") };
  return { ...asked, proof: proofOf(asked, host, token) };
}

export function isProven(asked: Asked, host: string, token: string, nowMs: number): boolean {
  const isFresh = Math.abs(nowMs - asked.at) <= freshMs;
  return isSame(asked.proof, proofOf(asked, host, token)) && isFresh;
}

export function proofOfAnswer(
  code: string,
  { nonce }: Pick<Asked, "nonce">,
  token: string,
): string {
  return signed(`${nonce} ${code}`, keyFor("code given", token));
}

function proofOf({ at, nonce }: Omit<Asked, "proof">, host: string, token: string): string {
  return signed(`${at} ${nonce} ${host.toLowerCase()}`, keyFor("code asked", token));
}
