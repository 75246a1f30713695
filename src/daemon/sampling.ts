import { wordsOf } from "#errors.ts";
import type { Seen } from "#guard/model/account.ts";
import type { Clock, SampleStore } from "#ports.ts";
import type { Engine } from "./engine.ts";
import { oneAtATime } from "#within-limit.ts";

const limitMs = 10_000;
const what = "balance samples";

/** Saves the balance and burn of each poll; nothing waits for it, and failures are notified. */
export function createSampling(
  store: SampleStore,
  engine: Pick<Engine, "take">,
  clock: Clock,
): (look: Seen) => void {
  const withinLimit = oneAtATime(limitMs, clock);
  let isTroubled = false;
  let isBusy = false;

  async function keep({ atMs, balanceUsd, burnPerHrUsd }: Seen): Promise<void> {
    isBusy = true;
    try {
      await withinLimit(() => store.add({ atMs, balanceUsd, burnPerHrUsd }));
      if (isTroubled) await engine.take({ kind: "recovered", what, atMs: clock.nowMs() });
      isTroubled = false;
    } catch (error) {
      isTroubled = true;
      await engine.take({ kind: "trouble", what, atMs: clock.nowMs(), because: wordsOf(error) });
    } finally {
      isBusy = false;
    }
  }

  return (look) => {
    if (!isBusy) void keep(look);
  };
}
