import { oneLine } from "#control-characters.ts";
import type { Blind, Seen } from "#guard/model/account.ts";
import type { HttpRequest } from "#requests/answer.ts";
import { realPaces } from "#paces.ts";
import type { Ending, Looking } from "#ports.ts";
import { burnOf, runningIn } from "#runpod/burn.ts";
import { createAsk, isWindowSpent, type Refused } from "./ask.ts";
import { type Balance, createBalanceReader } from "./balance.ts";
import { createClusterNames } from "./cluster-names.ts";
import { createDiscovery } from "./discovery.ts";
import { askForEnd, type Known } from "./end.ts";
import { createRowReader, podsIn, type Rows, samplesIn } from "./pod-list.ts";
import { type AccountLimits, createLimitsReader } from "./limits.ts";
import type { Pages } from "./pages.ts";
import { createLeftOut } from "./left-out.ts";
import { createLoadTimes } from "./load-times.ts";
import type { PodRow } from "./pod-row.ts";
import { createQuota } from "./quota.ts";
import { withinSpan } from "./span.ts";

/** Loads are taken from the list of a look that is no older. */
const freshMs = 3_000;
/** For one page: 1,000 pods with all that RunPod tells of them take some 3 MiB. */
const longestAnswerBytes = 16 * 2 ** 20;

export interface RestAccountOptions {
  readonly url: string;
  /** Where the balance is, if RunPod does not say. */
  readonly balancePath?: string | undefined;
  readonly apiKey: string;
  readonly nowMs: () => number;
  /** What carries a request to RunPod. */
  readonly request: HttpRequest;
  /** For a look with all its requests together; for an end. */
  readonly timeLimitMs?: number;
  /** For one answer. */
  readonly maxBytes?: number;
}

export type RestAccount = Looking &
  Ending & {
    /** Whether RunPod's rate windows have room for requests that can be left out. */
    mayAskBeside(): boolean;
    /** Whether RunPod has told of such windows. */
    hasWindows(): boolean;
    /** Never throws. */
    limits(signal: AbortSignal): Promise<AccountLimits>;
  };

