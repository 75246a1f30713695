import { onAudited } from "#guard/account/audited.ts";
import { checkBackstops } from "#guard/account/backstop.ts";
import { checkPodsSeen, whenSighted, whileBlind } from "#guard/account/blind.ts";
import { followCharges } from "#guard/account/falls/charges.ts";
import { checkBurn } from "#guard/account/confirm-burn.ts";
import { followBalance } from "#guard/account/falls/falling.ts";
import { rememberKept, withKept } from "#guard/account/kept.ts";
import { believed } from "#guard/account/empty-list.ts";
import { remindOfCrossings } from "#guard/account/lines/remind-crossing.ts";
import { sayWhatMayNotBeStopped } from "#guard/account/still-burning.ts";
import { sayPostpaid } from "#guard/account/postpaid.ts";
import { confirmEstimates, tripOnEstimate } from "#guard/account/falls/on-estimate.ts";
import { onRehearsed } from "#guard/account/rehearsal.ts";
import { followSource } from "#guard/account/source.ts";
import { checkThresholds } from "#guard/account/lines/thresholds.ts";
import { onHeard, onSilent } from "#guard/account/silent.ts";
import { checkUnexplained } from "#guard/account/falls/unexplained.ts";
import { checkZero } from "#guard/account/zero.ts";
import { checkBudgets } from "#guard/budgets/check-budgets.ts";
import { countEnds, countSpend } from "#guard/budgets/count.ts";
import { onHandedBack } from "#guard/hand-over/take-back.ts";
import type { Look } from "#guard/model/account.ts";
import type { Policy } from "#guard/model/policy.ts";
import type { Decision, GuardState, Input } from "#guard/model/state.ts";
import { chain } from "#guard/outbox/chain.ts";
import { onBrief } from "#guard/outbox/brief.ts";
import { channelsAtOnce, followWays } from "#guard/outbox/follow-ways.ts";
import { settle } from "#guard/outbox/settle.ts";
import { forgetWhatIsOver } from "#guard/outbox/notify.ts";
import { onRecovered, onTrouble, sayWhatIsSteady } from "#guard/outbox/trouble.ts";
import { checkPodGuards } from "#guard/pods/pod-guards.ts";
import { sayAdoptions } from "#guard/pods/follow/adoptions.ts";
import { followRuns, onLeases } from "#guard/pods/follow/runs.ts";
import { onMeasured, onProbed, withoutLoads } from "#guard/pods/follow/telemetry.ts";
import { dropWhatIsNotWanted, dropWhatWasPutOff } from "#guard/pods/ends/withdraw.ts";
import { sayTellsOver } from "#guard/pods/ends/tell-over.ts";
import { checkStopped } from "#guard/pods/stopped/check.ts";
import { followStopped } from "#guard/pods/stopped/follow.ts";
import { closeIncidents } from "./close-incidents.ts";
import { onStepped } from "./clock-steps.ts";
import { recorded, withRecords } from "./history.ts";
import { onNoted } from "./noted.ts";
import { onIt } from "./on-it.ts";
import { sayRulesInUse } from "./rules-in-use.ts";
import { upToNow } from "./times.ts";

/**
 * The whole guard: the state and an input give the next state, which holds the effects still to be
 * carried out and the records still to be written. Time is in the input. Save the next state before
 * acting on it.
 */
