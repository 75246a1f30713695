import { expect, it } from "vitest";
import { createOutsideBeats, type OutsideBeatsDeps } from "#daemon/beside/outside-beats.ts";
import { decide } from "#guard/decide.ts";
import { emptyState, type GuardState } from "#guard/model/state.ts";
import type { Log } from "#log.ts";
import { createFakeClock } from "../../fake-clock.ts";
import { noticesOf, policy, seen } from "../../guard/samples.ts";

const never = new AbortController().signal;
const quiet = (): void => undefined;
const log: Log = { debug: quiet, info: quiet, warn: quiet, error: quiet };

type Sent = Awaited<ReturnType<OutsideBeatsDeps["send"]>>;

const remembered: Sent = { kind: "heard" };
const forgotten: Sent = { kind: "heard", hasForgotten: true };
const failed: Sent = { kind: "failed", because: "HTTP 500" };

it.each<[sentence: string, answers: readonly Sent[], told: readonly string[]]>([
  ["nothing of one that remembers it", [remembered, remembered, remembered], []],
  [
    "once of one that has forgotten it, and that it knows of it again",
    [remembered, forgotten, remembered, remembered],
    ["trouble", "recovered"],
  ],
  ["not that it knows of it again before that is so", [forgotten, failed], ["trouble"]],
])("a daemon tells people %s", async (_sentence, answers, told) => {
  let state: GuardState = emptyState;
  const events: string[] = [];
  const left = [...answers];
  const beats = createOutsideBeats({
    isWanted: () => true,
    send: () => Promise.resolve(left.shift() ?? remembered),
    clock: createFakeClock(),
    log,
    take(input) {
      state = decide(state, input, policy).state;
      events.push(...noticesOf(state.owed).map(({ event }) => event));
      state = { ...state, owed: [] };
      return Promise.resolve();
    },
    takeLeases: () => Promise.resolve(),
    takeWishes: () => Promise.resolve(false),
  });

  for (const _ of answers) {
    beats.looked(seen(), never);
    await beats.idle();
  }

  expect(events).toEqual(told);
});
