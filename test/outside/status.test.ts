import { describe, expect, it } from "vitest";
import type { Look } from "#guard/model/account.ts";
import { createAccountGuard } from "#outside/account/account-guard.ts";
import { signatureOf } from "#outside/beat/signature.ts";
import type { Log } from "#log.ts";
import { blind } from "../guard/samples.ts";
import { createFakeClock } from "../fake-clock.ts";
import { keptOfPrimary } from "./kept.ts";

const beatKey = "a-beat-key-of-this-test-and-of-no-other";
const nothing = (): undefined => undefined;
const log: Log = { debug: nothing, info: nothing, warn: nothing, error: nothing };

/** A guard without a machine, whose looks are over when the test says so. */
function guarded() {
  const all = new Map(Object.entries(keptOfPrimary([])));
  const written: string[] = [];
  const looks: { readonly signal: AbortSignal; readonly end: (look: Look) => void }[] = [];
  const guard = createAccountGuard({
    account: "main",
    kept: {
      read: () => Promise.resolve(Object.fromEntries(all)),
      write(changes) {
        for (const [key, value] of Object.entries(changes)) {
          written.push(key);
          if (value === undefined) all.delete(key);
          else all.set(key, value);
        }
        return Promise.resolve();
      },
      wakeAt: () => Promise.resolve(),
      forget: () => Promise.reject(new Error("nobody asked for that")),
    },
    clock: createFakeClock(),
    log,
    beatKey,
    runpod: () => ({
      look: (signal) => new Promise((end) => looks.push({ signal, end })),
      measure: () => Promise.resolve({ kind: "measured", atMs: 0, samples: [] }),
      end: () => Promise.reject(new Error("nothing is ended here")),
    }),
    channels: [],
    channelPolicies: [],
    accepted: new Set(),
  });
  const ask = async (count: number, key = beatKey) => {
    const body = "{}";
    const signature = await signatureOf(key, { kind: "status", account: "main", count, body });
    return guard.receive("status", { count, signature, body });
  };
  return { guard, ask, written, looks };
}

describe("status, asked for under a signature", () => {
  it("answers what is known, and writes only that it was asked", async () => {
    const { ask, written } = guarded();

    expect(await ask(7)).toMatchObject({
      kind: "summed-up",
      summary: { account: "main", role: "primary", acts: "guards" },
    });
    expect(written).toEqual(["count"]);
  });

  it("ends no look that is under way", async () => {
    const { guard, ask, looks } = guarded();
    const woken = guard.wake();
    await expect.poll(() => looks.length).toBe(1);

    const answer = await ask(7);

    expect(answer.kind).toBe("summed-up");
    expect(looks[0]?.signal.aborted).toBe(false);
    looks[0]?.end(blind());
    await woken;
  });

  it("answers nobody twice, and nobody with another key", async () => {
    const { ask, written } = guarded();
    await ask(7);

    expect(await ask(7)).toEqual({ kind: "replayed", count: 7 });
    expect(await ask(8, "another-key-of-another-account-than-this")).toMatchObject({
      kind: "refused",
    });
    expect(written).toEqual(["count"]);
  });
});
