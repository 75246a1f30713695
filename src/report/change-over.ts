import { apiWords, deciderOf } from "#guard/account/crossing.ts";
import type { Api } from "#guard/model/account.ts";
import type { GuardState } from "#guard/model/state.ts";
import { listedPods } from "#guard/text.ts";

/** A change-over that goes on, and what is not sure because of it. */
export interface ChangeOverReport {
  readonly from: Api;
  readonly to: Api;
  /** Listed before, and not now: they may still run. */
  readonly awaited: readonly ListedPod[];
  /** Not listed before, though they ran: only a person ends them. */
  readonly disputed: readonly ListedPod[];
  /** More money than before, which sets nothing back yet. */
  readonly isRiseDoubted: boolean;
}

interface ListedPod {
  readonly podId: string;
  readonly name: string;
}

export function changeOverOf(
  state: Pick<GuardState, "source" | "crossing">,
): ChangeOverReport | undefined {
  const { crossing } = state;
  if (crossing === undefined) return undefined;
  const { from, awaited, disputed, rise } = crossing;
  const named = (rows: Readonly<Record<string, { readonly name: string }>>) =>
    Object.entries(rows).map(([podId, { name }]) => ({ podId, name }));
  return {
    from,
    to: deciderOf(state),
    awaited: named(awaited),
    disputed: named(disputed),
    isRiseDoubted: rise !== undefined,
  };
}

/** `change-over from GraphQL to REST v2 goes on: REST v2 does not list trainer (p1), which may still run`. */
export function changeOverWords(report: ChangeOverReport): string {
  const { awaited, disputed, isRiseDoubted } = report;
  const [from, to] = [apiWords(report.from), apiWords(report.to)];
  const parts = [
    ...(awaited.length === 0
      ? []
      : [
          `${to} does not list ${listedPods(awaited)}, which may still run and cost money: see RunPod's console`,
        ]),
    ...(disputed.length === 0
      ? []
      : [
          `${from} did not list ${listedPods(disputed)}, which nothing but you stops: runpodboss stop POD`,
        ]),
    ...(isRiseDoubted ? [`${to} shows more money, which sets no threshold back yet`] : []),
  ];
  const words = parts.length === 0 ? `not all is seen by ${to} yet` : parts.join("; ");
  return `change-over from ${from} to ${to} goes on: ${words}`;
}

/** `null`: none goes on. */
export function changeOverJson(report: ChangeOverReport | undefined): object | null {
  if (report === undefined) return null;
  const ids = (rows: readonly ListedPod[]) => rows.map(({ podId }) => podId);
  return {
    from: report.from,
    to: report.to,
    not_listed_any_more: ids(report.awaited),
    not_listed_before: ids(report.disputed),
    is_balance_doubted: report.isRiseDoubted,
  };
}
