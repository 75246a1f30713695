import * as z from "zod";
import { minuteMs } from "#guard/model/time.ts";
import { emptyState } from "#guard/model/state.ts";
import { readOrders } from "#outside/orders/orders.ts";
import { lookAndDo } from "#outside/phone/look-and-do.ts";
import { writeLeaseBook } from "#store/lease-text.ts";
import type { AccountGuardDeps, SignedAnswer } from "./deps.ts";
import { aheadMsOf, begin } from "./begin.ts";
import { keyed, nothingOf, stateIn, textsOf } from "./kept-state.ts";
import { leasesByClockHere, withGiven } from "./leases-of.ts";
import { readReceived } from "./received.ts";
import { readStandIn } from "./stand-in.ts";

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

/** There is a machine again: its beats are waited for. */
const standby = z.strictObject({ version: z.literal(1), role: z.literal("standby") });

/** Makes this the account's only guard, with the rules that it is given, or one that waits for beats again. */
export async function takeOrders(
  { account, kept, clock, channelPolicies }: AccountGuardDeps,
  { count, body }: { readonly count: number; readonly body: string },
): Promise<SignedAnswer> {
  const nowMs = clock.nowMs();
  const all = await kept.read();
  const was = all["orders"] === undefined ? "standby" : "primary";
  if (standby.safeParse(read(body)).success) {
    if (was === "primary") await kept.wakeAt(nowMs);
    await kept.write({
      account,
      count: String(count),
      forgotten: undefined,
      ...(was === "primary" && {
        knownSinceMs: String(nowMs),
        orders: undefined,
        leases: undefined,
        ...nothingOf("own"),
      }),
    });
    return { kind: "ordered", nowMs, was };
  }
  const given = readPrimary(body);
  if (given === undefined || readOrders(given.orders) === undefined) {
    return { kind: "refused", because: "the rules are of a version that is not known here" };
  }
  await kept.wakeAt(nowMs);
  await kept.write({
    account,
    count: String(count),
    forgotten: undefined,
    orders: body,
    leases: all["leases"] ?? writeLeaseBook({ leases: {}, touchedAtMs: {} }),
    ...fromMachine(
      all,
      channelPolicies.map(({ name }) => name),
      nowMs,
    ),
    beat: undefined,
    standIn: undefined,
    ...nothingOf("base"),
    ...nothingOf("unheard"),
    // What cannot be read would keep it from looking for ever.
    ...(all["own.state"] !== undefined && stateIn(all, "own") === undefined && nothingOf("own")),
  });
  return { kind: "ordered", nowMs, was };
}

/** What the machine had come to when it was heard last: it goes on from there, and leases that were given hold. */
function fromMachine(
  all: Readonly<Record<string, string>>,
  channels: readonly string[],
  nowMs: number,
): Readonly<Record<string, string>> {
  const received = readReceived(all["beat"]);
  if (received === undefined) return {};
  const leases = withGiven(
    leasesByClockHere(received.beat.leases, aheadMsOf(received)),
    all["leases"],
  );
  const standIn = readStandIn(all["standIn"]);
  const isOwnNewer = standIn !== undefined && standIn.overAtMs === undefined;
  const { state, isFromItsState } = begin(received, nowMs, nowMs, channels);
  return {
    ...(leases !== undefined && { leases }),
    ...(isFromItsState && !isOwnNewer && keyed("own", textsOf(state))),
  };
}

/** One look of a guard that has no machine. */
export async function lookAsPrimary(
  deps: AccountGuardDeps,
  all: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<boolean> {
  const { kept, clock, log } = deps;
  const given = readPrimary(all["orders"]);
  // First of all: whatever becomes of this look, there is a next one.
  await kept.wakeAt(clock.nowMs() + (given?.everyMs ?? minuteMs));
  const orders = readOrders(given?.orders);
  const state = all["own.state"] === undefined ? emptyState : stateIn(all, "own");
  if (orders === undefined || state === undefined) {
    log.error({}, "what is kept of the rules or of the state cannot be read");
    return false;
  }
  const { url } = given ?? {};
  await lookAndDo(deps, { state, orders, acts: "guards", leases: all["leases"], url }, [], signal);
  return true;
}

export function readPrimary(text: string | undefined): Primary | undefined {
  return text === undefined ? undefined : primary.safeParse(read(text)).data;
}

function read(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
