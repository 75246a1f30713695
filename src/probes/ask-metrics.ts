import { createHash } from "node:crypto";
import { own } from "#guard/own-value.ts";
import { fillInUrl } from "./fill-in.ts";
import type { Finding, ProbedPod } from "./finding.ts";
import { type Page, type PageLimits, readPage } from "./read-page.ts";
import type { ActivityMetric } from "./settings.ts";

type Counters = Readonly<Record<string, number>>;

export interface MetricsAsked {
  /** One for each metric, in their order. */
  readonly findings: readonly Finding[];
  /** Of the metrics that show activity by their increase: as they stand, or stood when last read. */
  readonly counters: Counters;
}

/** Reads every page once. Never throws; no words of it hold more of a URL than its host. */
export async function askMetrics(
  metrics: readonly ActivityMetric[],
  pod: ProbedPod,
  before: Counters,
  limits: PageLimits,
  signal: AbortSignal,
): Promise<MetricsAsked> {
  const pages = new Map<string, Promise<Page>>();
  const pageOf = (url: string): Promise<Page> => {
    const names = metrics.flatMap((each) => (each.url === url ? [each.metric] : []));
    const page = pages.get(url) ?? readPage(fillInUrl(url, pod), names, limits, signal);
    pages.set(url, page);
    return page;
  };
  const asked = await Promise.all(
    metrics.map(async (metric) => compare(metric, await pageOf(metric.url), before)),
  );
  return {
    findings: asked.map(({ finding }) => finding),
    counters: Object.fromEntries(asked.flatMap(({ counter }) => (counter ? [counter] : []))),
  };
}

interface Compared {
  readonly finding: Finding;
  readonly counter?: readonly [key: string, value: number] | undefined;
}

function compare(asked: ActivityMetric, page: Page, before: Counters): Compared {
  const { metric, activeWhen } = asked;
  const key = counterKey(asked);
  const last = own(before, key);
  if (page.kind === "interrupted") return { finding: { kind: "interrupted" } };
  const value = page.kind === "read" ? page.value(metric) : undefined;
  if (value === undefined) {
    const why = page.kind === "failed" ? page.because : "its page has no number of that name";
    const isKept = last !== undefined && activeWhen.kind === "increases";
    return {
      finding: { kind: "failed", because: `${metric} at ${page.host}: ${why}` },
      counter: isKept ? [key, last] : undefined,
    };
  }
  switch (activeWhen.kind) {
    case "above": {
      const { above } = activeWhen;
      return { finding: activeIf(value > above, `${metric} is ${value}, above ${above}`) };
    }
    case "increases":
      return { finding: increase(metric, last, value), counter: [key, value] };
  }
}

/** A counter read for the first time shows nothing; a smaller one was reset to 0. */
function increase(metric: string, last: number | undefined, value: number): Finding {
  if (last === undefined) return { kind: "quiet" };
  return value < last
    ? activeIf(value > 0, `${metric} was reset and is ${value}`)
    : activeIf(value > last, `${metric} rose from ${last} to ${value}`);
}

function activeIf(isActive: boolean, because: string): Finding {
  return isActive ? { kind: "active", because } : { kind: "quiet" };
}

/** The same for the same metric and URL. The URL may hold secrets, and the state is kept on disk. */
function counterKey({ metric, url }: ActivityMetric): string {
  return `${metric} ${createHash("sha256").update(url).digest("hex").slice(0, 12)}`;
}
