import { createClock } from "#clock.ts";
import { seePods } from "#commands/pods/seen-pods.ts";
import { exitCodes } from "#errors.ts";
import { newLeaseId, podNameOf } from "#operations/launch/lease-id.ts";
import { planFor } from "#operations/launch/plan.ts";
import { giveQuote } from "#operations/launch/quote.ts";
import type { Refusal } from "#operations/launch/refusals.ts";
import { type WishOptions, wishFrom } from "#operations/launch/start-options.ts";
import { isCalledByAgent } from "#process/own-program.ts";
import { estimateJson } from "#report/launch/estimate-json.ts";
import { isoOrNull } from "#report/iso.ts";
import { inShell } from "#shell-word.ts";
import { realCreating } from "#wiring/account.ts";
import type { Context, GlobalOptions } from "#terminal/context.ts";
import { tell } from "#terminal/warn.ts";
import { columnsOf } from "#terminal/wrap.ts";
import { estimatePanel } from "./panel.ts";

export interface EstimateOptions extends GlobalOptions, WishOptions {
  readonly name?: string | undefined;
  readonly json: boolean;
}

/** Shows what a pod would cost and what becomes of the balance, and gives a quote. 1: the balance would not last. */
export async function estimate(options: EstimateOptions, context: Context): Promise<number> {
  const wish = wishFrom(options);
  const snapshot = await seePods(options, context);
  const { settings, saved, policy } = snapshot;
  const { command } = policy.podGuards;
  const wishing = {
    podName: podNameOf(options.name ?? "pod", newLeaseId()),
    isProtected: false,
    isByDaemonsAgent: isCalledByAgent(context.env),
  };
  const creating = realCreating(settings, createClock(), context.paces.request, saved.source);
  const plan = await planFor(wish, wishing, snapshot, creating, context.interrupted);
  const { estimate: found, refusals } = plan;
  if (options.json) {
    const quote = await giveQuote(found, settings.stateFile);
    context.printData(
      JSON.stringify(
        {
          ...estimateJson(found),
          refused_because: refusals.map(({ because }) => because),
          quote: { id: quote.id, expires_at: isoOrNull(quote.expiresAtMs) },
        },
        null,
        2,
      ),
    );
  } else {
    for (const { because } of refusals) tell(`It would be refused: ${because}.`, context);
    for (const line of hintLines(refusals)) tell(line, context);
    for (const line of estimatePanel(found, columnsOf(context))) context.print(line);
    // A command that is known to be refused is no next step.
    if (refusals.length === 0) {
      const quote = await giveQuote(found, settings.stateFile);
      context.print("");
      context.print(
        `Quote ${quote.id} is good for five minutes, and for one pod:\n  ${command} start --quote ${quote.id}${besideQuote(options)} --image IMAGE`,
      );
    }
  }
  return found.lasts === true ? exitCodes.done : exitCodes.wouldNotLast;
}

/** What was typed that a quote does not hold, as it changes no price. */
function besideQuote({ name, region }: EstimateOptions): string {
  return [
    ...(name === undefined ? [] : [` --name ${inShell(name)}`]),
    ...(region === undefined ? [] : [` --region ${inShell(region)}`]),
  ].join("");
}

function hintLines(refusals: readonly Refusal[]): readonly string[] {
  return [...new Set(refusals.flatMap(({ hint }) => hint?.split("\n") ?? []))];
}
