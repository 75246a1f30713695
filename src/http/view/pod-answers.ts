import { type Pod, runStateOf } from "#guard/model/account.ts";
import { own } from "#guard/own-value.ts";
import type { PodAnswer } from "#http/contract/status.ts";
import { isGuardFor } from "#guard/protect.ts";
import { namedIn } from "#guard/pods/run/named-in.ts";
import { startedWords } from "#guard/pods/run/started-by.ts";
import { endLoses } from "#report/end-losses.ts";
import { endWords } from "#report/overview/end-words.ts";
import type { OverviewSources, Reported } from "#report/overview/sources.ts";
import { runNameOf } from "#guard/pods/run/run-name.ts";
import type { statusJson } from "#report/status/status-json.ts";
import { mayAsk } from "./may-ask.ts";

/** As `status --json` has them. */
type Told = NonNullable<ReturnType<typeof statusJson>["pods"]>;

/** So many are shown: more would be more than a page can show. */
const mostShown = 2_000;

interface PodAnswers {
  readonly pods: PodAnswer[] | null;
  /** How many are left out. */
  readonly hidden: number;
}

/** Undefined, the pods are not known; where there are too many, those that run go first. */
export function podAnswers(
  told: Told | null,
  reported: readonly Reported[],
  sources: OverviewSources,
): PodAnswers {
  if (told === null) return { pods: null, hidden: 0 };
  const all = reported.flatMap((each, n) => {
    const row = told[n];
    return row === undefined ? [] : [{ ...each, row }];
  });
  const shown =
    all.length <= mostShown
      ? all
      : all.toSorted((a, b) => order(a.pod) - order(b.pod)).slice(0, mostShown);
  return {
    pods: shown.map(({ row, ...each }) => podAnswer(row, each, sources)),
    hidden: all.length - shown.length,
  };
}

function order(pod: Pod | undefined): number {
  return pod !== undefined && runStateOf(pod) === "ended" ? 1 : 0;
}

function podAnswer(row: Told[number], each: Reported, sources: OverviewSources): PodAnswer {
  const { report, pod } = each;
  const run = own(sources.state.runs, report.id);
  const ended =
    pod ??
    (report.cluster === undefined ? {} : { cluster: { members: report.cluster.members ?? [] } });
  const losing = { hasNetworkVolume: undefined, ...ended };
  return {
    ...row,
    run: run === undefined ? null : runNameOf(run),
    is_running: isRunning(each, sources),
    is_idle_watched: isIdleWatched(pod ?? (run && namedIn(run)), report, sources),
    started_words: isOurs(report) ? (startedWords(report.startedBy) ?? null) : null,
    end_words: endWords(report, sources.policy, sources.isDryRun) ?? null,
    ...mayAsk(each, sources),
    loses: { stop: endLoses("stop", losing), terminate: endLoses("terminate", losing) },
  };
}

function isOurs({ startedBy: { kind } }: Reported["report"]): boolean {
  return kind === "ours" || kind === "ours-elsewhere";
}

function isIdleWatched(
  row: Parameters<typeof isGuardFor>[0] | undefined,
  { isProtected }: Reported["report"],
  { policy }: OverviewSources,
): boolean {
  const { idle } = policy.podGuards;
  return row !== undefined && idle !== undefined && !isProtected && isGuardFor(row, idle);
}

/** Of what is not seen now, nobody knows. */
function isRunning({ pod, report }: Reported, { look }: OverviewSources): boolean | null {
  if (pod === undefined || report.status === undefined || look.kind === "blind") return null;
  switch (runStateOf(pod)) {
    case "running":
      return true;
    case "ended":
      return false;
    case "unknown":
      return null;
  }
}
