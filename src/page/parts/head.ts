import type { PageState } from "#page/state/page-state.ts";
import type { Scene } from "#page/state/scene.ts";
import { usd } from "#page/words/money.ts";

/** What the tab says and shows of it. */
export interface Head {
  readonly title: string;
  readonly isAlarmed: boolean;
}

export function headOf(state: PageState, scene: Scene | undefined): Head {
  if (state.connection.kind === "logged-out")
    return { title: "Logged out · runpodboss", isAlarmed: true };
  if (scene === undefined)
    return { title: "runpodboss", isAlarmed: state.connection.kind === "lost" };
  const { status, isStale } = scene;
  const { balance_usd: balance, last_balance: last, thresholds, pods } = status;
  if (isStale) return { title: "Not live · runpodboss", isAlarmed: true };
  if (balance === null) {
    const was = last === null ? "" : ` · was ${usd(last.balance_usd)}`;
    return { title: `Blind${was}`, isAlarmed: true };
  }
  const isFired = thresholds.some(({ is }) => is === "fired");
  const running = pods?.filter(({ is_running: isRunning }) => isRunning !== false).length;
  const podWords =
    running === undefined ? "pods unknown" : running === 1 ? "1 pod" : `${running} pods`;
  return { title: `${usd(balance)} · ${podWords}`, isAlarmed: isFired || status.unseen.length > 0 };
}
