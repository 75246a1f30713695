import type { Seen } from "#guard/model/account.ts";
import { perHour, spanWords, usd } from "#guard/text.ts";
import { hourMs } from "#guard/model/time.ts";
import { UserError } from "#errors.ts";
import { tableLines } from "#terminal/table.ts";
import { type Current, thresholdsOf } from "#commands/setup/answers/current.ts";
import {
  amountsText,
  parseThresholds,
  proposeThresholds,
} from "#commands/setup/answers/propose-thresholds.ts";
import type { InterviewDeps } from "#commands/setup/deps.ts";

/** Proposes amounts by the burn, and asks for them. Gives them highest first. */
export async function thresholdStep(
  current: Current,
  seen: Seen | undefined,
  { prompter, given, isAsked }: InterviewDeps,
): Promise<readonly number[]> {
  const now = thresholdsOf(current);
  const names = now.map(({ name }) => name);
  const { burnPerHrUsd, balanceUsd } = seen ?? {};
  const would = proposeThresholds(now, burnPerHrUsd);
  // What somebody has chosen is theirs.
  const proposed = current.isNew ? would : now.map(({ belowUsd }) => belowUsd);
  const option = `--thresholds ${amountsText(proposed).replaceAll(" ", "")}`;

  const takenFrom = (text: string): readonly number[] => {
    const parsed = parseThresholds(text, names);
    if ("amounts" in parsed) return parsed.amounts;
    throw new UserError(`--thresholds: ${parsed.fault}.`, { hint: `For example: ${option}` });
  };

  const amounts = await (async () => {
    if (given.thresholds !== undefined) return takenFrom(given.thresholds);
    if (!isAsked) return proposed;
    if (current.isNew || amountsText(would) !== amountsText(proposed)) {
      prompter.say(tableWords(names, would, burnPerHrUsd));
    }
    const text = await prompter.text({
      message: `Thresholds in dollars (${names.join(", ")}):`,
      option,
      initial: amountsText(proposed),
      check: (typed) => {
        const parsed = parseThresholds(typed, names);
        return "fault" in parsed ? parsed.fault : undefined;
      },
    });
    return takenFrom(text);
  })();

  if (balanceUsd !== undefined) {
    const below = now.filter((_threshold, n) => balanceUsd < (amounts[n] ?? 0));
    const stops = below.some(({ stopsPods }) => stopsPods);
    if (below.length > 0) {
      prompter.say(
        `The balance, ${usd(balanceUsd)}, is below ${below.map(({ name }) => name).join(" and ")} already: the guard acts on that as soon as it runs${
          stops ? ", and its backstop stops every pod that is not protected" : ""
        }.`,
        "warning",
      );
    }
  }
  return amounts;
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
