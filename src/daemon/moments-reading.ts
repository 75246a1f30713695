import { wordsOf } from "#errors.ts";
import type { Moments } from "#guard/model/spend.ts";
import type { Calendar, Clock } from "#ports.ts";
import type { Engine } from "./engine.ts";
import { oneAtATime } from "#within-limit.ts";

const limitMs = 2_000;
const what = "the calendar";

/**
 * Asks the calendar and hands what it says to the guard. What it cannot tell is unknown and told: nothing is
 * done by it.
 */
export function createMomentsReading(
  calendar: Calendar,
  engine: Pick<Engine, "take">,
  clock: Clock,
): () => Promise<void> {
  const withinLimit = oneAtATime(limitMs, clock);
  let isTroubled = false;
  let isEmpty = true;
  return async () => {
    const { moments, faults } = await withinLimit(() => calendar.momentsAt(clock.nowMs())).catch(
      (error: unknown) => ({ moments: nothingAt(clock.nowMs()), faults: [wordsOf(error)] }),
    );
    const atMs = clock.nowMs();
    if (faults.length > 0) {
      const because = `${faults.join("; ")}. Until it can tell, these budgets and schedules do nothing`;
      await engine.take({ kind: "trouble", what, atMs, because });
    } else if (isTroubled) await engine.take({ kind: "recovered", what, atMs });
    isTroubled = faults.length > 0;
    // Where nothing needs a calendar, nothing is said of it.
    const wasEmpty = isEmpty;
    isEmpty = Object.keys({ ...moments.periods, ...moments.schedules }).length === 0;
    if (!isEmpty || !wasEmpty) await engine.take({ kind: "moments", moments });
  };
}

function nothingAt(atMs: number): Moments {
  return { atMs, periods: {}, schedules: {} };
}
