import { hostname } from "node:os";
import { createOutsideBeats, type OutsideBeats } from "#daemon/beside/outside-beats.ts";
import { createTakingWishes } from "#daemon/beside/taking-wishes.ts";
import type { Engine } from "#daemon/engine.ts";
import { zoneOr } from "#calendar/zone.ts";
import type { Settings } from "#config/settings.ts";
import { bookToGoBy } from "#guard/hand-over/book-to-go-by.ts";
import { mergedBooks } from "#guard/hand-over/merged-books.ts";
import type { Policy } from "#guard/model/policy.ts";
import { beatOf } from "#outside/beat/beat-of.ts";
import { createBeatSender } from "#outside/beat/send-beat.ts";
import type { Orders } from "#outside/orders/orders.ts";
import { exchange } from "#requests/exchange.ts";
import type { LeaseFile } from "#store/lease-file.ts";
import { writeLeaseBook } from "#store/lease-text.ts";
import type { WatchParts } from "./parts.ts";

/** The file of the leases, and what has the guard go by it. */
export interface LeaseParts {
  readonly leases: Pick<LeaseFile, "change">;
  readonly readLeases: () => Promise<unknown>;
}

/** The beats to the guard outside, made of what is in force. */
export function outsideBeatsOf(
  { live, clock, log, takeWish }: Pick<WatchParts, "live" | "clock" | "log" | "takeWish">,
  engine: Engine,
  { leases, readLeases }: LeaseParts,
): OutsideBeats {
  const wishes = createTakingWishes({ takeWish: takeWish ?? (() => undefined), clock, log });
  const send = createBeatSender(exchange, () => clock.nowMs());
  return createOutsideBeats({
    // A dry run would stand for the real guard, beside which it may go on.
    isWanted: () => live.settings().outside !== undefined && !live.settings().dryRun,
    async send(look, signal) {
      const settings = live.settings();
      const { outside, pollIntervalMs } = settings;
      if (outside === undefined) return { kind: "interrupted" };
      // Before the first poll nobody has read them yet.
      if (look === undefined) await readLeases();
      const state = engine.state();
      const { leaseBook } = state;
      const isBookKnown = leaseBook !== undefined && leaseBook !== "unknown";
      const nowMs = clock.nowMs();
      const beat = beatOf({
        host: hostname(),
        nowMs,
        nextInMs: pollIntervalMs,
        look,
        state,
        saved: engine.saved(),
        leases: isBookKnown ? writeLeaseBook(bookToGoBy(leaseBook, state, nowMs)) : null,
        orders: ordersOf(settings, live.policy()),
        onSilence: outside.onSilence,
        url: outside.url,
        tookWishes: [...wishes.took()],
      });
      return send(beat, outside, signal);
    },
    clock,
    log,
    take: (input) => engine.take(input),
    async takeLeases(given) {
      await leases.change((book) => mergedBooks(book, given));
      await readLeases();
    },
    takeWishes: (all) => wishes.take(all),
  });
}

/** What a guard elsewhere can go by. Its calendar is read in the zone of this machine where none is named. */
export function ordersOf(settings: Settings, policy: Policy): Orders {
  const { budgets, schedules, guards, dryRun } = settings;
  const needed = guards.beforeStopMustSucceed === true ? "must" : "wished";
  return {
    policy,
    calendar: {
      budgets: budgets.map(({ name, per, timeZone }) => ({
        name,
        per,
        timeZone: zoneOr(timeZone),
      })),
      schedules: schedules.map(({ name, cron, except, timeZone }) => ({
        name,
        cron,
        except,
        timeZone: zoneOr(timeZone),
      })),
    },
    beforeStop: guards.beforeStopCommand.length === 0 ? "none" : needed,
    isDry: dryRun,
  };
}
