import { calendarOf } from "#calendar/calendar-of.ts";
import type { WishedAnswer } from "#http/contract/ahead.ts";
import type { Operations } from "#http/deps.ts";
import type { Log } from "#log.ts";
import type { Files } from "#operations/files.ts";
import { skippedWords, skipSchedule } from "#operations/skip.ts";
import { unfreezeBudget, unfrozenWords } from "#operations/unfreeze.ts";
import type { DaemonMemory } from "#report/daemon-snapshot.ts";
import { isoOrNull } from "#report/iso.ts";
import { GivenUp } from "#within-limit.ts";
import { asRefused, Refused } from "./refused.ts";

interface WishesDeps {
  readonly memory: DaemonMemory;
  readonly files: Files;
  readonly log: Log;
  readonly redact: (text: string) => string;
  /** The daemon ends. */
  readonly ending: AbortSignal;
}

/** What a person wishes of a schedule or a budget, carried out by the commands' own functions. */
export function createWishes({
  memory,
  files,
  log,
  redact,
  ending,
}: WishesDeps): Pick<Operations, "skip" | "unfreeze"> {
  const calendar = calendarOf(() => memory.settings());

  async function carried(
    kind: "schedule" | "budget",
    name: string,
    by: string,
    work: () => Promise<{
      readonly untilMs: number;
      readonly words: string;
      readonly troubles: readonly string[];
    }>,
  ): Promise<WishedAnswer> {
    if (ending.aborted) {
      throw new Refused("unavailable", "The daemon is ending. Nothing was changed.");
    }
    const settings = memory.settings();
    const rows = kind === "schedule" ? settings.schedules : settings.budgets;
    const isThere = rows.some((row) => row.name === name);
    try {
      const { untilMs, words, troubles } = await work();
      log.info({ [kind]: name, by, because: words }, "wish carried out");
      // The guard goes by it at once, where it can be read.
      if (!settings.dryRun) await memory.readLeases();
      memory.wishForPoll();
      return {
        name,
        until: isoOrNull(untilMs),
        words: redact(words),
        troubles: troubles.map(redact),
      };
    } catch (error) {
      if (error instanceof GivenUp) {
        throw new Refused(
          "unavailable",
          `Given up: ${error.message}. Whether it was kept is not known.`,
        );
      }
      throw asRefused(error, isThere ? "conflict" : "not-found");
    }
  }

  const dry = (isDry: boolean): string => (isDry ? ". A dry run: nothing was written" : "");

  return {
    skip(name, by) {
      return carried("schedule", name, by, async () => {
        const settings = memory.settings();
        const known = { settings, saved: memory.state() };
        const { dryRun: isDry } = settings;
        const nowMs = memory.clock.nowMs();
        const skipped = await skipSchedule(name, known, calendar, nowMs, { by, isDry, files });
        const words = `${skippedWords(skipped)}${dry(isDry)}`;
        return { untilMs: skipped.atMs, words, troubles: skipped.troubles };
      });
    },
    unfreeze(name, by) {
      return carried("budget", name, by, async () => {
        const settings = memory.settings();
        const known = { settings, saved: memory.state(), troubles: [] };
        const { dryRun: isDry } = settings;
        const nowMs = memory.clock.nowMs();
        const unfrozen = await unfreezeBudget(name, known, nowMs, { by, isDry, files });
        const words = `${unfrozenWords(unfrozen)}${dry(isDry)}`;
        return { untilMs: unfrozen.untilMs, words, troubles: unfrozen.troubles };
      });
    },
  };
}
