import type { BudgetSettings, Settings } from "#config/settings.ts";
import { UserError } from "#errors.ts";
import { presentIn } from "#guard/budgets/periods.ts";
import { isHeld } from "#guard/budgets/standing.ts";
import type { LeaseBook } from "#guard/model/run.ts";
import { own } from "#guard/own-value.ts";
import { identityOf } from "#process/identity.ts";
import type { Snapshot } from "#report/snapshot.ts";
import { createLeaseFile } from "#store/lease-file.ts";
import { leaseFileOf } from "#store/paths.ts";
import { localTime, timeIn } from "#terminal/local-time.ts";
import { atOnce, type Files } from "./files.ts";
import { namedAmong } from "./known-names.ts";
import { record } from "./record.ts";

export interface Unfrozen {
  readonly budget: BudgetSettings;
  /** When its next period begins, and with it a new freeze is possible. */
  readonly untilMs: number;
  /** What could not be written although it is lifted. */
  readonly troubles: readonly string[];
}

/** What is known, and asks RunPod nothing. */
interface UnfreezeSources extends Pick<Snapshot, "saved" | "troubles"> {
  readonly settings: Pick<Settings, "budgets" | "configPath" | "stateFile">;
}

export interface UnfreezeOptions {
  /** Who asked, for the history: `on the page`. A person at a terminal is not named. */
  readonly by?: string | undefined;
  /** A dry run: all is as it would be, and nothing is written. */
  readonly isDry?: boolean;
  readonly files?: Files;
}

/**
 * Lifts what a budget that is used up holds, until its next period. When it is refused, writes nothing and
 * throws a UserError that says why.
 */
export async function unfreezeBudget(
  name: string,
  { settings, saved, troubles: unread }: UnfreezeSources,
  nowMs: number,
  { by, isDry = false, files = atOnce }: UnfreezeOptions = {},
): Promise<Unfrozen> {
  const budget = namedAmong("budget", name, settings.budgets, settings.configPath);
  const period = presentIn(saved, name, nowMs);
  if (!isHeld(period)) {
    if (unread.length > 0) {
      throw new UserError(`Whether budget ${name} is frozen is not known.`, {
        hint: unread.join("\n"),
      });
    }
    throw new UserError(`Budget ${name} is not frozen${whyNot(budget, period !== undefined)}.`);
  }
  const withIt = (book: LeaseBook): LeaseBook => {
    const liftedAtMs = own(book.unfrozenAtMs ?? {}, name);
    if (liftedAtMs !== undefined && liftedAtMs >= period.trippedAtMs) {
      throw new UserError(`Budget ${name} was lifted at ${localTime(liftedAtMs)} already.`);
    }
    // A clock that was ahead when it tripped must not make it look as if it tripped later.
    const atMs = Math.max(nowMs, period.trippedAtMs);
    return { ...book, unfrozenAtMs: { ...book.unfrozenAtMs, [name]: atMs } };
  };
  const file = createLeaseFile(leaseFileOf(settings.stateFile), identityOf, {
    nowMs: () => nowMs,
  });
  await files(async () => (isDry ? withIt(await file.read()) : file.change(withIt)));
  const who = by === undefined ? "" : ` ${by}`;
  const because = `budget ${name} lifted until ${timeIn(period.toMs, budget.timeZone)}${who}`;
  const troubles = isDry
    ? []
    : await record({ type: "unfreeze", atMs: nowMs, because }, settings, files);
  return { budget, untilMs: period.toMs, troubles };
}

/** `Budget daily is lifted until 2026-03-10 00:00:00 (UTC): no pod is stopped for it`. */
export function unfrozenWords({ budget, untilMs }: Unfrozen): string {
  return `Budget ${budget.name} is lifted until ${timeIn(untilMs, budget.timeZone)}: no pod is stopped for it`;
}

function whyNot({ action, freezes }: BudgetSettings, isCounted: boolean): string {
  if (!freezes && action !== "stop") return ": it only tells of what is spent";
  return isCounted
    ? ": it is not used up, or was lifted already"
    : ": nothing is counted in it yet";
}
