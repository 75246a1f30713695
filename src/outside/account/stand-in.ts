import * as z from "zod";
import type { Acts } from "#outside/orders/from-outside.ts";

/** While a guard elsewhere stands in for a daemon that is silent, and until that has taken over what came of it. */
export interface StandIn {
  /** Unlike any other of this account. */
  readonly id: string;
  /** When the daemon was last heard. */
  readonly sinceMs: number;
  readonly acts: Acts;
  /** Why it does no more than tell, although it was asked to guard. */
  readonly because?: string | undefined;
  /** How far the clock here is ahead of the daemon's; 0 where they agree. */
  readonly aheadMs: number;
  /** When it was heard again. */
  readonly overAtMs?: number | undefined;
  /** What was handed over last, and perhaps taken. */
  readonly given?: { readonly id: string; readonly because: string } | undefined;
}

const schema = z.object({
  id: z.string(),
  sinceMs: z.number(),
  acts: z.enum(["tells", "guards"]),
  because: z.string().optional(),
  aheadMs: z.number(),
  overAtMs: z.number().optional(),
  given: z.object({ id: z.string(), because: z.string() }).optional(),
});

export function readStandIn(text: string | undefined): StandIn | undefined {
  return text === undefined ? undefined : schema.safeParse(JSON.parse(text)).data;
}
