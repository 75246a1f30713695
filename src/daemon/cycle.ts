import { wordsOf } from "#errors.ts";
import type { Look, Seen } from "#guard/model/account.ts";
import { rounded } from "#guard/text.ts";
import type { Log } from "#log.ts";
import type { Paces } from "#paces.ts";
import type { Account, Clock } from "#ports.ts";
import { GivenUp, withinLimit } from "#within-limit.ts";
import type { OutsideBeats } from "#daemon/beside/outside-beats.ts";
import type { Engine } from "./engine.ts";
import type { Measuring } from "./measuring.ts";

export interface CycleDeps {
  readonly clock: Clock;
  readonly paces: Pick<Paces, "pollLimitMs">;
  readonly account: Account;
  readonly engine: Engine;
  readonly log: Log;
  /** Reads the leases and hands them to the guard. */
  readonly readLeases: () => Promise<unknown>;
  /** Asks the calendar and hands what it says to the guard. */
  readonly readMoments: () => Promise<unknown>;
  /** What was done elsewhere while this guard saw nothing is known before it decides. */
  readonly outside: OutsideBeats;
  readonly keepSample: (look: Seen) => void;
  readonly measuring: Measuring;
}

/** A poll that the end of a pod has overtaken is asked for again, so many times in all. */
const mostLooks = 3;

/**
 * One turn of the loop: poll, let the guard decide, and log what was seen. It ends whatever it waits
 * for: a poll that does not come back is a failed one. Throws what is a bug.
 */
export async function cycle(n: number, deps: CycleDeps, signal: AbortSignal): Promise<Look> {
  const { engine, log, keepSample, measuring } = deps;
  const look = await takenLook(deps, signal);
  if (signal.aborted) return look;
  switch (look.kind) {
    case "blind": {
      const { cause, because } = look;
      log.warn({ cycle: n, cause, because }, "poll failed; nothing decided");
      return look;
    }
    case "seen":
      sayWhatWasSeen(n, look, engine, log);
      keepSample(look);
      measuring.start(look, signal);
      return look;
  }
}

async function takenLook(deps: CycleDeps, signal: AbortSignal): Promise<Look> {
  const { engine, clock, paces } = deps;
  const leasesRead = readWithin(deps.readLeases, "leases not read", deps, signal);
  for (let looks = 1; ; looks += 1) {
    const askedAtMs = looks < mostLooks ? clock.nowMs() : Infinity;
    const look = await lookWithin(deps, signal);
    await leasesRead;
    await readWithin(deps.readMoments, "calendar not asked", deps, signal);
    await readWithin(
      () => deps.outside.catchUp(look, signal),
      "guard outside not heard",
      deps,
      signal,
    );
    if (signal.aborted) return look;
    const taking = engine.take({ kind: "look", look }, askedAtMs);
    const taken = await withinLimit(taking, paces.pollLimitMs, clock, signal).catch(
      (error: unknown) => {
        // Whoever ends the daemon does not wait for it, and that is no bug.
        if (error instanceof GivenUp && signal.aborted) return undefined;
        throw error;
      },
    );
    if (taken === "skipped") throw new Error("the guard could not take in the poll");
    if (taken !== "outdated") return look;
  }
}

async function lookWithin(
  { account, clock, paces }: CycleDeps,
  signal: AbortSignal,
): Promise<Look> {
  try {
    return await withinLimit(account.look(signal), paces.pollLimitMs, clock, signal);
  } catch (error) {
    if (!(error instanceof GivenUp)) throw error;
    const because = `given up: ${error.message}`;
    return { kind: "blind", atMs: clock.nowMs(), cause: "unreachable", because };
  }
}

/** What is unknown then is told by whoever reads it; here it only must not take for ever. */
async function readWithin(
  read: () => Promise<unknown>,
  otherwise: "leases not read" | "calendar not asked" | "guard outside not heard",
  { log, clock, paces }: CycleDeps,
  signal: AbortSignal,
): Promise<void> {
  try {
    await withinLimit(read(), paces.pollLimitMs, clock, signal);
  } catch (error) {
    if (!signal.aborted) log.error({ because: wordsOf(error) }, otherwise);
  }
}

function sayWhatWasSeen(n: number, look: Seen, engine: Engine, log: Log): void {
  const { burnPerHrUsd, pods, podsBecause, unreadablePods } = look;
  const fired = Object.entries(engine.state().fired).flatMap(([name, is]) => (is ? [name] : []));
  const clusters = pods === "unknown" ? 0 : pods.filter(({ cluster }) => cluster).length;
  log.info(
    {
      cycle: n,
      balanceUsd: rounded(look.balanceUsd),
      burnPerHrUsd: burnPerHrUsd === undefined ? "unknown" : rounded(burnPerHrUsd),
      pods: pods === "unknown" ? pods : pods.length - clusters,
      ...(clusters > 0 && { clusters }),
      ...(podsBecause !== undefined && { podsBecause }),
      ...(unreadablePods > 0 && { unreadablePods }),
      fired,
    },
    "polled",
  );
}
