import * as z from "zod";
import { podRow } from "#outside/account/pod-rows.ts";

const tookWish = z.object({
  id: z.string(),
  isOver: z.boolean(),
  isDone: z.boolean(),
  words: z.string(),
});

/** What a daemon says of itself after each look. It holds no secret. */
const beat = z.object({
  version: z.literal(1),
  /** The machine's name, for people. */
  host: z.string(),
  /** By the daemon's clock. */
  sentAtMs: z.number(),
  /** Its process has not polled yet: it may end before it ever does. */
  isStart: z.boolean().optional(),
  /** The next one comes by then, by the daemon's own word. */
  nextInMs: z.number().nonnegative(),
  look: z.object({
    isBlind: z.boolean(),
    balanceUsd: z.number().optional(),
    burnPerHrUsd: z.number().optional(),
    /** The ids of the pods that it knows; null: it does not know which there are. */
    pods: z.array(z.string()).nullable(),
    /** What its last list has shown of them; absent: it had none. */
    rows: z.array(podRow).optional(),
  }),
  /** As its files have them. */
  state: z.string(),
  runs: z.string(),
  /** As its file has them; null: it could not be read. */
  leases: z.string().nullable(),
  orders: z.unknown(),
  onSilence: z.enum(["notify", "guard"]),
  /** What was handed back to it last, and is in its files now. */
  tookBack: z.string().optional(),
  /** Where it reaches the guard outside: buttons of notifications lead there. */
  url: z.string().optional(),
  /** What came of what people have pressed there. */
  tookWishes: z.array(tookWish).optional(),
});

export type Beat = z.infer<typeof beat>;

export function readBeat(body: string): Beat | undefined {
  try {
    return beat.safeParse(JSON.parse(body)).data;
  } catch {
    return undefined;
  }
}
