import type { Metrics } from "#http/metrics/metrics.ts";
import type { Log } from "#log.ts";
import type { Paces } from "#paces.ts";
import type { Clock } from "#ports.ts";
import type { WatchTools } from "#wiring/daemon.ts";
import type { Live } from "#wiring/live.ts";

/** What the page is served with. */
export interface PageParts {
  readonly live: Live;
  readonly log: Log;
  readonly clock: Clock;
  readonly metrics: Pick<Metrics, "page" | "health" | "counts">;
  /** What there is to see of the daemon, and what a person can ask it for. */
  readonly tools: Pick<WatchTools, "engine" | "memory" | "turns" | "view">;
  readonly paces: Paces;
  /** The daemon ends: so does what people have asked for. */
  readonly interrupted: AbortSignal;
  /** Undefined: it cannot be served, or is served again. */
  readonly onTrouble: (because: string | undefined) => void;
  readonly hide: (secrets: readonly string[]) => void;
  readonly againMs: number;
}
