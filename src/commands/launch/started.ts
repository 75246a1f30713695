import { createClock } from "#clock.ts";
import { exitCodes, UserError } from "#errors.ts";
import type { Pod } from "#guard/model/account.ts";
import { isPlainId, perHour, rowTitle, rowWords } from "#guard/text.ts";
import { endedWords, handEndWords } from "#operations/end-words.ts";
import type { Started } from "#operations/launch/started.ts";
import { leaseWords } from "#operations/launch/start-words.ts";
import { stopPods } from "#operations/stop.ts";
import type { Creating } from "#ports.ts";
import { startedJson } from "#report/launch/started-json.ts";
import type { SeenSnapshot } from "#report/snapshot.ts";
import { confirm, isTerminal } from "#terminal/confirm.ts";
import type { Context } from "#terminal/context.ts";
import { localTime } from "#terminal/local-time.ts";
import { tell, warn } from "#terminal/warn.ts";
import { createSteps } from "./steps.ts";

export interface Reporting {
  readonly isJson: boolean;
  readonly isProtected: boolean;
  /** Why nothing ends it with its lease; undefined: it is ended. */
  readonly unended: string | undefined;
  /** Whoever typed it wants to be asked. */
  readonly asks: boolean;
  /** What to type for this program, with its config. */
  readonly command: string;
  readonly creating: Pick<Creating, "sshOf">;
  /** The account as it is now. */
  readonly see: () => Promise<SeenSnapshot>;
}

const isProtectedWords = "It is protected: no lease and no guard ends it.";

/** Says what became of a start, and what to type next. Gives the exit code; throws a UserError where there is no pod. */
export async function reportStarted(
  started: Started,
  reporting: Reporting,
  context: Context,
): Promise<number> {
  const { launch, troubles } = started;
  for (const trouble of troubles) warn(trouble, context);
  const endsAt = localTime(launch.endsAtMs);
  const { isProtected, unended, isJson } = reporting;
  const lease = isProtected ? isProtectedWords : leaseWords(endsAt, unended, " all the same");
  if (isJson && unended !== undefined && started.kind !== "refused") warn(lease, context);
  switch (started.kind) {
    case "running":
      return running(started, reporting, context);
    case "not-running": {
      const { pod, because } = started;
      printJson(started, { pod, because, ssh: undefined }, reporting, context);
      tell(
        `${pod === undefined ? `Pod ${launch.name}` : rowTitle(pod)} is not up: ${because}. ${lease}`,
        context,
      );
      return pod === undefined ? exitCodes.unproven : offerEnd(pod, reporting, context);
    }
    case "refused":
      printJson(
        started,
        { pod: undefined, because: started.because, ssh: undefined },
        reporting,
        context,
      );
      throw new UserError(
        `Not started: RunPod refused it (${started.because}), and no such pod is there.`,
        { hint: "It was asked once, and is not asked again. See what there is: runpodboss gpus" },
      );
    case "lost":
      printJson(
        started,
        { pod: undefined, because: started.because, ssh: undefined },
        reporting,
        context,
      );
      throw new UserError(
        `Not known whether pod ${launch.name} was started: ${started.because}. No poll has shown it, and RunPod is not asked again. ${ifItComes(isProtected, unended, endsAt)}`,
        { hint: "See whether it is there: runpodboss status", exitCode: exitCodes.unproven },
      );
    case "too-dear": {
      const { pod, costPerHrUsd, end } = started;
      printJson(started, { pod, because: handEndWords(end), ssh: undefined }, reporting, context);
      const what = `RunPod charges ${perHour(costPerHrUsd)} for ${rowWords(pod)}, more than was agreed to.`;
      if (end.kind === "ended" || end.kind === "over-before") {
        throw new UserError(`${what} It was deleted again: ${handEndWords(end)}.`);
      }
      throw new UserError(`${what} It could not be proven deleted: ${handEndWords(end)}.`, {
        hint: `${isProtected ? isProtectedWords : leaseWords(endsAt, unended)} To delete it: runpodboss terminate ${wordFor(pod)}`,
        exitCode: exitCodes.unproven,
      });
    }
    case "interrupted":
      printJson(
        started,
        { pod: undefined, because: "interrupted", ssh: undefined },
        reporting,
        context,
      );
      tell(
        `Interrupted. Pod ${launch.name} ${launch.podId === undefined ? "may come to be" : "was made"}. ${lease}`,
        context,
      );
      return exitCodes.interrupted;
  }
}

