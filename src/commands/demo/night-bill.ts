import { hourMs } from "#guard/model/time.ts";
import { usd } from "#guard/text.ts";

/** What a pod cost in a night, by the account. */
export interface NightBill {
  /** How long it ran on after its work was done. */
  readonly idleMs: number;
  readonly idleUsd: number;
  readonly totalUsd: number;
}

/** Both bills, night by night and in total, and the difference. */
export function billLines(
  without: readonly NightBill[],
  withGuard: readonly NightBill[],
): readonly string[] {
  const [before, after] = [sumOf(without), sumOf(withGuard)];
  return [
    row("", "", "idle", "idle cost", "total cost"),
    ...rowsOf("without", without, before),
    ...rowsOf("with", withGuard, after),
    "",
    `Saved: ${usd(before.totalUsd - after.totalUsd)}, and ${hours(before.idleMs - after.idleMs)} of an idle pod.`,
  ];
}

function rowsOf(act: string, bills: readonly NightBill[], sum: NightBill): readonly string[] {
  return [
    ...bills.map((bill, n) => billRow(n === 0 ? act : "", `night ${n + 1}`, bill)),
    billRow("", "total", sum),
  ];
}

function billRow(act: string, what: string, { idleMs, idleUsd, totalUsd }: NightBill): string {
  return row(act, what, hours(idleMs), usd(idleUsd), usd(totalUsd));
}

function row(act: string, what: string, ...figures: readonly string[]): string {
  const widths = [8, 12, 13];
  const cells = figures.map((figure, n) => figure.padStart(widths[n] ?? 0));
  return `${act.padEnd(9)}${what.padEnd(8)}${cells.join("")}`;
}

function hours(ms: number): string {
  return `${(ms / hourMs).toFixed(1)} h`;
}

function sumOf(bills: readonly NightBill[]): NightBill {
  return bills.reduce((sum, bill) => ({
    idleMs: sum.idleMs + bill.idleMs,
    idleUsd: sum.idleUsd + bill.idleUsd,
    totalUsd: sum.totalUsd + bill.totalUsd,
  }));
}
