import type { Threshold } from "#guard/model/policy.ts";
import { crossedAtUsd, lineWords } from "#guard/account/lines/line.ts";
import { spanWords } from "#guard/text.ts";
import { type Future, liveThrough, type Wanted } from "./live-through.ts";
import {
  carriedOut,
  clustersOf,
  paceOf,
  podsOf,
  type TonightRow,
  toldOf,
  type TonightSources,
} from "./sources.ts";
import { toldWords } from "./told.ts";

/** Enough for what is due between two polls, and for what comes of it. */
const polls = 4;

/** What happens as the balance falls, with an agent that works and one that fails, and while nothing is seen. */
export function accountRows(sources: TonightSources): readonly TonightRow[] {
  return [
    ...sources.policy.thresholds.map((threshold) => crossing(threshold, sources)),
    ...agentFails(sources),
    runpodIsGone(sources),
    thisMachineDies(sources),
  ];
}

/** The balance falls below one threshold and stays there; what those above it do is theirs. */
function crossing(threshold: Threshold, sources: TonightSources): TonightRow {
  const { thresholds } = sources.policy;
  const at = thresholds.indexOf(threshold);
  // How much a crossing matters depends on the others.
  const above = thresholds.slice(0, at).map((each) => ({ ...each, ...doesNothing }));
  const others = { above, below: thresholds.slice(at + 1) };
  const done = falling([threshold], "works", sources, others);
  const ofOthers = new Set(above.map(({ name }) => name));
  const told = toldOf(done, sources, (notice) => !ofOthers.has(notice.threshold ?? ""));
  const isCalled = done.some(({ effect }) => effect.kind === "call-agent");
  const ending = endingWords(done, sources);
  const acts = [...(isCalled ? ["the agent is called"] : []), ...ending];
  return {
    when: `the balance falls below ${lineWords(threshold)}`,
    outcome: [toldWords(told), ...(acts.length === 0 ? ["nothing is stopped"] : acts)],
    isWarning: told.kind === "nobody" || acts.length === 0,
    isMendable: true,
  };
}

const doesNothing = { answers: [], backstop: undefined } as const;

/** Every agent that is called fails, while the balance falls below each threshold. */
function agentFails(sources: TonightSources): readonly TonightRow[] {
  const { thresholds } = sources.policy;
  const done = falling(thresholds, "fails", sources);
  if (!done.some(({ effect }) => effect.kind === "call-agent")) return [];
  const told = toldOf(done, sources, ({ event }) => event === "agent");
  const ends = endingWords(done, sources);
  const lastResort = thresholds.find(({ name }) =>
    done.some(({ effect }) => effect.kind === "end-pod" && effect.threshold === name),
  );
  const where = lastResort === undefined ? "" : ` below ${lineWords(lastResort)}`;
  return [
    {
      when: "the agent fails",
      outcome: [
        toldWords(told),
        ...(ends.length === 0 ? ["nothing is stopped"] : ends.map((words) => `${words}${where}`)),
      ],
      isWarning: told.kind === "nobody" || ends.length === 0,
      isMendable: true,
    },
  ];
}

function runpodIsGone(sources: TonightSources): TonightRow {
  const { blindAfterMs } = sources.policy;
  const { stepMs, paced } = paceOf(sources, blindAfterMs);
  const lastsMs = blindAfterMs + polls * stepMs;
  const balanceUsd = (sinceMs: number) => (sinceMs === 0 ? 1_000 : undefined);
  const pods = podsOf(sources);
  const future: Future = { pods, load: "busy", agent: "works", stepMs, lastsMs, balanceUsd };
  const done = carriedOut(liveThrough(future, paced), sources);
  const told = toldOf(done, sources, ({ event }) => event === "blind");
  return {
    when: `RunPod cannot be reached for ${spanWords(blindAfterMs)}`,
    outcome: [toldWords(told)],
    isWarning: told.kind === "nobody",
    isMendable: true,
  };
}