/** The account behind RunPod's REST API, version 2. */
export function createRestAccount(options: RestAccountOptions): RestAccount {
  const { url: base, balancePath, apiKey, nowMs, request } = options;
  const { timeLimitMs = realPaces.request.timeLimitMs, maxBytes = longestAnswerBytes } = options;
  const quota = createQuota(nowMs);
  const ask = createAsk({ apiKey, request, quota, limits: { timeLimitMs, maxBytes } });
  const discovery = createDiscovery(base, ask, nowMs);
  const readBalance = createBalanceReader({ base, balancePath, ask, discovery });
  const readLimits = createLimitsReader(base, ask, discovery);
  const readRows = createRowReader(base, ask, nowMs);
  const clusterNames = createClusterNames(base, ask, nowMs);
  const loadTimes = createLoadTimes();
  const leftOut = createLeftOut(base, ask, nowMs);
  let known: ReadonlyMap<string, Known> = new Map();
  let latest: { readonly rows: Pages<PodRow>; readonly atMs: number } | undefined;

  return {
    async look(signal) {
      const spent = spentWords();
      if (spent !== undefined) return blindFor(spent);
      quota.beginPoll();
      return withinSpan(timeLimitMs, signal, async (over) => {
        // One after the other: where the first is refused, nothing is spent on the second.
        const balance = await readBalance(over);
        if (balance.kind === "refused") return blindFor(balance);
        return seenFrom(balance, await readRows(over), over);
      });
    },
    async measure(signal) {
      const { rows, atMs } = await measuredRows(signal);
      if (rows.kind === "half") return { kind: "unmeasured", atMs, because: rows.because };
      const samples = samplesIn(timed(rows.rows, loadTimes(rows.rows, atMs)));
      return samples.length === 0 && rows.unreadable > 0
        ? { kind: "unmeasured", atMs, because: "no pod in the answer can be read" }
        : { kind: "measured", atMs, samples };
    },
    end: ({ id, cluster }, action, signal) =>
      withinSpan(timeLimitMs, signal, (over) => {
        const isCluster = cluster !== undefined;
        const target = { id, isCluster, known: isCluster ? undefined : known.get(id) };
        return askForEnd({ base, ask }, target, action, over);
      }),
    limits: (signal) => withinSpan(timeLimitMs, signal, readLimits),
    mayAskBeside: () => !quota.isHalfUsed(),
    hasWindows: () => quota.paceMs() !== undefined,
  };

  /** Of the look before, where that has just been: it had all that is asked for. */
  async function measuredRows(
    signal: AbortSignal,
  ): Promise<{ readonly rows: Rows; readonly atMs: number }> {
    const agoMs = latest === undefined ? undefined : nowMs() - latest.atMs;
    if (latest !== undefined && agoMs !== undefined && agoMs >= 0 && agoMs < freshMs) return latest;
    const spent = spentWords();
    const rows =
      spent === undefined ? await withinSpan(timeLimitMs, signal, readRows) : halfOf(spent);
    return { rows, atMs: nowMs() };
  }

  async function seenFrom(balance: Balance, rows: Rows, over: AbortSignal): Promise<Seen> {
    const { balanceUsd, billingMode } = balance;
    latest = rows.kind === "half" ? undefined : { rows, atMs: nowMs() };
    const list = rows.kind === "half" ? unknownList(rows.because) : await listFrom(rows, over);
    const paceMs = quota.paceMs();
    const refusal = rows.kind === "half" ? rows.refused?.refusal : undefined;
    const burnPerHrUsd = burnOf(runningIn(list));
    return {
      kind: "seen",
      atMs: nowMs(),
      balanceUsd,
      ...(billingMode !== undefined && { billingMode }),
      ...(paceMs !== undefined && { paceMs }),
      ...(refusal !== undefined && { refusal }),
      burnPerHrUsd,
      ...(burnPerHrUsd !== undefined && { isBurnAddedUp: true }),
      ...list,
    };
  }

  async function listFrom({ rows, unreadable }: Pages<PodRow>, over: AbortSignal): Promise<List> {
    // A row that cannot be read may be any pod that is left out.
    const absence = unreadable > 0 ? undefined : await leftOut(rows, over);
    const now = rows.map(({ id, actions, clusterId }) => [id, { actions, clusterId }] as const);
    known = new Map(absence?.kind === "half" ? [...known, ...now] : now);
    if (absence?.kind === "half") return unknownList(absence.because);
    const pods = await podsIn(rows, clusterNames, over);
    if (typeof pods === "string") return unknownList(pods);
    const goneIds = absence?.ids ?? [];
    return { pods, unreadablePods: unreadable, ...(goneIds.length > 0 && { goneIds }) };
  }

  /** Why nothing is sent now; undefined when it may be. */
  function spentWords(): Refused | undefined {
    const { waitMs, names } = quota.exhausted();
    if (waitMs === 0) return undefined;
    const seconds = Math.ceil(waitMs / 1000);
    return {
      kind: "refused",
      because: oneLine(
        `RunPod allows no request for another ${seconds} s (rate window: ${names.join(", ")})`,
      ),
      cause: "server-error",
      status: 429,
      isRunPods: true,
      retryAfterMs: waitMs,
      refusal: "rate",
    };
  }

  function blindFor(refused: Refused): Blind {
    const { because, cause, retryAfterMs, refusal } = refused;
    return {
      kind: "blind",
      atMs: nowMs(),
      cause,
      because,
      ...(retryAfterMs !== undefined && { retryAfterMs }),
      ...(isWindowSpent(refused) && { isWindowSpent: true }),
      ...(refusal !== undefined && { refusal }),
    };
  }
}

type List = Pick<Seen, "pods" | "unreadablePods" | "podsBecause" | "goneIds">;

/** With the time at which each load was taken. */
function timed(rows: readonly PodRow[], times: ReadonlyMap<string, number>): readonly PodRow[] {
  return rows.map((row) => ({ ...row, sample: { ...row.sample, takenAtMs: times.get(row.id) } }));
}

function unknownList(podsBecause: string): List {
  return { pods: "unknown", podsBecause, unreadablePods: 0 };
}

function halfOf(refused: Refused): Rows {
  return { kind: "half", because: refused.because, refused };
}
