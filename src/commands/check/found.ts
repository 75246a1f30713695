import { isBelow } from "#guard/account/lines/line.ts";
import type { Line } from "#guard/model/policy.ts";
import type { Unread } from "#config/in-force.ts";
import type { Settings } from "#config/settings.ts";
import type { Seen, Source } from "#guard/model/account.ts";
import type { RehearsalOutcome } from "#guard/model/source.ts";
import type { GuardState } from "#guard/model/state.ts";
import type { RulesInUse } from "#guard/rules-in-use.ts";
import type { ChangeOverReport } from "#report/change-over.ts";
import type { TonightRow } from "#report/tonight/sources.ts";
import type { CheckedChannel } from "./channels.ts";
import type { OutsideFound } from "./outside.ts";

/** All that is shown. */
export interface Found {
  /** What a scoped agent ends pods with, in words. */
  readonly agentEnds: string | undefined;
  readonly look: Seen;
  readonly settings: Settings;
  readonly channels: readonly CheckedChannel[];
  readonly drilledAt: Date | undefined;
  readonly rules: RulesInUse | undefined;
  /** The proxy through which RunPod is asked. */
  readonly proxy: string | undefined;
  /** Apart from those among the rows. */
  readonly warnings: readonly string[];
  readonly rows: readonly TonightRow[];
  /** The daemon's, when it runs. */
  readonly guardPid: number | undefined;
  readonly saved: GuardState;
  /** What of the config, as it is written, the daemon has not read. */
  readonly unread: Unread | undefined;
  readonly api: FoundApi;
  /** Undefined: the config has no guard outside. */
  readonly outside: OutsideFound | undefined;
  /** Undefined: nobody has said. */
  readonly billingMode: Seen["billingMode"] | undefined;
  /** What a crossing may cost at the most, in words; undefined: there is no threshold. */
  readonly worstCase: string | undefined;
}

/** Which interface was asked. */
interface FoundApi {
  readonly decides: Source;
  /** Undefined: nothing was rehearsed. */
  readonly rehearsal: RehearsalOutcome | undefined;
  /** GraphQL decides again once the daemon is restarted. */
  readonly back: boolean;
  readonly changeOver: ChangeOverReport | undefined;
}

export function side(line: Line, look: Seen): "below" | "above" | "unknown" {
  const below = isBelow(line, look);
  if (below === undefined) return "unknown";
  return below ? "below" : "above";
}
