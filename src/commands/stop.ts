import { createClock } from "../clock.ts";
import { exitCodes, UserError } from "../errors.ts";
import type { EndAction, Pod, RecordType } from "../guard/model.ts";
import { isRunning } from "../guard/running.ts";
import { impatient } from "../runpod/impatient.ts";
import { podWords } from "./choose-pod.ts";
import { confirm, isTerminal } from "./confirm.ts";
import type { Context, GlobalOptions } from "./context.ts";
import { endByHand, type HandEnd } from "./end-by-hand.ts";
import { type EndPlan, planEnds } from "./end-plan.ts";
import { costWords, endTable, uptimeWords } from "./end-table.ts";
import { capAtMs, factsNow } from "./known-run.ts";
import { createProgress } from "./progress.ts";
import { record } from "./record.ts";
import { seenSituation, type SeenSituation } from "./seen-situation.ts";
import { tell } from "./warn.ts";

export interface EndOptions extends GlobalOptions {
  readonly all: boolean;
  readonly yes: boolean;
}

/** How many pods are ended at once. */
const atOnce = 4;

/** Ends pods for people: shows what it costs or loses, asks, and proves it. Gives the exit code. */
export async function stop(
  action: EndAction,
  words: readonly string[],
  options: EndOptions,
  context: Context,
): Promise<number> {
  const wanted = wantedBy(action, words, options);
  const situation = await seenSituation(options, context);
  const { policy, look } = situation;
  const plan = planEnds(action, wanted, look, policy.protect);
  introduce(action, plan, situation, context);
  if (plan.pods.length === 0) return exitCodes.done;
  if (!options.yes) {
    const answer = await ask(action, plan, context);
    if (answer === "interrupted") return exitCodes.interrupted;
    if (answer === "no") {
      context.print("Cancelled: nothing was touched.");
      return exitCodes.cancelled;
    }
  }
  const results = await endAll(action, plan.pods, situation, context);
  return report(action, results, context);
}

function wantedBy(
  action: EndAction,
  words: readonly string[],
  { all }: EndOptions,
): readonly string[] | "all" {
  if (all && words.length === 0) return "all";
  if (!all && words.length > 0) return words;
  throw new UserError(all ? "Name pods or --all, not both." : "Name a pod, or --all.", {
    hint: `Then try: runpodboss ${action} --help`,
  });
}

function introduce(
  action: EndAction,
  { pods, leftOut }: EndPlan,
  situation: SeenSituation,
  { print }: Context,
): void {
  for (const line of leftOut) print(line);
  if (pods.length === 0) {
    print(`There is nothing to ${action}.`);
    return;
  }
  const rows = pods.map((pod) => ({ pod, facts: factsNow(pod, situation, situation.nowMs) }));
  print(`To ${action}:\n${endTable(action, rows)}`);
}

function ask(action: EndAction, { pods }: EndPlan, context: Context) {
  if (!isTerminal(context)) {
    throw new UserError("There is no terminal to ask on. Nothing was touched.", {
      hint: `-y, --yes does without asking: runpodboss ${action} -y POD`,
    });
  }
  const count = pods.length === 1 ? "this pod" : `these ${pods.length} pods`;
  const verb = action === "stop" ? "Stop" : "Terminate, for good,";
  return confirm(`${verb} ${count}?`, context);
}

interface Result {
  readonly pod: Pod;
  readonly end: HandEnd;
  /** What it comes to, for people. */
  readonly words: string;
}

async function endAll(
  action: EndAction,
  pods: readonly Pod[],
  situation: SeenSituation,
  context: Context,
): Promise<readonly Result[]> {
  const clock = createClock();
  const account = impatient(situation.account, clock);
  const { protect } = situation.policy;
  const progress = createProgress(pods.length, context);
  const results = new Map<Pod, Result>();
  const waiting = [...pods];

  async function endOneAfterTheOther(): Promise<void> {
    for (let pod = waiting.shift(); pod !== undefined; pod = waiting.shift()) {
      results.set(pod, await endOne(pod));
    }
  }

  async function endOne(pod: Pod): Promise<Result> {
    if (context.interrupted.aborted) {
      return { pod, end: { kind: "interrupted", wasAsked: false }, words: "" };
    }
    const note = (words: string): void => progress.note(pod, words);
    const deps = { account, clock, protect, note };
    const end = await endByHand(pod, action, deps, context.interrupted);
    const words = end.kind === "ended" ? await keep(pod, end) : "";
    progress.note(pod, undefined);
    return { pod, end, words };
  }

  /** Exactly one record for an end that is proven, whatever it takes from here. */
  async function keep(pod: Pod, end: HandEnd & { readonly kind: "ended" }): Promise<string> {
    const { ranAtMs, outcome } = end;
    const atMs = Date.now();
    const run = { ...factsNow(pod, situation, atMs), capAtMs: capAtMs(pod, situation, atMs) };
    const isGone = action === "terminate" || outcome.podIs === "gone";
    const type: RecordType = isGone ? "termination" : "stop";
    const { because } = outcome;
    progress.clear();
    await record({ type, atMs, because, run, ranAtMs }, situation.settings, context);
    const done = action === "stop" ? "stopped" : "terminated";
    const past = isRunning(pod)
      ? `it ran ${uptimeWords(run)}, cost ${costWords(run)}; `
      : "it did not run; ";
    return `${done} ${podWords(pod)}: ${past}${because}`;
  }

  try {
    await Promise.all(Array.from({ length: atOnce }, endOneAfterTheOther));
  } finally {
    progress.clear();
  }
  return pods.flatMap((pod) => results.get(pod) ?? []);
}

function report(action: EndAction, results: readonly Result[], context: Context): number {
  for (const { pod, end, words } of results) {
    if (end.kind === "ended") context.print(words);
    if (end.kind === "over-before") context.print(`${podWords(pod)}: ${end.because} already`);
  }
  const unproven = results.flatMap(({ pod, end }) => {
    if (end.kind === "unproven") return [`${podWords(pod)}: ${end.because}`];
    if (end.kind !== "interrupted") return [];
    return [`${podWords(pod)}: ${end.wasAsked ? "RunPod was asked, no proof" : "not asked"}`];
  });
  if (results.some(({ end }) => end.kind === "interrupted")) {
    tell("Interrupted. Not proven to have ended:", context);
    for (const line of unproven) tell(`  ${line}`, context);
    return exitCodes.interrupted;
  }
  if (unproven.length === 0) return exitCodes.done;
  throw new UserError(
    `Not proven, ${unproven.length} of ${results.length}:\n${unproven.map((line) => `  ${line}`).join("\n")}`,
    {
      hint: `It may still run and cost money: look with runpodboss check, and ${action} it in RunPod's console.`,
      exitCode: exitCodes.unproven,
    },
  );
}
