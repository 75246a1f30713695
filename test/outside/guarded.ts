import type { Look } from "#guard/model/account.ts";
import { createAccountGuard } from "#outside/account/account-guard.ts";
import { signatureOf, type SignedKind } from "#outside/beat/signature.ts";
import type { Log } from "#log.ts";
import type { Channel } from "#notify/channel.ts";
import { createFakeClock } from "../fake-clock.ts";
import { type Kept, keptOfPrimary } from "./kept.ts";

const beatKey = "a-beat-key-of-this-test-and-of-no-other";
const nothing = (): undefined => undefined;
const log: Log = { debug: nothing, info: nothing, warn: nothing, error: nothing };

/** A guard without a machine, whose looks are over when the test says so. */
export function guarded(kept: Kept = keptOfPrimary([]), channels: readonly Channel[] = []) {
  const all = new Map(Object.entries(kept));
  const clock = createFakeClock();
  const written: string[] = [];
  const wakes: number[] = [];
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
      wakeAt(atMs) {
        wakes.push(atMs);
        return Promise.resolve();
      },
      forget() {
        all.clear();
        return Promise.resolve();
      },
    },
    clock,
    log,
    beatKey,
    runpod: () => ({
      look: (signal) => new Promise((end) => looks.push({ signal, end })),
      measure: () => Promise.resolve({ kind: "measured", atMs: 0, samples: [] }),
      end: () => Promise.reject(new Error("nothing is ended here")),
    }),
    channels,
    channelPolicies: channels.map(({ name }) => ({ name, minSeverity: "info" })),
    accepted: new Set(),
  });
  const say = async (kind: SignedKind, count: number, { body = "{}", key = beatKey } = {}) => {
    const signature = await signatureOf(key, { kind, account: "main", count, body });
    return guard.receive(kind, { count, signature, body });
  };
  return { guard, clock, all, say, written, wakes, looks };
}
