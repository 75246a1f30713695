import { createClock } from "#clock.ts";
import { cannotLook } from "#report/account-error.ts";
import { unreadWords } from "#operations/unread-words.ts";
import { defaultIdle } from "#config/guard-settings.ts";
import { loadConfig } from "#config/load.ts";
import type { Settings } from "#config/settings.ts";
import { exitCodes } from "#errors.ts";
import { realInventory } from "#wiring/account.ts";
import { auditJson } from "#report/audit/audit-json.ts";
import { type AuditReport, auditOf } from "#report/audit/audit.ts";
import { type Snapshot, snapshotOf } from "#report/snapshot.ts";
import { paintFor } from "#terminal/colors.ts";
import type { Context, GlobalOptions } from "#terminal/context.ts";
import { printJson } from "#terminal/json.ts";
import { warn } from "#terminal/warn.ts";
import { columnsOf } from "#terminal/wrap.ts";
import { auditText } from "./text.ts";

export interface AuditOptions extends GlobalOptions {
  readonly json: boolean;
}

/** Shows all that drains the balance, and changes nothing. Gives the exit code. */
export async function audit({ config, json }: AuditOptions, context: Context): Promise<number> {
  const settings = await loadConfig(config, context.env, context.paces, "gone-without");
  context.hide(settings.secrets);
  const { snapshot, report } = await auditNow(settings, context);
  if (context.interrupted.aborted) return exitCodes.interrupted;
  for (const trouble of snapshot.troubles) warn(trouble, context);
  if (snapshot.unread !== undefined) warn(unreadWords(snapshot.unread), context);
  const { look } = snapshot;
  const fault = look.kind === "blind" ? cannotLook(look, settings) : undefined;
  if (json) {
    const found = { error: fault?.message ?? null, ...auditJson(report) };
    printJson(found, context);
  } else context.print(auditText(report, paintFor(context), columnsOf(context)).join("\n"));
  // What could be read was shown; the error says that it is not all.
  if (fault !== undefined) throw fault;
  return exitCodes.done;
}

async function auditNow(
  settings: Settings,
  { paces, interrupted }: Context,
): Promise<{ readonly snapshot: Snapshot; readonly report: AuditReport }> {
  const clock = createClock();
  const account = realInventory(settings, clock, paces.request);
  const [snapshot, holdings, prices] = await Promise.all([
    snapshotOf(settings, clock, paces, interrupted),
    account.inventory(interrupted),
    account.gpuPrices(interrupted),
  ]);
  const { look, measured, policy } = snapshot;
  const { idle = defaultIdle(), command } = policy.podGuards;
  const nowMs = clock.nowMs();
  const report = auditOf({ nowMs, look, measured, holdings, prices, policy, idle, command });
  return { snapshot, report };
}
