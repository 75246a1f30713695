import * as z from "zod";
import type { Clock } from "#ports.ts";
import type { SendSigned } from "./send-signed.ts";

export type RoleSent =
  | { readonly kind: "ordered"; readonly was: "primary" | "standby" }
  | { readonly kind: "failed"; readonly because: string }
  | { readonly kind: "interrupted" };

const tries = 5;

const ordered = z.object({ kind: z.literal("ordered"), was: z.enum(["primary", "standby"]) });

/** Sends what `send` sends; one that has only just been deployed may take some seconds until it hears it. */
export async function sendRoleTo(
  send: (signal: AbortSignal) => ReturnType<SendSigned>,
  { clock, triesApartMs }: { readonly clock: Clock; readonly triesApartMs: number | undefined },
  signal: AbortSignal,
): Promise<RoleSent> {
  for (let n = 1; ; n++) {
    const sent = await send(signal);
    if (sent.kind === "interrupted") return sent;
    if (sent.kind === "answered") {
      return ordered.safeParse(sent.body).data ?? { kind: "failed", because: notOurs };
    }
    if (triesApartMs === undefined || n === tries) return sent;
    await clock.sleepUntil(clock.nowMs() + triesApartMs, signal);
  }
}

const notOurs = "what answers there is no guard";
