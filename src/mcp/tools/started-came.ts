import { UserError } from "#errors.ts";
import { perHour, rowTitle, rowWords } from "#guard/text.ts";
import type { Came } from "#mcp/result.ts";
import { handEndWords } from "#operations/end-words.ts";
import type { Started } from "#operations/launch/started.ts";
import { leaseWords } from "#operations/launch/start-words.ts";
import { startedJson } from "#report/launch/started-json.ts";
import { localTime } from "#terminal/local-time.ts";

type StartedData = ReturnType<typeof startedJson> & { readonly warnings: readonly string[] };

interface ToTell {
  readonly ssh: string | undefined;
  /** Why nothing ends it with its lease; undefined: it is ended. */
  readonly unended: string | undefined;
}

/** What became of a start. Whatever did not come to a pod that runs is an error, beside what is known. */
export function startedCame(
  started: Started,
  { ssh, unended }: ToTell,
  notes: readonly string[],
): Came<StartedData> {
  const { kind, launch, troubles } = started;
  const warnings = [...notes, ...troubles];
  // What is read as words has it beside the end of its lease.
  const ofLease =
    unended === undefined || kind === "refused"
      ? []
      : [`nothing ends it with its lease: ${unended}`];
  const told = { kind, launch, pod: podOf(started), because: becauseOf(started), ssh };
  return {
    words: [...wordsFor(started, { ssh, unended }), ...warnings.map((each) => `Warning: ${each}`)],
    data: { ...startedJson(told), warnings: [...warnings, ...ofLease] },
    fault: faultOf(started, unended),
  };
}

function podOf(started: Started) {
  return "pod" in started ? started.pod : undefined;
}

function becauseOf(started: Started): string | undefined {
  switch (started.kind) {
    case "running":
      return started.wasLost;
    case "not-running":
    case "refused":
    case "lost":
      return started.because;
    case "too-dear":
      return handEndWords(started.end);
    case "interrupted":
      return "interrupted";
  }
}

function wordsFor(started: Started, { ssh, unended }: ToTell): readonly string[] {
  if (started.kind !== "running") return [];
  const { pod, launch, wasLost } = started;
  const cost = pod.costPerHrUsd === undefined ? "" : `, at ${perHour(pod.costPerHrUsd)}`;
  return [
    `${rowTitle(pod)} runs${cost}. ${leaseWords(localTime(launch.endsAtMs), unended)}`,
    ...(wasLost === undefined
      ? []
      : [`RunPod answered with an error (${wasLost}), and the pod is there all the same.`]),
    ...(ssh === undefined ? [] : [`ssh ${ssh}`]),
    "Next: extend before its lease ends if the work needs longer; save the results and stop it when it is done.",
  ];
}

function faultOf(started: Started, unended: string | undefined): UserError | undefined {
  const { launch } = started;
  const lease = leaseWords(localTime(launch.endsAtMs), unended, " all the same");
  const never = "RunPod was asked once, and must not be asked again for the same.";
  switch (started.kind) {
    case "running":
      return undefined;
    case "not-running": {
      const what = started.pod === undefined ? `Pod ${launch.name}` : rowTitle(started.pod);
      return new UserError(`${what} is not up: ${started.because}. ${lease}`, {
        hint: "It costs what it costs until then: look with status, and stop it if it is not wanted.",
      });
    }
    case "refused":
      return new UserError(
        `Not started: RunPod refused it (${started.because}), and no such pod is there.`,
        { hint: "See what there is with gpus, and ask for another estimate." },
      );
    case "lost":
      return new UserError(
        `Not known whether pod ${launch.name} was started: ${started.because}. No poll has shown it. If it comes to be: ${lease}`,
        { hint: `${never} Look with status.` },
      );
    case "too-dear": {
      const { pod, costPerHrUsd, end } = started;
      const isGone = end.kind === "ended" || end.kind === "over-before";
      const what = `RunPod charges ${perHour(costPerHrUsd)} for ${rowWords(pod)}, more than was agreed to.`;
      return new UserError(
        isGone
          ? `${what} It was deleted again: ${handEndWords(end)}.`
          : `${what} It could not be proven deleted: ${handEndWords(end)}. ${lease}`,
        { hint: isGone ? "Ask for another estimate." : "Tell the person you work for." },
      );
    }
    case "interrupted":
      return new UserError(
        `Not waited for any longer. Pod ${launch.name} ${launch.podId === undefined ? "may come to be" : "was made"}. ${lease}`,
        {
          hint: `${never} Look with status.`,
        },
      );
  }
}
