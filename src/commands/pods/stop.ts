import { createClock } from "#clock.ts";
import { exitCodes, UserError } from "#errors.ts";
import { type EndAction, type Pod } from "#guard/model/account.ts";
import { rowTitle, rowWords } from "#guard/text.ts";
import { requireIds } from "#operations/choose-pod.ts";
import { endedJson } from "#operations/done-json.ts";
import { endedWords, interruptedWords } from "#operations/end-words.ts";
import { type EndPlan, planEnds } from "#operations/stop-plan.ts";
import { type Stopped, stopPods } from "#operations/stop.ts";
import { isCalledByAgent } from "#process/own-program.ts";
import { factsNow } from "#report/known-run.ts";
import type { SeenSnapshot } from "#report/snapshot.ts";
import { confirm, isTerminal } from "#terminal/confirm.ts";
import type { Context, GlobalOptions } from "#terminal/context.ts";
import { printJson } from "#terminal/json.ts";
import { createProgress } from "#terminal/progress.ts";
import { columnsOf } from "#terminal/wrap.ts";
import { tell, warn } from "#terminal/warn.ts";
import { seePods } from "./seen-pods.ts";
import { endTable } from "./stop-table.ts";

export interface EndOptions extends GlobalOptions {
  readonly all: boolean;
  readonly yes: boolean;
  /** Only whole ids name pods. */
  readonly exact: boolean;
}

/** Ends pods by hand: shows what they cost and what is lost, asks, and proves the end. Gives the exit code. */
export async function stop(
  action: EndAction,
  words: readonly string[],
  options: EndOptions,
  context: Context,
): Promise<number> {
  const wanted = wantedBy(action, words, options);
  if (context.isJson && !options.yes) {
    throw cannotAsk(action, "with --json nobody is asked");
  }
  const snapshot = await seePods(options, context);
  const { protect, look } = snapshot;
  if (options.exact) requireIds(words, look);
  const plan = planEnds(action, wanted, look, protect, isCalledByAgent(context.env));
  if (!context.isJson) introduce(action, plan, snapshot, context);
  if (plan.pods.length === 0) {
    if (context.isJson) printJson(endedJson(action, plan, []), context);
    return exitCodes.done;
  }
  if (!options.yes) {
    const answer = await ask(action, plan, context);
    if (answer === "interrupted") return exitCodes.interrupted;
    if (answer === "no") {
      context.print("Cancelled. Nothing was changed.");
      return exitCodes.cancelled;
    }
  }
  const results = await stopShown(action, plan.pods, snapshot, context);
  if (context.isJson) printJson(endedJson(action, plan, results), context);
  return report(action, results, context);
}

function wantedBy(
  action: EndAction,
  words: readonly string[],
  { all }: EndOptions,
): readonly string[] | "all" {
  if (all && words.length === 0) return "all";
  if (!all && words.length > 0) return words;
  throw new UserError(all ? "Name pods or use --all, not both." : "Name a pod, or use --all.", {
    hint: `Then try: runpodboss ${action} --help`,
  });
}

function introduce(
  action: EndAction,
  { pods, leftOut }: EndPlan,
  snapshot: SeenSnapshot,
  context: Context,
): void {
  const { print } = context;
  for (const line of leftOut) print(line);
  if (pods.length === 0) {
    const isSaid = leftOut.some((line) => line.startsWith(`Nothing to ${action}`));
    if (!isSaid) print(`There is nothing to ${action}.`);
    return;
  }
  const rows = pods.map((pod) => ({ pod, facts: factsNow(pod, snapshot, snapshot.nowMs) }));
  const isCluster = pods.some(({ cluster }) => cluster !== undefined);
  const what = isCluster ? "To" : "Pods to";
  print(`${what} ${action}:\n${endTable(action, rows, columnsOf(context))}`);
}

function ask(action: EndAction, { pods }: EndPlan, context: Context) {
  if (!isTerminal(context)) {
    throw cannotAsk(action, "this is not a terminal");
  }
  const count = countWords(pods);
  return confirm(action === "stop" ? `Stop ${count}?` : `Delete ${count} for good?`, context);
}

function cannotAsk(action: EndAction, because: string): UserError {
  return new UserError(`Cannot ask for confirmation: ${because}. Nothing was changed.`, {
    hint: `Use -y or --yes to skip the question: runpodboss ${action} -y POD`,
  });
}

/** `this pod`, `this cluster of 4 pods`, `these 3 pods and 1 cluster`. */
function countWords(rows: readonly Pod[]): string {
  const clusters = rows.filter(({ cluster }) => cluster !== undefined);
  const [pods, members] = [
    rows.length - clusters.length,
    clusters[0]?.cluster?.members.length ?? 0,
  ];
  if (clusters.length === 0) return pods === 1 ? "this pod" : `these ${pods} pods`;
  if (rows.length === 1) return `this cluster of ${members} ${members === 1 ? "pod" : "pods"}`;
  const words = [
    ...(pods === 0 ? [] : [`${pods} ${pods === 1 ? "pod" : "pods"}`]),
    `${clusters.length} ${clusters.length === 1 ? "cluster" : "clusters"}`,
  ];
  return `these ${words.join(" and ")}`;
}

async function stopShown(
  action: EndAction,
  pods: readonly Pod[],
  snapshot: SeenSnapshot,
  context: Context,
): Promise<readonly Stopped[]> {
  const progress = createProgress(pods.length, context);
  try {
    return await stopPods(action, pods, snapshot, {
      clock: createClock(),
      paces: context.paces,
      signal: context.interrupted,
      isByAgent: isCalledByAgent(context.env),
      onProgress: (pod, words) => progress.note(pod, words),
    });
  } finally {
    progress.clear();
  }
}

function report(action: EndAction, results: readonly Stopped[], context: Context): number {
  for (const { pod, end, run, troubles } of results) {
    for (const trouble of troubles) warn(trouble, context);
    if (context.isJson) continue;
    if (end.kind === "ended") context.print(endedWords(action, pod, run, end.outcome.because));
    if (end.kind === "over-before") context.print(`${rowTitle(pod)}: ${end.because} already`);
  }
  const unproven = results.flatMap(({ pod, end }) => {
    if (end.kind === "unproven") return [`${rowWords(pod)}: ${end.because}`];
    if (end.kind !== "interrupted") return [];
    return [`${rowWords(pod)}: ${interruptedWords(end)}`];
  });
  if (results.some(({ end }) => end.kind === "interrupted")) {
    if (context.isJson) return exitCodes.interrupted;
    tell("Interrupted. Not proven stopped:", context);
    for (const line of unproven) tell(`  ${line}`, context);
    return exitCodes.interrupted;
  }
  if (unproven.length === 0) return exitCodes.done;
  throw new UserError(
    `Not proven stopped, ${unproven.length} of ${results.length}:\n${unproven.map((line) => `  ${line}`).join("\n")}`,
    {
      hint: `It may still run and cost money. Run runpodboss check, and ${action} it in RunPod's console.`,
      exitCode: exitCodes.unproven,
    },
  );
}
