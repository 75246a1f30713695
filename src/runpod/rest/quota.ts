import { exhausted, isHalfUsed, paceMs, type RateWindow, rateWindowsIn } from "./rate-limits.ts";

/** What RunPod's rate windows allow, by its last answer that told of them. */
export interface Quota {
  /** Counts one request. */
  sent(): void;
  note(headers: Readonly<Record<string, string>>): void;
  exhausted(): ReturnType<typeof exhausted>;
  isHalfUsed(): boolean;
  /** Begins to count the requests of a poll: all that are sent until the next one begins count for it. */
  beginPoll(): void;
  paceMs(): number | undefined;
}

/** A poll asks at least for the balance and one page of pods. */
const leastRequests = 2;

export function createQuota(nowMs: () => number): Quota {
  let windows: readonly RateWindow[] = [];
  let toldAtMs = 0;
  let sent = 0;
  let ofLastPoll = leastRequests;

  function ageMs(): number {
    return nowMs() - toldAtMs;
  }

  function ofPoll(): number {
    return Math.max(leastRequests, sent, ofLastPoll);
  }

  return {
    sent() {
      sent += 1;
    },
    note(headers) {
      const told = rateWindowsIn(headers);
      if (told.length === 0) return;
      windows = told.map((each) => withPolicy(each, windows));
      toldAtMs = nowMs();
    },
    exhausted: () => exhausted(windows, ageMs()),
    isHalfUsed: () => isHalfUsed(windows, ageMs()),
    beginPoll() {
      ofLastPoll = Math.max(leastRequests, sent);
      sent = 0;
    },
    paceMs: () => paceMs(windows, ofPoll()),
  };
}

/** The policy is not told with every answer, and does not change. */
function withPolicy(told: RateWindow, before: readonly RateWindow[]): RateWindow {
  const known = before.find(({ name }) => name === told.name);
  return {
    ...told,
    quota: told.quota ?? known?.quota,
    lengthMs: told.lengthMs ?? known?.lengthMs,
  };
}