function ifItComes(isProtected: boolean, unended: string | undefined, endsAt: string): string {
  if (isProtected) return "If it comes to be, it is protected: no lease and no guard ends it.";
  return unended === undefined
    ? `If it comes to be, its lease ends it at ${endsAt}.`
    : `If it comes to be, nothing ends it: ${unended}.`;
}

function wordFor({ id }: Pod): string {
  return isPlainId(id) ? id : "POD";
}

async function running(
  started: Extract<Started, { kind: "running" }>,
  reporting: Reporting,
  context: Context,
): Promise<number> {
  const { pod, launch, wasLost } = started;
  const ssh = await reporting.creating.sshOf(pod.id, context.interrupted);
  printJson(started, { pod, because: wasLost, ssh }, reporting, context);
  if (wasLost !== undefined) {
    tell(`RunPod answered with an error (${wasLost}), and the pod is there all the same.`, context);
  }
  if (reporting.isJson) return exitCodes.done;
  const { command } = reporting;
  const word = wordFor(pod);
  const cost = pod.costPerHrUsd === undefined ? "" : `, at ${perHour(pod.costPerHrUsd)}`;
  context.print(`${rowTitle(pod)} runs${cost}.`);
  context.print(
    reporting.isProtected
      ? isProtectedWords
      : leaseWords(localTime(launch.endsAtMs), reporting.unended),
  );
  context.print("");
  if (ssh !== undefined) context.print(`  ssh     ssh ${ssh}`);
  context.print(`  extend  ${command} extend ${word} 2`);
  context.print(`  stop    ${command} stop ${word}`);
  return exitCodes.done;
}

function printJson(
  { kind, launch }: Started,
  facts: {
    readonly pod: Pod | undefined;
    readonly because: string | undefined;
    readonly ssh: string | undefined;
  },
  { isJson }: Reporting,
  context: Context,
): void {
  if (isJson) context.printData(JSON.stringify(startedJson({ kind, launch, ...facts }), null, 2));
}

/** A pod that never ran is to be deleted, if a person says so. */
async function offerEnd(
  pod: Pod,
  { isJson, asks, see, command }: Reporting,
  context: Context,
): Promise<number> {
  const hint = `To delete it now: ${command} terminate ${wordFor(pod)}`;
  if (isJson || !asks || !isTerminal(context)) {
    tell(hint, context);
    return exitCodes.unproven;
  }
  const answer = await confirm("Delete it now?", context);
  if (answer === "interrupted") return exitCodes.interrupted;
  if (answer === "no") {
    tell(hint, context);
    return exitCodes.unproven;
  }
  const steps = createSteps(context);
  const [ended] = await stopPods("terminate", [pod], await see(), {
    clock: createClock(),
    paces: context.paces,
    signal: context.interrupted,
    onProgress: (_pod, words) => words !== undefined && steps.note(words),
  }).finally(steps.clear);
  if (ended === undefined) return exitCodes.interrupted;
  for (const trouble of ended.troubles) warn(trouble, context);
  const { end, run } = ended;
  if (end.kind === "ended") {
    context.print(endedWords("terminate", pod, run, end.outcome.because));
    return exitCodes.unproven;
  }
  tell(`${rowTitle(pod)}: ${handEndWords(end)}. ${hint}`, context);
  return exitCodes.unproven;
}