export function decide(state: GuardState, input: Input, asWritten: Policy): Decision {
  const policy = withKept(asWritten, state);
  switch (input.kind) {
    case "look":
      return withRecords(onLook(state, input.look, policy, asWritten), policy, input.look.atMs);
    case "measured": {
      const { measured, activity } = input;
      const decision = chain(
        state,
        (before) =>
          countEnds(onMeasured(before, measured, activity, policy), policy, measured.atMs),
        (before) => checkPodGuards(before, policy, measured.atMs),
      );
      return withRecords(decision, policy, measured.atMs);
    }
    case "probed": {
      const { atMs, probed } = input;
      const decision = chain(
        state,
        (before) => onProbed(before, atMs, probed, policy),
        (before) => checkPodGuards(before, policy, atMs),
      );
      return withRecords(decision, policy, atMs);
    }
    case "stepped":
      return onStepped(state, input, policy);
    case "paused":
      return { state: withoutLoads(state, input.atMs), events: [] };
    case "leases": {
      const decision = chain(
        state,
        (before) => onLeases(before, input),
        (before) => sayAdoptions(before, policy, input.atMs),
        // At once, for an end that is under way; everything else waits for the next poll.
        (before) => dropWhatIsNotWanted(before, policy, input.atMs),
        (before) => dropWhatWasPutOff(before, policy, input.atMs),
      );
      return withRecords(decision, policy, input.atMs);
    }
    case "settled": {
      const { id, atMs, outcome } = input;
      const settled = countEnds(settle(state, id, atMs, outcome, policy), policy, atMs);
      return withRecords(settled, policy, atMs);
    }
    case "trouble":
      return withRecords(onTrouble(state, input, policy), policy, input.atMs);
    case "recovered":
      return withRecords(onRecovered(state, input, policy), policy, input.atMs);
    case "moments":
      return { state: { ...state, moments: input.moments }, events: [] };
    case "audited": {
      const { atMs, words } = input;
      return { state: onAudited(state, { atMs, words }), events: [] };
    }
    case "silent":
      return withRecords(onSilent(state, input, policy), policy, input.atMs);
    case "heard":
      return withRecords(onHeard(state, input, policy), policy, input.atMs);
    case "handed-back":
      return onHandedBack(state, input, policy);
    case "brief":
      return withRecords(onBrief(state, input, policy), policy, input.atMs);
    case "rehearsed":
      return withRecords(onRehearsed(state, input, policy), policy, input.atMs);
    case "recorded": {
      const ids = new Set(input.ids);
      const unrecorded = state.unrecorded.filter(({ id }) => !ids.has(id));
      return { state: { ...state, unrecorded }, events: [] };
    }
    case "config": {
      const { inForce } = input;
      const { sinceMs } = inForce;
      return followWays(channelsAtOnce({ ...state, inForce }, sinceMs), policy, sinceMs);
    }
    case "noted":
      return withRecords(onNoted(state, input, policy), policy, input.atMs);
    case "on-it":
      return withRecords(onIt(state, input, policy), policy, input.atMs);
    case "daemon": {
      const { atMs, because } = input;
      const draft = { type: "daemon", reason: null, because } as const;
      return { state: recorded(upToNow(state, atMs), [draft], atMs), events: [] };
    }
  }
}

/**
 * A poll that failed says nothing of the balance: it re-arms and stops nothing, and trips nothing but on an
 * estimate where that is wanted.
 */
function onLook(before: GuardState, found: Look, policy: Policy, asWritten: Policy): Decision {
  const from = followSource(before, found, policy);
  const polled = { ...from.state, lookedAtMs: found.atMs };
  const { state, look } = believed(polled, from.look);
  const judged = chain(
    state,
    (known) => followWays(known, policy, look.atMs),
    (known) => judge(known, look, policy, asWritten, before.lookedAtMs),
  );
  return { state: judged.state, events: [...from.events, ...judged.events] };
}

function judge(
  state: GuardState,
  look: Look,
  policy: Policy,
  asWritten: Policy,
  lookedAtMs: number | undefined,
): Decision {
  switch (look.kind) {
    case "blind":
      return chain(
        state,
        (blind) => whileBlind(blind, look, policy, lookedAtMs),
        (blind) => tripOnEstimate(blind, look, policy),
        (blind) => sayWhatIsSteady(blind, policy, look.atMs),
      );
    case "seen":
      return chain(
        state,
        (before) => ({ state: followCharges(before, look), events: [] }),
        (sighted) => whenSighted(sighted, look, policy),
        (sighted) => sayWhatIsSteady(sighted, policy, look.atMs),
        (sighted) => checkPodsSeen(sighted, look, policy),
        (sighted) => rememberKept(sighted, look, asWritten),
        (sighted) => sayRulesInUse(sighted, look, policy, asWritten),
        (sighted) => followBalance(sighted, look, policy),
        (sighted) => confirmEstimates(sighted, look, policy),
        (sighted) => checkThresholds(sighted, look, policy),
        (sighted) => ({ state: remindOfCrossings(sighted, look, policy), events: [] }),
        (sighted) => checkZero(sighted, look, policy),
        (sighted) => sayPostpaid(sighted, look, policy),
        (sighted) => checkBackstops(sighted, look, policy),
        (sighted) => sayWhatMayNotBeStopped(sighted, look, policy),
        (sighted) => checkBurn(sighted, look, policy),
        (sighted) => checkUnexplained(sighted, look, policy),
        (sighted) => followStopped(sighted, look, policy),
        (sighted) => countEnds(followRuns(sighted, look, policy), policy, look.atMs),
        (sighted) => countSpend(sighted, look, policy),
        (sighted) => checkBudgets(sighted, policy, look.atMs),
        (sighted) => checkPodGuards(sighted, policy, look.atMs),
        (sighted) => sayTellsOver(sighted, look, policy),
        (sighted) => checkStopped(sighted, look, policy),
        (sighted) => ({ state: forgetWhatIsOver(sighted), events: [] }),
        (sighted) => closeIncidents(sighted, look, policy),
      );
  }
}
