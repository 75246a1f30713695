import { defaultIdle } from "#config/guard-settings.ts";
import type { Seen } from "#guard/model/account.ts";
import type { Policy } from "#guard/model/policy.ts";
import type { Inventory, Launching } from "#ports.ts";
import { auditWords } from "./audit-words.ts";
import { auditOf } from "./audit.ts";

/**
 * What burns beside the pods that this poll has shown, in short words; undefined when nothing is found
 * and everything could be read.
 */
export async function auditForNotice(
  look: Seen,
  account: Inventory & Launching,
  { protect, podGuards }: Policy,
  signal: AbortSignal,
): Promise<string | undefined> {
  const [holdings, prices] = await Promise.all([
    account.inventory(signal),
    account.gpuPrices(signal),
  ]);
  const { atMs: nowMs } = look;
  const report = auditOf({
    nowMs,
    look,
    // The pods are told of elsewhere, and their loads too.
    measured: { kind: "measured", atMs: nowMs, samples: [] },
    holdings,
    prices,
    policy: { protect },
    idle: defaultIdle(),
    command: podGuards.command,
  });
  return auditWords(report);
}
