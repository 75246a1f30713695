import { isRunning, type Measured, type PodSample, type Seen } from "#guard/model/account.ts";
import { minuteMs } from "#guard/model/time.ts";
import { loadOf } from "#guard/pods/load.ts";
import { listed } from "./compare.ts";

/** Of a load below these the guard says idle, if it can say anything of it. */
const anyLoad = {
  cpuPercent: Infinity,
  gpuPercent: Infinity,
  gpuMemoryPercent: 100,
};
/** The starts that two uptimes tell may be so far apart; more, and one of them has stood still. */
const sameStartMs = 5 * minuteMs;

/**
 * The pods that run and of which GraphQL gives a load by which the guard could find them idle, and REST
 * none: the day REST decides, none of them would ever be stopped for that. In words; empty when there are none.
 */
export function loadDifference(look: Seen, rest: Measured, graphql: Measured): readonly string[] {
  if (look.pods === "unknown" || graphql.kind === "unmeasured") return [];
  const byGraphql = new Map(graphql.samples.map((each) => [each.podId, each]));
  const byRest = new Map(samplesOf(rest).map((each) => [each.podId, each]));
  const never = look.pods.filter(isRunning).filter(({ id }) => {
    const other = byGraphql.get(id);
    const own = byRest.get(id);
    if (other === undefined || loadOf(other, anyLoad, graphql.atMs) === "unknown") return false;
    return own === undefined || !couldBeTold(own, other, rest.atMs);
  });
  if (never.length === 0) return [];
  const why = rest.kind === "unmeasured" ? ` (${rest.because})` : "";
  return [`REST v2 gives no load by which these could count as idle${why}: ${listed(never)}`];
}

/** REST tells no time: of one answer alone it is not known whether its loads are of now. */
function couldBeTold(own: PodSample, other: PodSample, atMs: number): boolean {
  const isOpen = own.takenAtMs === undefined && own.bootedAtMs !== undefined;
  if (isOpen && isLater(own.bootedAtMs, other.bootedAtMs)) return false;
  const sample = isOpen ? { ...own, takenAtMs: atMs } : own;
  return loadOf(sample, anyLoad, atMs) !== "unknown";
}

/** An uptime that stands still tells of a start that comes later and later. */
function isLater(bootedAtMs: number, otherMs = Infinity): boolean {
  return bootedAtMs - otherMs > sameStartMs;
}

function samplesOf(measured: Measured): readonly PodSample[] {
  return measured.kind === "unmeasured" ? [] : measured.samples;
}
