import { rounded } from "#guard/text.ts";
import { type AuditReport, isNothingSure } from "./audit.ts";
import { listPricesAsOf } from "./list-prices.ts";
import type { AuditRow } from "./row.ts";

/** `null` is unknown, or what does not apply. */
export function auditJson(report: AuditReport): object {
  const { rows } = report;
  return {
    at: new Date(report.nowMs).toISOString(),
    balance_usd: roundedOrNull(report.balanceUsd),
    burn_per_day_usd: roundedOrNull(report.burnPerDayUsd),
    total_per_day_usd: isNothingSure(report) ? null : rounded(report.totalPerDayUsd),
    rows_of_unknown_cost: report.unknown,
    unexplained_per_day_usd: roundedOrNull(report.unexplainedPerDayUsd),
    spend_cap_per_hr_usd: roundedOrNull(report.spendCapPerHrUsd),
    list_prices_as_of: listPricesAsOf,
    rows: rows.map(rowJson),
    unread: report.unread,
  };
}

function rowJson(row: AuditRow): object {
  return {
    what: row.what,
    id: row.id ?? null,
    name: row.name,
    per_day_usd: roundedOrNull(row.perDayUsd),
    price_from: row.perDayUsd === undefined ? null : row.priceFrom,
    load: row.load ?? null,
    is_unattached: row.isUnattached ?? null,
    because: row.because,
    end_with: row.endWith,
    end_loses: row.loses ?? null,
  };
}

function roundedOrNull(value: number | undefined): number | null {
  return value === undefined ? null : rounded(value);
}
