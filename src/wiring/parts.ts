import type { TakeWish } from "#daemon/beside/taking-wishes.ts";
import type { EngineOptions } from "#daemon/engine.ts";
import type { SystemdNotify } from "#daemon/systemd-notify.ts";
import type { ButtonsFor } from "#effects/send-notice.ts";
import type { Tally } from "#effects/tally.ts";
import type { Look } from "#guard/model/account.ts";
import type { Effect, Outcome } from "#guard/model/effect.ts";
import type { Log } from "#log.ts";
import type { Paces } from "#paces.ts";
import type { Clock, OwnProgram, Runner } from "#ports.ts";
import type { Live } from "./live.ts";

/** What whoever starts a daemon has to bring. */
export interface WatchParts {
  readonly live: Live;
  readonly log: Log;
  readonly once: boolean;
  readonly clock: Clock;
  readonly runner: Runner;
  readonly env: NodeJS.ProcessEnv;
  readonly program: OwnProgram;
  /** Ends what is asked beside the loop. */
  readonly interrupted?: AbortSignal;
  readonly systemd: SystemdNotify;
  readonly paces: Paces;
  readonly tally?: Tally;
  /** For whoever shows what the daemon does: quick, and none of it waited for. */
  readonly shown?: Shown;
  /** What a notification has to press. */
  readonly buttonsFor?: ButtonsFor;
  /** Does what a button is for that was pressed at the guard outside. */
  readonly takeWish?: TakeWish;
}

/** Told of what the daemon does, as it happens. */
interface Shown {
  readonly decided?: EngineOptions["onDecided"];
  readonly settled?: (effect: Effect, outcome: Outcome) => void;
  readonly polled?: (look: Look, tookMs: number) => void;
}
