import { isRunning, type Measured, type PodSample, type Seen } from "#guard/model/account.ts";
import { minuteMs } from "#guard/model/time.ts";
import { listed } from "./compare.ts";

/** Whether a guard could ever find a pod idle by this sample. */
export type MayShowIdle = (sample: PodSample, atMs: number) => boolean;

/** The starts that two uptimes tell may be so far apart; more, and one of them has stood still. */
const sameStartMs = 5 * minuteMs;

/**
 * The pods that run and of which GraphQL gives a load by which the guard could find them idle, and REST
 * none: the day REST decides, none of them would ever be stopped for that. In words; empty when there are none.
 */
export function loadDifference(
  look: Seen,
  { rest, graphql }: { readonly rest: Measured; readonly graphql: Measured },
  mayShowIdle: MayShowIdle,
): readonly string[] {
  if (look.pods === "unknown" || graphql.kind === "unmeasured") return [];
  const byGraphql = new Map(graphql.samples.map((each) => [each.podId, each]));
  const byRest = new Map(samplesOf(rest).map((each) => [each.podId, each]));
  const never = look.pods.filter(isRunning).filter(({ id }) => {
    const other = byGraphql.get(id);
    const own = byRest.get(id);
    if (other === undefined || !mayShowIdle(other, graphql.atMs)) return false;
    // It has only now started, by both: the next rehearsal tells.
    if (own !== undefined && isNew(own) && isNew(other)) return false;
    return own === undefined || !mayShowIdle(onceTimed(own, other, rest.atMs), rest.atMs);
  });
  if (never.length === 0) return [];
  const why = rest.kind === "unmeasured" ? ` (${rest.because})` : "";
  return [`REST v2 gives no load by which these could count as idle${why}: ${listed(never)}`];
}

/** REST tells no time: of one answer alone it is not known whether its loads are of now. */
function onceTimed(own: PodSample, other: PodSample, atMs: number): PodSample {
  if (own.takenAtMs !== undefined || own.bootedAtMs === undefined) return own;
  // An uptime that stands still tells of a start that comes later and later.
  const isFrozen = own.bootedAtMs - (other.bootedAtMs ?? Infinity) > sameStartMs;
  return isFrozen ? own : { ...own, takenAtMs: atMs };
}

function isNew({ bootedAtMs }: PodSample): boolean {
  return bootedAtMs === undefined;
}

function samplesOf(measured: Measured): readonly PodSample[] {
  return measured.kind === "unmeasured" ? [] : measured.samples;
}
