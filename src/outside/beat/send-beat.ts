import * as z from "zod";
import type { LeaseBook } from "#guard/model/run.ts";
import type { GuardState } from "#guard/model/state.ts";
import { stateOf } from "#outside/account/kept-state.ts";
import { shiftedBook } from "#outside/account/leases-of.ts";
import type { HttpRequest } from "#requests/answer.ts";
import { readLeaseBook } from "#store/lease-text.ts";
import type { Beat } from "./beat.ts";
import { createSignedSender, type OutsideAddress } from "./send-signed.ts";

interface HandedOver {
  readonly id: string;
  readonly aheadMs: number;
  readonly base: GuardState;
  readonly theirs: GuardState;
  readonly channels: readonly string[];
  readonly because: string;
  /** What people were given there, by the clock here. */
  readonly leases?: LeaseBook;
}

export type BeatSent =
  | {
      readonly kind: "heard";
      /** It has heard beats of this process before, and knows of none. */
      readonly hasForgotten?: boolean;
      readonly back?: HandedOver | undefined;
      /** What people have pressed there, until it is said what came of it. */
      readonly wishes?: readonly SentWish[] | undefined;
    }
  | { readonly kind: "failed"; readonly because: string }
  | { readonly kind: "interrupted" };

interface SentWish {
  readonly id: string;
  readonly token: string;
}

const texts = z.object({ state: z.string(), runs: z.string() });

const heard = z.object({
  kind: z.literal("heard"),
  isFirst: z.boolean().optional(),
  back: z
    .object({
      id: z.string(),
      aheadMs: z.number(),
      base: texts,
      theirs: texts,
      channels: z.array(z.string()),
      because: z.string(),
      leases: z.string().optional(),
    })
    .optional(),
  wishes: z.array(z.object({ id: z.string(), token: z.string() })).optional(),
});

/** Sends beats. Never throws; no word holds the key. */
export function createBeatSender(request: HttpRequest, nowMs: () => number) {
  const send = createSignedSender(request, nowMs);
  let heardBy: string | undefined;
  return async (beat: Beat, to: OutsideAddress, signal: AbortSignal): Promise<BeatSent> => {
    const sent = await send("beat", JSON.stringify(beat), to, signal);
    if (sent.kind !== "answered") return sent;
    const by = JSON.stringify([to.url, to.account]);
    const answer = beatSentBy(sent.body, heardBy === by);
    if (answer.kind === "heard") heardBy = by;
    return answer;
  };
}

function beatSentBy(body: unknown, wasHeard: boolean): BeatSent {
  const { data } = heard.safeParse(body);
  if (data === undefined) return { kind: "failed", because: "what answers there is no guard" };
  const { isFirst = false, back, wishes = [] } = data;
  const answer = {
    kind: "heard",
    ...(isFirst && wasHeard && { hasForgotten: true }),
    ...(wishes.length > 0 && { wishes }),
  } as const;
  if (back === undefined) return answer;
  const [base, theirs] = [stateOf(back.base), stateOf(back.theirs)];
  const { leases: text, ...rest } = back;
  const read = text === undefined ? undefined : readLeaseBook(text);
  if (base === undefined || theirs === undefined || read?.kind === "broken") {
    return { kind: "failed", because: "what it hands over cannot be read here" };
  }
  const leases = read && shiftedBook(read.book, -back.aheadMs);
  return { ...answer, back: { ...rest, base, theirs, ...(leases && { leases }) } };
}
