import type { Look, Seen } from "#guard/model/account.ts";
import { rounded } from "#guard/text.ts";
import type { Log } from "#log.ts";
import type { Account } from "#ports.ts";
import type { Engine } from "./engine.ts";
import type { Measuring } from "./measuring.ts";

export interface CycleDeps {
  readonly account: Account;
  readonly engine: Engine;
  readonly log: Log;
  /** Reads the leases and hands them to the guard. */
  readonly readLeases: () => Promise<unknown>;
  readonly keepSample: (look: Seen) => void;
  readonly measuring: Measuring;
}

/** One turn of the loop: poll, let the guard decide, and log what was seen. */
export async function cycle(
  n: number,
  { account, engine, log, readLeases, keepSample, measuring }: CycleDeps,
  signal: AbortSignal,
): Promise<Look> {
  const [look] = await Promise.all([account.look(signal), readLeases()]);
  if (signal.aborted) return look;
  await engine.take({ kind: "look", look });
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

function sayWhatWasSeen(n: number, look: Seen, engine: Engine, log: Log): void {
  const { burnPerHrUsd, pods, podsBecause, unreadablePods } = look;
  const fired = Object.entries(engine.state().fired).flatMap(([name, is]) => (is ? [name] : []));
  log.info(
    {
      cycle: n,
      balanceUsd: rounded(look.balanceUsd),
      burnPerHrUsd: burnPerHrUsd === undefined ? "unknown" : rounded(burnPerHrUsd),
      pods: pods === "unknown" ? pods : pods.length,
      ...(podsBecause !== undefined && { podsBecause }),
      ...(unreadablePods > 0 && { unreadablePods }),
      fired,
    },
    "polled",
  );
}
