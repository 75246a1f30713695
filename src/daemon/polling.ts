import { stackOf, wordsOf } from "#errors.ts";
import type { Look } from "#guard/model/account.ts";
import { perHour, usd } from "#guard/text.ts";
import { type Beside, beginBeside } from "#daemon/beside/beside.ts";
import { cycle, type CycleDeps } from "./cycle.ts";
import { clockFollower } from "./follow-clock.ts";
import { createPace, type PaceDeps } from "./pace.ts";
import type { SystemdNotify } from "./systemd-notify.ts";
import { untilNextPoll, type WaitDeps } from "./until-next-poll.ts";

export interface PollingDeps extends CycleDeps, Beside, PaceDeps, WaitDeps {
  readonly engine: CycleDeps["engine"];
  readonly paces: CycleDeps["paces"] & PaceDeps["paces"] & WaitDeps["paces"];
  readonly systemd: SystemdNotify;
  /** One poll is all. */
  readonly once: boolean;
  readonly telling: { tell(because: string): void };
}

/** Cycles that may fail in a row before systemd should restart the daemon. */
const brokenInARow = 3;

/**
 * Polls at every poll interval and when something comes due, until it is to end; gives the result with
 * `once`. Throws what failed three cycles in a row.
 */
export async function pollUntil(ending: AbortSignal, deps: PollingDeps): Promise<Look | undefined> {
  const { clock, log, systemd, once, telling } = deps;
  const pace = createPace(deps);
  const followClock = clockFollower(deps);
  let broken = 0;
  let isReady = false;
  let status = "starting";
  for (let n = 1; !ending.aborted; n += 1) {
    followClock();
    const beganAtMs = clock.nowMs();
    let dealtWith: Look | undefined;
    try {
      const look = await cycle(n, deps, ending);
      beginBeside(deps, look, ending);
      if (once) return look;
      status = statusOf(look);
      if (isReady) systemd.alive(status);
      else systemd.ready(status);
      isReady = true;
      broken = 0;
      dealtWith = look;
    } catch (error) {
      broken += 1;
      log.error({ cycle: n, stack: stackOf(error) }, "poll cycle failed; this is a bug");
      telling.tell(`a poll could not be dealt with, which is a bug: ${wordsOf(error)}`);
      if (broken >= brokenInARow || once) throw error;
    }
    const next = pace.after(beganAtMs, dealtWith);
    const lookedAtMs = dealtWith?.atMs ?? beganAtMs;
    await untilNextPoll(deps, { beganAtMs, lookedAtMs, next, status }, ending);
  }
  return undefined;
}

function statusOf(look: Look): string {
  if (look.kind === "blind") return `poll failed: ${look.because}`;
  const { balanceUsd, burnPerHrUsd } = look;
  const burn = burnPerHrUsd === undefined ? "unknown" : perHour(burnPerHrUsd);
  return `balance ${usd(balanceUsd)}, burn ${burn}`;
}
