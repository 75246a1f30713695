import * as z from "zod";
import { minuteMs } from "#guard/model/time.ts";
import { emptyState } from "#guard/model/state.ts";
import { readOrders } from "#outside/orders/orders.ts";
import { lookAndDo } from "#outside/phone/look-and-do.ts";
import { writeLeaseBook } from "#store/lease-text.ts";
import type { AccountGuardDeps, SignedAnswer } from "./deps.ts";
import { nothingOf, stateIn } from "./kept-state.ts";

/** What a guard that has no machine goes by. It holds no secret. */
const primary = z.object({
  version: z.literal(1),
  /** Where it was given, for people. */
  host: z.string(),
  /** How often it looks. */
  everyMs: z.number().min(minuteMs),
  orders: z.unknown(),
  /** Where this is reached: buttons of notifications lead there. */
  url: z.string().optional(),
});

type Primary = z.infer<typeof primary>;

/** Makes this the account's only guard, with the rules that it is given. */
export async function takeOrders(
  { account, kept, clock }: AccountGuardDeps,
  { count, body }: { readonly count: number; readonly body: string },
): Promise<SignedAnswer> {
  const given = readPrimary(body);
  if (given === undefined || readOrders(given.orders) === undefined) {
    return { kind: "refused", because: "the rules are of a version that is not known here" };
  }
  const nowMs = clock.nowMs();
  const all = await kept.read();
  await kept.wakeAt(nowMs);
  await kept.write({
    account,
    count: String(count),
    orders: body,
    leases: all["leases"] ?? writeLeaseBook({ leases: {}, touchedAtMs: {} }),
    beat: undefined,
    standIn: undefined,
    ...nothingOf("base"),
    ...nothingOf("unheard"),
  });
  return { kind: "ordered", nowMs };
}

/** One look of a guard that has no machine. */
export async function lookAsPrimary(
  deps: AccountGuardDeps,
  all: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<void> {
  const { kept, clock, log } = deps;
  const given = readPrimary(all["orders"]);
  // First of all: whatever becomes of this look, there is a next one.
  await kept.wakeAt(clock.nowMs() + (given?.everyMs ?? minuteMs));
  const orders = readOrders(given?.orders);
  const state = all["own.state"] === undefined ? emptyState : stateIn(all, "own");
  if (orders === undefined || state === undefined) {
    log.error({}, "what is kept of the rules or of the state cannot be read");
    return;
  }
  const { url } = given ?? {};
  await lookAndDo(deps, { state, orders, acts: "guards", leases: all["leases"], url }, [], signal);
}

export function readPrimary(text: string | undefined): Primary | undefined {
  if (text === undefined) return undefined;
  try {
    return primary.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
