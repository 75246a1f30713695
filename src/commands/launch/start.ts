import { createClock } from "#clock.ts";
import { seePods } from "#commands/pods/seen-pods.ts";
import { exitCodes, UserError } from "#errors.ts";
import { spanWords } from "#guard/text.ts";
import { newLeaseId, ownHost, podNameOf } from "#operations/launch/lease-id.ts";
import { type Plan, planFor } from "#operations/launch/plan.ts";
import { goodQuote } from "#operations/launch/quote.ts";
import { protectByName } from "#operations/launch/protect.ts";
import { holding, refusalError } from "#operations/launch/refusals.ts";
import { type StartOrder, startPod } from "#operations/launch/start.ts";
import { whyNotEnded } from "#operations/launch/why-not-ended.ts";
import {
  type PodOptions,
  podWishFrom,
  type WishOptions,
  wishFrom,
  wishOfQuote,
} from "#operations/launch/start-options.ts";
import { agentSessionOf } from "#process/agent-session.ts";
import { isCalledByAgent } from "#process/own-program.ts";
import { realCreating } from "#wiring/account.ts";
import { confirm, isTerminal } from "#terminal/confirm.ts";
import type { Context, GlobalOptions } from "#terminal/context.ts";
import { tell } from "#terminal/warn.ts";
import { columnsOf } from "#terminal/wrap.ts";
import { estimatePanel } from "./panel.ts";
import { reportStarted } from "./started.ts";
import { createSteps } from "./steps.ts";

export interface StartOptions extends GlobalOptions, WishOptions, PodOptions {
  readonly quote?: string | undefined;
  readonly protect: boolean;
  readonly force: boolean;
  readonly yes: boolean;
  readonly json: boolean;
}

/** Starts a pod on a lease: shows what it costs, asks, and waits until it runs. Gives the exit code. */
export async function start(options: StartOptions, context: Context): Promise<number> {
  const { env, interrupted: signal, paces } = context;
  const session = agentSessionOf(env);
  if (options.force && session !== undefined) {
    throw new UserError("--force is for a person, and an agent has started this command.");
  }
  // Before it is known whether they can be used: no error may hold one.
  context.hide(valuesIn(options.env));
  const snapshot = await seePods(options, context);
  const { stateFile } = snapshot.settings;
  const quote =
    options.quote === undefined ? undefined : await goodQuote(options.quote, stateFile, Date.now());
  const wish = quote === undefined ? wishFrom(options) : wishOfQuote(quote, options);
  const pod = podWishFrom(options, wish.volumeGb, env);
  context.hide(Object.values(pod.env));
  const leaseId = newLeaseId();
  const wishing = {
    podName: podNameOf(pod.name, leaseId),
    isProtected: options.protect,
    isByDaemonsAgent: isCalledByAgent(env),
  };
  const clock = createClock();
  const creating = realCreating(snapshot.settings, clock, paces.request, snapshot.saved.source);
  const wanted =
    pod.templateId === undefined || options.disk !== undefined
      ? wish
      : { ...wish, containerDiskGb: undefined };
  const plan = await planFor(wanted, wishing, snapshot, creating, signal);
  if (!options.json) {
    for (const line of estimatePanel(plan.estimate, columnsOf(context))) context.print(line);
    context.print("");
  }
  refuse(plan, options);
  if (!options.yes && quote === undefined) {
    const answer = await ask(plan, options, context);
    if (answer === "interrupted") return exitCodes.interrupted;
    if (answer === "no") {
      context.print("Cancelled. Nothing was started.");
      return exitCodes.cancelled;
    }
  }
  const order: StartOrder = {
    ...wishing,
    ...pod,
    wish: wanted,
    leaseId,
    by: {
      kind: session === undefined ? "person" : "agent",
      agent: session?.agent,
      session: session?.session,
      host: ownHost(),
    },
    isForced: options.force,
    quoteId: quote?.id,
    agreed: quote ?? plan.estimate.price,
  };
  const steps = createSteps(context);
  const started = await startPod(order, {
    see: () => seePods(options, context),
    creating,
    clock,
    paces,
    protect: options.protect
      ? (snapshotNow) => protectByName(wishing.podName, snapshotNow, { env, paces, clock, signal })
      : undefined,
    waitMs: pod.waitMs,
    signal,
    onStep: steps.note,
  }).finally(steps.clear);
  const { json: isJson, protect: isProtected } = options;
  const { command } = snapshot.policy.podGuards;
  const reporting = {
    isJson,
    isProtected,
    unended: isProtected ? undefined : await whyNotEnded(wishing.podName, snapshot.settings, paces),
    asks: !options.yes && quote === undefined,
    command,
    creating,
    see: () => seePods(options, context),
  };
  return reportStarted(started, reporting, context);
}

/** As typed: what stands behind the first `=`. */
function valuesIn(typed: readonly string[] = []): readonly string[] {
  return typed.flatMap((each) => (each.includes("=") ? [each.slice(each.indexOf("=") + 1)] : []));
}

function refuse({ refusals }: Plan, { force }: StartOptions): void {
  const held = holding(refusals, force);
  if (held.length === 0) return;
  const isLifted = !force && held.every(({ isLiftedByForce }) => isLiftedByForce);
  const error = refusalError(held);
  if (!isLifted) throw error;
  const insist = "A person may insist with --force.";
  throw new UserError(error.message, {
    hint: error.hint === undefined ? insist : `${error.hint}\n${insist}`,
  });
}

function ask({ estimate }: Plan, options: StartOptions, context: Context) {
  if (!isTerminal(context) || options.json) {
    throw new UserError(
      "Cannot ask for confirmation: this is not a terminal, or --json was given. Nothing was started.",
      { hint: "Use -y to skip the question, or --quote ID of an estimate." },
    );
  }
  const end = options.protect
    ? "It is protected: no lease and no guard ends it, only a person."
    : `Its lease ends it after ${spanWords(estimate.wanted.forMs)}, whatever becomes of this command.`;
  tell(end, context);
  return confirm("Start this pod?", context);
}
