import { describe, expect, it } from "vitest";
import type { Look } from "#guard/model/account.ts";
import { runNameOf } from "#guard/pods/run/run-name.ts";
import type { Link } from "#http/links/link.ts";
import { outsideLinkKeyOf, sealed } from "#http/links/seal.ts";
import type { Log } from "#log.ts";
import { createAccountGuard } from "#outside/account/account-guard.ts";
import { stateIn } from "#outside/account/kept-state.ts";
import { readLeaseBook } from "#store/lease-text.ts";
import { createFakeClock } from "../fake-clock.ts";
import { guarding, leaseGuard, seen } from "../guard/samples.ts";
import { keptOfPrimary, ordersWith, startMs } from "./kept.ts";

const account = "main";
const beatKey = "a-beat-key-of-this-test-and-of-no-other";
const nothing = (): undefined => undefined;
const log: Log = { debug: nothing, info: nothing, warn: nothing, error: nothing };
const look = seen({ atMs: startMs });

/** A guard without a machine that has seen a pod, whose looks are over when the test says so. */
async function guarded() {
  const orders = ordersWith(guarding({ lease: leaseGuard }));
  const all = new Map(Object.entries(keptOfPrimary([look], orders)));
  const kept = () => Object.fromEntries(all);
  const looks: ((found: Look) => void)[] = [];
  const wakes: number[] = [];
  const clock = createFakeClock();
  await clock.advanceTo(startMs);
  const guard = createAccountGuard({
    account,
    kept: {
      read: () => Promise.resolve(kept()),
      write(changes) {
        for (const [key, value] of Object.entries(changes)) {
          if (value === undefined) all.delete(key);
          else all.set(key, value);
        }
        return Promise.resolve();
      },
      forget: () => Promise.reject(new Error("nobody asked for that")),
      wakeAt: (atMs) => Promise.resolve(void wakes.push(atMs)),
    },
    clock,
    log,
    beatKey,
    runpod: () => ({
      look: () => new Promise((end) => looks.push(end)),
      measure: () => Promise.resolve({ kind: "measured", atMs: startMs, samples: [] }),
      end: () => Promise.reject(new Error("nothing is ended here")),
    }),
    channels: [],
    channelPolicies: [],
    accepted: new Set(),
  });
  const run = stateIn(kept(), "own")?.runs["p1"];
  if (run === undefined) throw new Error("there is no such run");
  const made = { podId: "p1", run: runNameOf(run), about: { kind: "burn" }, madeAtMs: startMs };
  const extend: Link = { action: "extend", hours: 2, ...made } as Link;
  const leasedMs = (): number | undefined => {
    const read = readLeaseBook(kept()["leases"] ?? "");
    return read.kind === "book" ? read.book.leases["p1"]?.endsAtMs : undefined;
  };
  return {
    guard,
    token: sealed(extend, outsideLinkKeyOf(beatKey, account)) ?? "",
    looks,
    wakes,
    leasedMs,
    /** When that many looks have begun. */
    begun: async (count: number): Promise<void> => {
      await expect.poll(() => looks.length).toBe(count);
    },
  };
}

describe("a button of a guard with no machine", () => {
  it("wakes it at once", async () => {
    const { guard, token, wakes } = await guarded();

    await guard.press(token);

    expect(wakes).toEqual([startMs]);
  });

  it("that is pressed while a look is under way is followed by another look, by which it is done", async () => {
    const { guard, token, looks, wakes, begun, leasedMs } = await guarded();
    const woken = guard.wake();
    await begun(1);

    await guard.press(token);
    const meanwhile = leasedMs();
    looks[0]?.(look);
    await begun(2);
    looks[1]?.(look);
    await woken;

    expect(meanwhile).toBeUndefined();
    expect(leasedMs()).toBe(startMs + 6 * 3_600_000);
    // Its own alarm was never put off, nor set to what is over.
    expect(new Set(wakes)).toEqual(new Set([startMs + 60_000]));
  });

  it("is good for once, also where it is done already", async () => {
    const { guard, token, looks, begun, leasedMs } = await guarded();
    await guard.press(token);
    const woken = guard.wake();
    await begun(1);
    looks[0]?.(look);
    await woken;

    const again = await guard.press(token);

    expect(again).toMatchObject({
      status: 200,
      page: { title: expect.stringMatching(/^Done: /) as string },
    });
    expect(leasedMs()).toBe(startMs + 6 * 3_600_000);
  });
});
