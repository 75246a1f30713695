import { backstopAtMs } from "#guard/account/backstop.ts";
import { presentIn } from "#guard/budgets/periods.ts";
import type { Seen } from "#guard/model/account.ts";
import type { SaidName } from "#guard/model/effect.ts";
import { type PodGuardName, podGuardNames, type Policy } from "#guard/model/policy.ts";
import type { Decision, GuardState } from "#guard/model/state.ts";
import { chain } from "#guard/outbox/chain.ts";
import { notify } from "#guard/outbox/notify.ts";
import { commandWay, isWay, type Way, wayOf, waysIn, wayWords } from "#guard/outbox/ways.ts";
import { noLongerWords } from "#guard/pods/ends/tell-over.ts";
import { own } from "#guard/own-value.ts";
import { listedPods, usd } from "#guard/text.ts";

type Ending = { readonly event: SaidName; readonly name: string; readonly because: string };

/**
 * The last rule of a poll: what channels were told of and is over without a word, as a pod was kept, someone
 * else stopped it, or a threshold left the config, is told to be over. So no alarm stands open for ever.
 */
export function closeIncidents(state: GuardState, look: Seen, policy: Policy): Decision {
  const { openIncidents = [] } = state;
  // Neither the balance before nor this one is known to hold: nothing is over.
  if (openIncidents.length === 0 || look.isRiseDoubted === true) return { state, events: [] };
  const there = new Set(policy.channels.map(({ name }) => name));
  const owed = new Set(
    state.owed.flatMap((each) =>
      each.kind === "notify" ? [keyOf(wayOf(each), each.incident)] : [],
    ),
  );
  const open = openIncidents.filter(
    ({ incident, way }) => way !== commandWay && there.has(way) && !owed.has(keyOf(way, incident)),
  );
  // In an order of their own: not even that may depend on which channel works.
  const incidents = [...new Set(open.map(({ incident }) => incident))].toSorted();
  return chain(
    state,
    ...incidents.flatMap((incident) => {
      const ending = endingOf(incident, state, look, policy);
      if (ending === undefined) return [];
      const to = open.filter((each) => each.incident === incident).map(({ way }) => way);
      const words = { ...ending, incident, to, atMs: look.atMs, isResolution: true };
      return [(before: GuardState) => notify(before, policy, { ...words, severity: "info" })];
    }),
  );
}

function keyOf(way: Way, incident: string | undefined): string {
  return JSON.stringify([way, incident]);
}

/** That it is over, in words; undefined while it is not, or where something else will say so. */
function endingOf(
  incident: string,
  state: GuardState,
  look: Seen,
  policy: Policy,
): Ending | undefined {
  const [kind = "", ...rest] = incident.split(":");
  const about = rest.join(":");
  switch (kind) {
    case "threshold":
      return endOfThreshold(about, policy);
    case "backstop":
      return endOfBackstop(about, state, look, policy);
    case "end":
    case "tell":
      return endOfWarning(about, state, look);
    case "stopped":
      return endOfStopped(about, state);
    case "budget":
      return endOfBudget(about, state, look, policy);
    case "zero":
      return state.zeroSinceMs === undefined
        ? { event: "zero", name: kind, because: "the balance is above $0 again" }
        : undefined;
    case "trouble":
      return endOfTrouble(about, policy);
    default:
      return undefined;
  }
}

/** What a daemon has trouble with says itself that it works again; a way to people that was taken away cannot. */
function endOfTrouble(what: string, policy: Policy): Ending | undefined {
  if (!isWay(what) || waysIn(policy).some((way) => wayWords(way) === what)) return undefined;
  const because = `${what} is no longer in the config`;
  return { event: "recovered", name: "recovered", because };
}

/** One that is there says itself that it is armed again. */
function endOfThreshold(name: string, { thresholds }: Policy): Ending | undefined {
  if (thresholds.some((each) => each.name === name)) return undefined;
  const because = `threshold ${name} is no longer in the config, so its crossing is over`;
  return { event: "recovered", name: "recovered", because };
}

/** Its period is over, or it left the config. */
function endOfBudget(
  name: string,
  state: GuardState,
  { atMs }: Seen,
  { budgets = [] }: Policy,
): Ending | undefined {
  const budget = budgets.find((each) => each.name === name);
  if (budget === undefined) {
    const because = `budget ${name} is no longer in the config`;
    return { event: "recovered", name: "recovered", because };
  }
  const period = presentIn(state, name, atMs);
  // Without a period nobody knows.
  if (period === undefined || period.nearAtMs !== undefined) return undefined;
  const because = `a new ${budget.per} of it has begun: ${usd(period.spentUsd)} of ${usd(budget.limitUsd)} is spent`;
  return { event: "budget", name, because };
}

function endOfBackstop(
  about: string,
  state: GuardState,
  { atMs }: Seen,
  { thresholds }: Policy,
): Ending | undefined {
  const due = thresholds.filter((each) => (backstopAtMs(each, state) ?? Infinity) <= atMs);
  const isDue = due.some(({ name }) => about === name || about.startsWith(`${name}:`));
  if (isDue || (about === "unread" && due.length > 0)) return undefined;
  const name = about.replace(/:.*/s, "");
  return {
    event: "backstop",
    name,
    because: "the backstop is no longer due, and stops nothing more",
  };
}

function endOfWarning(about: string, state: GuardState, look: Seen): Ending | undefined {
  const [guardWord = "", ids = ""] = about.split(":");
  const guard = podGuardNames.find((each) => each === guardWord);
  // The last of many is how many more there are.
  const podIds = ids.split(",").filter((id) => !id.startsWith("and "));
  if (guard === undefined || podIds.some((id) => isGoingOn(id, guard, state))) return undefined;
  const because = noLongerWords(podIds, guard, state, look);
  return { event: guard, name: guard, because };
}

/** That they were deleted for it says itself. */
function endOfStopped(about: string, { stoppedPods = {}, owed }: GuardState): Ending | undefined {
  // The last of many is how many more there are.
  const podIds = about
    .replace(/^pods:/, "")
    .split(",")
    .filter((id) => !id.startsWith("and "));
  const isOn = (podId: string): boolean => {
    const { warnedAtMs, toldAtMs } = own(stoppedPods, podId) ?? {};
    const isOwed = owed.some((each) => each.kind === "end-stopped" && each.podId === podId);
    return isOwed || (warnedAtMs ?? toldAtMs) !== undefined;
  };
  if (podIds.some(isOn)) return undefined;
  const words = listedPods(podIds.map((podId) => ({ podId, name: "" })));
  const [is, it] = podIds.length === 1 ? ["is", "it"] : ["are", "them"];
  const because = `${words} ${is} no longer stopped, or no guard is for ${it} any more`;
  return { event: "stopped", name: "stopped", because };
}

/** What was said of its coming end, or of why it has not come, still holds. */
function isGoingOn(podId: string, guard: PodGuardName, state: GuardState): boolean {
  if (state.owed.some((each) => each.kind === "end-run" && each.podId === podId)) return true;
  const run = own(state.runs, podId);
  if (run === undefined) return false;
  if ((run.warnedAtMs[guard] ?? run.actedAtMs[guard]) !== undefined) return true;
  return ["held", "unsure", "locked"].some(
    (what) => own(state.saidAtMs, `${what}:${podId}`) !== undefined,
  );
}
