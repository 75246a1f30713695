import type { ScheduleSettings, Settings } from "#config/settings.ts";
import { UserError } from "#errors.ts";
import type { LeaseBook } from "#guard/model/run.ts";
import type { Scheduled } from "#guard/model/schedules.ts";
import type { GuardState } from "#guard/model/state.ts";
import { own } from "#guard/own-value.ts";
import { isUndealt } from "#guard/pods/rules/schedule.ts";
import type { Calendar } from "#ports.ts";
import { identityOf } from "#process/identity.ts";
import { heldBy } from "#report/ahead/held-by.ts";
import type { Snapshot } from "#report/snapshot.ts";
import { createLeaseFile } from "#store/lease-file.ts";
import { leaseFileOf } from "#store/paths.ts";
import { timeIn } from "#terminal/local-time.ts";
import { atOnce, type Files } from "./files.ts";
import { namedAmong } from "./known-names.ts";
import { record } from "./record.ts";

export interface Skipped {
  readonly schedule: ScheduleSettings;
  /** The moment that is passed over. */
  readonly atMs: number;
  /** It has come already, and what it has not stopped yet runs on. */
  readonly isUnderWay: boolean;
  /** What could not be written although it is passed over. */
  readonly troubles: readonly string[];
}

/** What is known, and asks RunPod nothing. */
interface SkipSources extends Pick<Snapshot, "saved"> {
  readonly settings: Pick<Settings, "schedules" | "configPath" | "stateFile">;
}

export interface SkipOptions {
  /** Who asked, for the history: `on the page`. A person at a terminal is not named. */
  readonly by?: string | undefined;
  /** A dry run: all is as it would be, and nothing is written. */
  readonly isDry?: boolean;
  readonly files?: Files;
}

/**
 * Passes over the next moment of a schedule, or the one that holds pods now. When it is refused, writes
 * nothing and throws a UserError that says why.
 */
export async function skipSchedule(
  name: string,
  { settings, saved }: SkipSources,
  calendar: Calendar,
  nowMs: number,
  { by, isDry = false, files = atOnce }: SkipOptions = {},
): Promise<Skipped> {
  const schedule = namedAmong("schedule", name, settings.schedules, settings.configPath);
  const { moments, faults } = await calendar.momentsAt(nowMs);
  const tells = own(moments.schedules, name);
  if (tells === undefined) {
    throw new UserError(`When schedule ${name} comes is not known: ${faults.join("; ")}.`);
  }
  let atMs = 0;
  let isUnderWay = false;
  const withIt = (book: LeaseBook): LeaseBook => {
    const heldMs = schedule.action === "stop" ? heldMsOf(name, saved, book) : undefined;
    const known = own(saved.scheduled ?? {}, name);
    const { lastMs, nextMs } = tells;
    const isLate = lastMs !== undefined && isUndealt(lastMs, known, nowMs);
    const found = heldMs ?? (isLate ? lastMs : nextMs);
    if (found === undefined) {
      throw new UserError(`Schedule ${name} does not come again: there is nothing to skip.`);
    }
    const skippedMs = own(book.skippedMs ?? {}, name);
    if (skippedMs !== undefined && isBeingLetGo(skippedMs, known)) {
      throw new UserError(
        `Schedule ${name} is passed over at ${timeIn(skippedMs, schedule.timeZone)}, and the daemon has not taken that in yet.`,
        { hint: "Skip its next time after the daemon's next poll." },
      );
    }
    if (skippedMs === found) {
      throw new UserError(
        `Schedule ${name} is passed over at ${timeIn(found, schedule.timeZone)} already.`,
      );
    }
    atMs = found;
    isUnderWay = heldMs !== undefined;
    return { ...book, skippedMs: { ...book.skippedMs, [name]: found } };
  };
  const file = createLeaseFile(leaseFileOf(settings.stateFile), identityOf, {
    nowMs: () => nowMs,
  });
  await files(async () => (isDry ? withIt(await file.read()) : file.change(withIt)));
  const who = by === undefined ? "" : ` ${by}`;
  const because = `schedule ${name} passed over at ${timeIn(atMs, schedule.timeZone)}${who}`;
  const troubles = isDry
    ? []
    : await record({ type: "skip", atMs: nowMs, because }, settings, files);
  return { schedule, atMs, isUnderWay, troubles };
}

/** `Schedule evening is passed over at 2026-03-09 19:00:00 (UTC): no pod is stopped then`. */
export function skippedWords({ schedule, atMs, isUnderWay }: Skipped): string {
  const then = isUnderWay
    ? "the pods that it has not stopped yet run on"
    : `${schedule.action === "stop" ? "no pod is stopped" : "nobody is told"} then`;
  return `Schedule ${schedule.name} is passed over at ${timeIn(atMs, schedule.timeZone)}: ${then}`;
}

/** The last moment that holds a run which goes on; undefined: none does. */
function heldMsOf(name: string, saved: GuardState, book: LeaseBook): number | undefined {
  const held = heldBy(name, saved, book).map(({ ofMs }) => ofMs);
  return held.length === 0 ? undefined : Math.max(...held);
}

/** It was passed over when it had come, and the guard has not taken that in: another skip would undo it. */
function isBeingLetGo(skippedMs: number, known: Scheduled | undefined): boolean {
  if (known === undefined || !known.dealtMs.includes(skippedMs)) return false;
  const moments = [known.openMs ?? Infinity, ...Object.values(known.due).map(({ ofMs }) => ofMs)];
  return moments.some((ms) => ms <= skippedMs);
}