/** No poll any more: whoever decides is gone, and only somebody outside can tell. */
function thisMachineDies(sources: TonightSources): TonightRow {
  const { hasHeartbeat, onSilence, isMuteOutside = false, dryRun } = sources;
  const isOutsideGood = onSilence !== undefined && onSilence !== "gone" && !isMuteOutside;
  const outcome = dryRun
    ? []
    : [
        ...(hasHeartbeat ? ["the heartbeat's receiver tells you"] : []),
        ...(onSilence === undefined ? [] : [outsideWords(onSilence, isMuteOutside)]),
      ];
  const isTold = !dryRun && (hasHeartbeat || isOutsideGood);
  return {
    when: "this machine dies",
    outcome: outcome.length > 0 ? outcome : ["nobody notices; set heartbeat"],
    isWarning: !isTold || (onSilence !== undefined && !isOutsideGood),
    isMendable: false,
  };
}

function outsideWords(
  onSilence: NonNullable<TonightSources["onSilence"]>,
  isMute: boolean,
): string {
  const tells = isMute ? "the guard outside tells nobody" : "the guard outside tells you";
  switch (onSilence) {
    case "notify":
      return `${tells} and stops nothing`;
    case "guard":
      return `${tells} and stops pods by these rules`;
    case "gone":
      return "the guard outside does nothing";
  }
}

/** Thresholds that the balance is below from the start, and those that it does not reach. */
interface Others {
  readonly above: readonly Threshold[];
  readonly below: readonly Threshold[];
}

/**
 * What is done while the balance falls below these, one after the other and no further, and no guard of
 * single pods is on.
 */
function falling(
  thresholds: readonly Threshold[],
  agent: Future["agent"],
  sources: TonightSources,
  { above, below }: Others = { above: [], below: [] },
): readonly Wanted[] {
  const { podGuards, ...rest } = sources.policy;
  const off = { idle: undefined, lease: undefined, hardTimeout: undefined };
  const lines = [...thresholds, ...below];
  const policy = {
    ...rest,
    thresholds: [...above, ...lines],
    podGuards: { ...podGuards, ...off },
  };
  const longestMs = Math.max(0, ...thresholds.map(({ backstop }) => backstop?.afterMs ?? 0));
  const { stepMs, paced } = paceOf({ ...sources, policy }, longestMs);
  const stretchMs = longestMs + polls * stepMs;
  const pods = podsOf(sources);
  const burnPerHrUsd = pods.reduce((sum, { costPerHrUsd = 0 }) => sum + costPerHrUsd, 0);
  const atUsd = (line: Threshold | undefined): number =>
    (line && crossedAtUsd(line, burnPerHrUsd)) ?? 0;
  const balances = [Infinity, ...thresholds.map(atUsd)].map((fromUsd, n) => {
    const toUsd = atUsd(lines[n]);
    return fromUsd === Infinity ? toUsd + 1 : (fromUsd + toUsd) / 2;
  });
  const future: Future = {
    pods,
    load: "busy",
    agent,
    stepMs,
    lastsMs: (thresholds.length + 1) * stretchMs,
    balanceUsd: (sinceMs) => balances[Math.min(thresholds.length, Math.floor(sinceMs / stretchMs))],
  };
  return carriedOut(liveThrough(future, paced), sources);
}

/** What the backstops do; nothing where they end no pod. */
function endingWords(done: readonly Wanted[], sources: TonightSources): readonly string[] {
  const ends = done.flatMap(({ effect }) => (effect.kind === "end-pod" ? [effect] : []));
  const [first] = ends;
  if (first === undefined) return [];
  const count = new Set(ends.map(({ podId }) => podId)).size;
  const all = podsOf(sources).length;
  const which = count < all ? `${count} of ${all} pods` : "pods that still run";
  const verb = count < all && count === 1 ? "is" : "are";
  const left = clustersOf(sources).length;
  return [
    `${which} ${verb} ${first.action === "stop" ? "stopped" : "terminated"}`,
    ...(left === 0
      ? []
      : [left === 1 ? "1 cluster is left running" : `${left} clusters are left running`]),
  ];
}
