import { expect, it } from "vitest";
import type { Log } from "#log.ts";
import { createAccountGuard } from "#outside/account/account-guard.ts";
import { createFakeClock } from "../fake-clock.ts";
import { fakeChannel } from "../notify/fake-channel.ts";
import { ordersWith } from "./kept.ts";

const quiet = (): void => undefined;
const log: Log = { debug: quiet, info: quiet, warn: quiet, error: quiet };

const refused = (): Promise<never> => Promise.reject(new Error("nothing is looked at"));

it.each<[what: string, kept: Readonly<Record<string, string>>]>([
  ["rules", { orders: "{" }],
  [
    "state",
    {
      orders: JSON.stringify({ version: 1, host: "laptop", everyMs: 60_000, orders: ordersWith() }),
      "own.state": "{",
      "own.runs": "{}",
    },
  ],
])(
  "a guard with no machine that cannot read its %s says so once, and looks at nothing",
  async (_what, before) => {
    const clock = createFakeClock();
    await clock.advanceTo(1_000_000);
    const all = new Map(Object.entries({ account: "main", ...before }));
    const { channel, messages } = fakeChannel();
    const wakes: number[] = [];
    const guard = createAccountGuard({
      account: "main",
      kept: {
        read: () => Promise.resolve(Object.fromEntries(all)),
        write(changes) {
          for (const [key, value] of Object.entries(changes)) {
            if (value === undefined) all.delete(key);
            else all.set(key, value);
          }
          return Promise.resolve();
        },
        wakeAt: (atMs) => Promise.resolve(void wakes.push(atMs)),
        forget: () => Promise.resolve(),
      },
      clock,
      log,
      beatKey: "a-key-of-this-test-that-nobody-else-has",
      runpod: () => ({ look: refused, measure: refused, end: refused }),
      channels: [channel],
      channelPolicies: [{ name: "ntfy", minSeverity: "info" }],
      accepted: new Set(),
    });

    await guard.wake();
    await guard.wake();

    expect(messages.map(({ event, text }) => `${event}: ${text}`)).toEqual([
      expect.stringMatching(
        /^silent: What is kept here of the rules or of the state cannot be read/,
      ),
    ]);
    expect(wakes).toEqual([1_060_000, 1_060_000]);
  },
);
