/** One of RunPod's rate windows, as far as it is told of. */
export interface RateWindow {
  readonly name: string;
  /** How many requests are left in it. */
  readonly left: number | undefined;
  /** When it begins anew, counted from the answer that said so. */
  readonly resetsInMs: number | undefined;
  /** How many requests it allows. */
  readonly quota: number | undefined;
  readonly lengthMs: number | undefined;
}

/** RunPod has three. */
const mostWindows = 16;
const longestHeader = 2_000;
/** What is left of the longest window cannot be more. */
const longestMs = 86_400_000;
/** Polls go on at least this often: where RunPod would allow fewer, it says so when it refuses one. */
const mostPaceMs = 300_000;

/** Reads `RateLimit` and `RateLimit-Policy`: lists of structured fields. What is no such thing is unknown. */
export function rateWindowsIn(headers: Readonly<Record<string, string>>): readonly RateWindow[] {
  const limits = membersIn(headers["ratelimit"]);
  const policies = membersIn(headers["ratelimit-policy"]);
  const names = [...new Set([...limits.keys(), ...policies.keys()])];
  return names.map((name) => {
    const [limit, policy] = [limits.get(name), policies.get(name)];
    return {
      name,
      left: limit?.get("r"),
      resetsInMs: ms(limit?.get("t")),
      quota: policy?.get("q"),
      lengthMs: ms(policy?.get("w")),
    };
  });
}

type Parameters = ReadonlyMap<string, number>;

function membersIn(header: string | undefined): ReadonlyMap<string, Parameters> {
  if (header === undefined || header.length > longestHeader) return new Map();
  // A string that does not end: where one thing ends and the next begins is unknown.
  if (header.split('"').length % 2 === 0) return new Map();
  const parts = header.match(/(?:"(?:[^"\\]|\\.)*"|[^,"])+/g) ?? [];
  const members = parts.slice(0, mostWindows).flatMap((part) => {
    const [, quoted, token, rest = ""] =
      /^\s*(?:"([^"\\]*)"|([\w.*-]+))\s*(;.*)?$/.exec(part) ?? [];
    const name = quoted ?? token;
    return name === undefined ? [] : [[name, parametersIn(rest)] as const];
  });
  return new Map(members);
}

/** Whole numbers only; anything else is unknown. */
function parametersIn(text: string): Parameters {
  const found = text.split(";").flatMap((each) => {
    const [, key, digits] = /^\s*([a-z*][\w.*-]*)\s*=\s*(\d{1,12})\s*$/.exec(each) ?? [];
    return key === undefined ? [] : [[key, Number(digits)] as const];
  });
  return new Map(found);
}

function ms(seconds: number | undefined): number | undefined {
  return seconds === undefined ? undefined : seconds * 1000;
}

/**
 * The windows that are used up still, so long after the answer that told of them; none once it is old:
 * only asking shows whether that was so.
 */
export function exhausted(
  windows: readonly RateWindow[],
  ageMs: number,
): { readonly waitMs: number; readonly names: readonly string[] } {
  const isOld = ageMs >= mostPaceMs;
  const spent = windows.filter(
    (each) => !isOld && each.left === 0 && untilResetMs(each, ageMs) > 0,
  );
  return {
    waitMs: Math.max(0, ...spent.map((each) => untilResetMs(each, ageMs))),
    names: spent.map(({ name }) => name),
  };
}

/** Whether more than half of a window is used, so that nothing should be sent that can be left out. */
export function isHalfUsed(windows: readonly RateWindow[], ageMs: number): boolean {
  return windows.some(
    (each) =>
      each.left !== undefined &&
      untilResetMs(each, ageMs) > 0 &&
      (each.quota === undefined ? each.left === 0 : each.left < each.quota / 2),
  );
}

/** How far apart polls of so many requests must be to spend no more than half of any window. */
export function paceMs(windows: readonly RateWindow[], requests: number): number | undefined {
  const paces = windows.flatMap(({ quota, lengthMs }) =>
    quota === undefined || quota === 0 || lengthMs === undefined
      ? []
      : [(lengthMs * requests) / (quota / 2)],
  );
  return paces.length === 0 ? undefined : Math.min(mostPaceMs, Math.ceil(Math.max(...paces)));
}

/** A clock that went back says nothing of the time that has passed. */
function untilResetMs({ resetsInMs, lengthMs }: RateWindow, ageMs: number): number {
  const saidMs = resetsInMs ?? lengthMs ?? 0;
  return ageMs < 0 ? 0 : Math.min(saidMs, longestMs) - ageMs;
}
