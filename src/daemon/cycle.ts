import type { Look, Seen } from "../guard/model.ts";
import { fixed } from "../guard/money.ts";
import type { Log } from "../log.ts";
import type { Account } from "../ports.ts";
import type { Guard } from "./guard.ts";

/** One turn of the loop: look, let the guard decide, and say what was seen. */
export async function cycle(
  n: number,
  { account, guard, log }: { account: Account; guard: Guard; log: Log },
  signal: AbortSignal,
): Promise<Look> {
  const look = await account.look(signal);
  if (signal.aborted) return look;
  await guard.take({ kind: "look", look });
  switch (look.kind) {
    case "blind": {
      const { cause, because } = look;
      log.warn({ cycle: n, cause, because }, "could not look; nothing is decided");
      return look;
    }
    case "seen":
      sayWhatWasSeen(n, look, guard, log);
      return look;
  }
}

function sayWhatWasSeen(n: number, look: Seen, guard: Guard, log: Log): void {
  const { burnPerHrUsd = "unknown", pods, podsBecause, unreadablePods } = look;
  const balanceUsd = Number(fixed(look.balanceUsd, 4));
  const fired = Object.entries(guard.state().fired).flatMap(([name, is]) => (is ? [name] : []));
  log.info(
    {
      cycle: n,
      balanceUsd,
      burnPerHrUsd,
      pods: pods === "unknown" ? pods : pods.length,
      ...(podsBecause !== undefined && { podsBecause }),
      ...(unreadablePods > 0 && { unreadablePods }),
      fired,
    },
    "looked",
  );
}
