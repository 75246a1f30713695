/** So many requests in so long; then none until the window is over. */
export interface RateWindow {
  readonly name: string;
  readonly quota: number;
  readonly windowSeconds: number;
}

interface Counted extends RateWindow {
  readonly endsAtMs: number;
  readonly used: number;
}

export interface Rate {
  set(windows: readonly RateWindow[]): void;
  /** Counts one request. Seconds to wait where a window is used up: the longest counts. */
  take(): { readonly headers: Readonly<Record<string, string>>; readonly waitSeconds: number };
}

/** Windows that begin where they are set, by the account's clock. */
export function createRate(nowMs: () => number): Rate {
  let windows: readonly Counted[] = [];

  function secondsTo({ endsAtMs }: Counted): number {
    return Math.ceil((endsAtMs - nowMs()) / 1000);
  }

  return {
    set(wanted) {
      windows = wanted.map((window) => ({
        ...window,
        endsAtMs: nowMs() + window.windowSeconds * 1000,
        used: 0,
      }));
    },
    take() {
      windows = windows.map((window) => anew(window, nowMs()));
      const spent = windows.filter(({ quota, used }) => used >= quota);
      if (spent.length === 0) windows = windows.map((one) => ({ ...one, used: one.used + 1 }));
      return { headers: headersOf(windows, secondsTo), waitSeconds: longest(spent, secondsTo) };
    },
  };
}

function anew(window: Counted, nowMs: number): Counted {
  const lengthMs = window.windowSeconds * 1000;
  if (nowMs < window.endsAtMs) return window;
  const whole = Math.floor((nowMs - window.endsAtMs) / lengthMs) + 1;
  return { ...window, endsAtMs: window.endsAtMs + whole * lengthMs, used: 0 };
}

function longest(windows: readonly Counted[], secondsTo: (window: Counted) => number): number {
  return Math.max(0, ...windows.map(secondsTo));
}

function headersOf(windows: readonly Counted[], secondsTo: (window: Counted) => number) {
  if (windows.length === 0) return {};
  const left = windows.map((one) => `"${one.name}";r=${one.quota - one.used};t=${secondsTo(one)}`);
  const policy = windows.map((one) => `"${one.name}";q=${one.quota};w=${one.windowSeconds}`);
  return { ratelimit: left.join(", "), "ratelimit-policy": policy.join(", ") };
}
