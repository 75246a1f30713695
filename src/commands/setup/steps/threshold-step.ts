import type { Seen } from "#guard/model/account.ts";
import { perHour, spanWords, usd } from "#guard/text.ts";
import { hourMs } from "#guard/model/time.ts";
import { UserError } from "#errors.ts";
import { tableLines } from "#terminal/table.ts";
import { type Current, thresholdsOf } from "#commands/setup/answers/current.ts";
import {
  amountsText,
  heldBelow,
  parseThresholds,
  proposeThresholds,
  type Threshold,
} from "#commands/setup/answers/propose-thresholds.ts";
import type { InterviewDeps } from "#commands/setup/deps.ts";

/** Asks for the amounts: proposes them by the burn, or offers what stands there. Gives them highest first. */
export async function thresholdStep(
  current: Current,
  seen: Seen | undefined,
  { prompter, given, isAsked }: InterviewDeps,
): Promise<readonly number[]> {
  const now = thresholdsOf(current);
  const names = now.map(({ name }) => name);
  const burnPerHrUsd = seen?.burnPerHrUsd;
  const amounts = await (async () => {
    if (given.thresholds !== undefined) return givenAmounts(given.thresholds, now);
    const offered = current.isNew
      ? firstAmounts(now, seen, prompter)
      : now.map(({ belowUsd }) => belowUsd);
    if (current.isNew) {
      if (!isAsked) return offered ?? refused(now);
      if (offered !== undefined) prompter.say(tableWords(names, offered, burnPerHrUsd));
    } else {
      sayProposal(now, seen, prompter);
      // What somebody has chosen is theirs.
      if (!isAsked) return offered ?? [];
    }
    const initial = offered && amountsText(offered);
    const text = await prompter.text({
      message: `Thresholds in dollars (${names.join(", ")}):`,
      option: optionFor(now),
      initial,
      check: (typed) => {
        if (typed === initial) return undefined;
        const parsed = parseThresholds(typed, names);
        return "fault" in parsed ? parsed.fault : undefined;
      },
    });
    return offered !== undefined && text === initial ? offered : givenAmounts(text, now);
  })();
  warnOfCrossed(now, amounts, seen?.balanceUsd, prompter);
  return amounts;
}

/** By the burn, and below the balance where it has a backstop; undefined: only a person can say. */
function firstAmounts(
  now: readonly Threshold[],
  seen: Seen | undefined,
  prompter: InterviewDeps["prompter"],
): readonly number[] | undefined {
  const byBurn = proposeThresholds(now, seen?.burnPerHrUsd);
  if (seen === undefined) return byBurn;
  const held = heldBelow(now, byBurn, seen.balanceUsd);
  const lowered = now.flatMap(({ name, stopsPods }, n) => {
    const [would = 0, is] = [byBurn[n], held?.[n]];
    if (!stopsPods || would < seen.balanceUsd) return [];
    return is === undefined
      ? [`${name} has a backstop, which would stop every pod that is not protected`]
      : [
          `${name} would be ${usd(would)}, but its backstop would stop every pod that is not protected as soon as the guard runs, so it is ${usd(is)}`,
        ];
  });
  if (lowered.length > 0) {
    const end =
      held === undefined
        ? "no amount is below the balance, so none is proposed"
        : "choose more only if you want that, or top up first";
    prompter.say(
      `The balance is ${usd(seen.balanceUsd)}: ${lowered.join("; ")}; ${end}.`,
      "warning",
    );
  }
  return held;
}

/** By what burns now, beside what somebody has chosen. */
function sayProposal(
  now: readonly Threshold[],
  seen: Seen | undefined,
  prompter: InterviewDeps["prompter"],
): void {
  if (seen === undefined) return;
  const byBurn = proposeThresholds(now, seen.burnPerHrUsd);
  const wouldDo = heldBelow(now, byBurn, seen.balanceUsd);
  const isAsItIs = byBurn.every((amount, n) => amount === now[n]?.belowUsd);
  if (wouldDo === undefined || isAsItIs) return;
  const table = tableWords(
    now.map(({ name }) => name),
    wouldDo,
    seen.burnPerHrUsd,
  );
  prompter.say(`${table}\nYours stay as they are unless you give others.`);
}

function refused(now: readonly Threshold[]): never {
  const names = now.filter(({ stopsPods }) => stopsPods).map(({ name }) => name);
  throw new UserError(
    `No amount can be proposed for ${names.join(" and ")}: any is above the balance, and the backstop would stop every pod as soon as the guard runs.`,
    { hint: `Top up, or say it yourself: ${optionFor(now)}. Nothing was written.` },
  );
}

function givenAmounts(text: string, now: readonly Threshold[]): readonly number[] {
  const parsed = parseThresholds(
    text,
    now.map(({ name }) => name),
  );
  if ("amounts" in parsed) return parsed.amounts;
  throw new UserError(`--thresholds: ${parsed.fault}.`, {
    hint: `For example: ${optionFor(now)}`,
  });
}

function optionFor(now: readonly Threshold[]): string {
  const amounts = now.map(({ belowUsd }) => belowUsd);
  return `--thresholds ${amountsText(amounts).replaceAll(" ", "")}`;
}

function warnOfCrossed(
  now: readonly Threshold[],
  amounts: readonly number[],
  balanceUsd: number | undefined,
  prompter: InterviewDeps["prompter"],
): void {
  const below = now.filter(
    (_threshold, n) => balanceUsd !== undefined && balanceUsd < (amounts[n] ?? 0),
  );
  if (balanceUsd === undefined || below.length === 0) return;
  const stops = below.some(({ stopsPods }) => stopsPods);
  prompter.say(
    `The balance, ${usd(balanceUsd)}, is below ${below.map(({ name }) => name).join(" and ")} already: the guard acts on that as soon as it runs${
      stops ? ", and its backstop stops every pod that is not protected" : ""
    }.`,
    "warning",
  );
}

function tableWords(
  names: readonly string[],
  amounts: readonly number[],
  burnPerHrUsd: number | undefined,
): string {
  const burns = burnPerHrUsd !== undefined && burnPerHrUsd > 0;
  const rows = names.map((name, n) => {
    const amount = amounts[n] ?? 0;
    const lasts = burns ? `lasts ${spanWords((amount / burnPerHrUsd) * hourMs)}` : "";
    return [{ text: `  ${name}` }, { text: usd(amount).padStart(8) }, { text: lasts }];
  });
  const by = burns
    ? `At ${perHour(burnPerHrUsd)} these would do:`
    : `${burnPerHrUsd === 0 ? "Nothing burns" : "The burn is unknown"}, so these are the usual amounts:`;
  return [by, ...tableLines(rows)].join("\n");
}
