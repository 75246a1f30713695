import type { SimulatedAccount } from "./account.ts";

/** What one interface shows otherwise than the account is. */
export interface Shown {
  /** Added to the true balance. */
  readonly balanceOffUsd?: number;
  /** Pods that are not in its list, and that it does not know. */
  readonly hiddenPodIds?: readonly string[];
  /** Pods that are not in its list, and that it knows by their ids. */
  readonly unlistedPodIds?: readonly string[];
  /** The balance is that of the last whole step of the account's clock, as billing runs now and then. */
  readonly balanceEveryMs?: number;
}

/** The account as an interface shows it; what is done to it is done to the one account. */
export function shownBy(account: SimulatedAccount, shown: () => Shown): SimulatedAccount {
  let billed: { readonly step: number; readonly balanceUsd: number } | undefined;

  function balanceUsd(): number {
    const { balanceEveryMs, balanceOffUsd = 0 } = shown();
    if (balanceEveryMs === undefined) return account.balanceUsd() + balanceOffUsd;
    const step = Math.floor(account.nowMs() / balanceEveryMs);
    if (billed?.step !== step) billed = { step, balanceUsd: account.balanceUsd() };
    return billed.balanceUsd + balanceOffUsd;
  }

  function isHidden(id: string): boolean {
    return shown().hiddenPodIds?.includes(id) ?? false;
  }

  function isListed({ id }: { readonly id: string }): boolean {
    return !isHidden(id) && !(shown().unlistedPodIds?.includes(id) ?? false);
  }

  return {
    ...account,
    balanceUsd,
    pods: () => account.pods().filter(isListed),
    membersOf: (id) => account.membersOf(id).filter((member) => !isHidden(member.id)),
    pod: (id) => (isHidden(id) ? undefined : account.pod(id)),
  };
}
