import type { Simulator } from "#simulator/server.ts";
import { goalMs, podsOf, type Scenario, unprotected } from "./overspend-scenario.ts";
import type { Logged } from "./run-guard.ts";

const msPerHour = 3_600_000;

export interface Overspend {
  /** From the crossing until nothing unprotected ran any more; undefined when it never came to that. */
  readonly stoppedAfterMs: number | undefined;
  /** Until the guard knew so by looking. */
  readonly provenAfterMs: number | undefined;
  /** What the account spent from the crossing to the proof. */
  readonly usd: number | undefined;
  readonly boundUsd: number;
  readonly isWithin: boolean;
  /** What must not happen, in words. */
  readonly wrongs: readonly string[];
  readonly lines: readonly Logged[];
}

export interface Played {
  readonly simulator: Simulator;
  readonly crossingAtMs: number;
  readonly lines: readonly Logged[];
  readonly told: readonly string[];
}

export function judge(scenario: Scenario, played: Played): Overspend {
  const { simulator, crossingAtMs, lines } = played;
  const { burnPerHrUsd } = scenario;
  const ends = simulator.account.ended();
  const endOf = (podId: string): number =>
    ends.find((end) => end.podId === podId)?.atMs ?? Infinity;
  const stoppedAtMs = Math.max(...unprotected.map(endOf));
  const proofAtMs = provenAtMs(lines);
  const isBounded = Number.isFinite(stoppedAtMs) && proofAtMs !== undefined;
  const spentUsd = podsOf(scenario)
    .map(({ id, costPerHrUsd }) => {
      const untilMs = Math.min(endOf(id), proofAtMs ?? Infinity);
      return (costPerHrUsd * (untilMs - crossingAtMs)) / msPerHour;
    })
    .reduce((sum, usd) => sum + usd, 0);
  const boundUsd = (burnPerHrUsd * goalMs) / msPerHour;
  return {
    stoppedAfterMs: isBounded ? stoppedAtMs - crossingAtMs : undefined,
    provenAfterMs: isBounded ? proofAtMs - crossingAtMs : undefined,
    usd: isBounded ? spentUsd : undefined,
    boundUsd,
    isWithin: isBounded && spentUsd <= boundUsd,
    wrongs: wrongsOf(scenario, played),
    lines,
  };
}

function wrongsOf({ fault, course }: Scenario, played: Played): readonly string[] {
  const { simulator, crossingAtMs, lines, told } = played;
  const { account, asked } = simulator;
  const touched = asked.flatMap(({ does, podId }) =>
    does === "stop" || does === "terminate" ? [podId] : [],
  );
  const mayStop = course !== "stays above" && course !== "is topped up";
  const wrongs = [
    [touched.includes("keep-1"), "a protected pod was asked to stop"],
    [account.pod("keep-1")?.status !== "RUNNING", "a protected pod runs no more"],
    [!mayStop && touched.length > 0, "a pod was stopped that should not have been"],
    [account.ended().some(({ atMs }) => atMs < crossingAtMs), "a pod was stopped too soon"],
    [account.ended().some(({ dataLost }) => dataLost), "data was lost"],
    [lines.some(({ message }) => message.includes("bug")), "the guard met a bug of its own"],
    [!fault.notifyHangs && !told.includes("trip"), "nobody was told of the trip"],
  ] as const;
  return wrongs.flatMap(([is, words]) => (is ? [words] : []));
}

/** When the guard knew by looking that nothing unprotected runs; what it was told counts for nothing. */
export function provenAtMs(lines: readonly Logged[]): number | undefined {
  const ends = unprotected.map(
    (podId) =>
      lines.find(({ message, fields }) => message === "pod ended" && fields["podId"] === podId)
        ?.atMs ?? Infinity,
  );
  const first = lines.find(({ message }) => message === "polled")?.fields["burnPerHrUsd"];
  const looked = lines.find(
    ({ message, fields }) =>
      message === "polled" && Number(fields["burnPerHrUsd"]) < 0.05 * Number(first),
  );
  const atMs = Math.min(Math.max(...ends), looked?.atMs ?? Infinity);
  return Number.isFinite(atMs) ? atMs : undefined;
}
