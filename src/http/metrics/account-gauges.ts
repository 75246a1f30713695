import { unexplainedBurn } from "#guard/account/burn.ts";
import type { Seen } from "#guard/model/account.ts";
import type { Policy } from "#guard/model/policy.ts";
import type { GuardState } from "#guard/model/state.ts";
import { own } from "#guard/own-value.ts";
import { rounded } from "#guard/text.ts";
import { hoursLeft } from "#guard/account/lines/line.ts";
import { flag, gauge, gauges } from "./gauge.ts";
import type { Family } from "./text-format.ts";

const secondsPerHour = 3_600;
/** Of the config; more than anybody has. */
const mostThresholds = 50;

/** The money, as the last poll showed it; `look` is undefined where that is too old, or has failed. */
export function accountGauges(
  look: Seen | undefined,
  { fired }: Pick<GuardState, "fired">,
  { thresholds }: Policy,
): readonly Family[] {
  const rows = thresholds.slice(0, mostThresholds);
  return [
    gauge("runpodboss_balance_usd", "The balance of the account.", look?.balanceUsd),
    gauge(
      "runpodboss_burn_usd_per_hour",
      "What the account spends an hour; see runpodboss_burn_is_of_pods.",
      look?.burnPerHrUsd,
    ),
    gauge(
      "runpodboss_burn_is_of_pods",
      "1: the burn is that of the pods added up, and what else burns is unknown.",
      look && flag(look.isBurnAddedUp === true),
    ),
    gauge(
      "runpodboss_unexplained_burn_usd_per_hour",
      "What of the burn no pod that runs explains.",
      look && unexplainedOf(look),
    ),
    gauge(
      "runpodboss_time_left_seconds",
      "How long the balance lasts at the present burn; +Inf: nothing burns.",
      look && secondsLeft(look),
    ),
    gauges(
      "runpodboss_threshold_below_usd",
      "Below this balance a threshold trips.",
      rows.map(({ name, belowUsd }) => ({ labels: { threshold: name }, value: belowUsd })),
    ),
    gauges(
      "runpodboss_threshold_seconds_left",
      "With less time left than this a threshold trips.",
      rows.map(({ name, belowHours }) => ({
        labels: { threshold: name },
        value: belowHours === undefined ? undefined : belowHours * secondsPerHour,
      })),
    ),
    gauges(
      "runpodboss_threshold_fired",
      "1: it has tripped, and the balance has not been back at it since.",
      rows.map(({ name }) => {
        const is = own(fired, name);
        return { labels: { threshold: name }, value: is === undefined ? undefined : flag(is) };
      }),
    ),
  ];
}

/** Where nobody says what burns besides the pods, nothing can be said to be left over. */
function unexplainedOf(look: Seen): number | undefined {
  const perHrUsd = look.isBurnAddedUp === true ? undefined : unexplainedBurn(look);
  // What is left of sums that are the same is no burn; nor is it -0.
  return perHrUsd === undefined ? undefined : rounded(perHrUsd) + 0;
}

function secondsLeft(look: Seen): number | undefined {
  const hours = hoursLeft(look);
  // That no pod burns does not make the balance last for ever.
  if (hours === Infinity && look.isBurnAddedUp === true) return undefined;
  return hours === undefined ? undefined : hours * secondsPerHour;
}
