import type { Look, Seen } from "../guard/model.ts";
import type { Log } from "../log.ts";
import type { Account } from "../ports.ts";
import type { Guard } from "./guard.ts";

/** One turn of the loop: look, say what was seen, and let the guard decide. */
export async function cycle(
  n: number,
  { account, guard, log }: { account: Account; guard: Guard; log: Log },
  signal: AbortSignal,
): Promise<Look> {
  const look = await account.look(signal);
  if (signal.aborted) return look;
  switch (look.kind) {
    case "blind": {
      const { cause, because } = look;
      log.warn({ cycle: n, cause, because }, "could not look; nothing is decided");
      await guard.take({ kind: "look", look }, undefined);
      return look;
    }
    case "seen":
      await guard.take({ kind: "look", look }, look);
      sayWhatWasSeen(n, look, guard, log);
      return look;
  }
}

function sayWhatWasSeen(n: number, look: Seen, guard: Guard, log: Log): void {
  const { balanceUsd, burnPerHrUsd = "unknown", pods, unreadablePods } = look;
  const fired = Object.entries(guard.state().fired).flatMap(([name, is]) => (is ? [name] : []));
  log.info(
    {
      cycle: n,
      balanceUsd,
      burnPerHrUsd,
      pods: pods === "unknown" ? pods : pods.length,
      ...(unreadablePods > 0 && { unreadablePods }),
      fired,
    },
    "looked",
  );
}
