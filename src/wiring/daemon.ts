import { calendarOf } from "#calendar/calendar-of.ts";
import type { Runpodctl } from "#agent/runpodctl.ts";
import type { Engine } from "#daemon/engine.ts";
import { createLeaseReading } from "#daemon/lease-reading.ts";
import { createMomentsReading } from "#daemon/moments-reading.ts";
import type { WatchDeps } from "#daemon/watch.ts";
import type { Queue } from "#effects/queue.ts";
import { createTelling, type Telling } from "#effects/tell-directly.ts";
import { createTurns, type Turns } from "#effects/turns.ts";
import { stackOf } from "#errors.ts";
import { createView, type ViewMemory } from "#http/view/view.ts";
import type { Runner } from "#ports.ts";
import { discreetRunner } from "#process/discreet-runner.ts";
import { identityOf } from "#process/identity.ts";
import type { DaemonMemory } from "#report/daemon-snapshot.ts";
import { createLeaseFile } from "#store/lease-file.ts";
import { historyFileOf, leaseFileOf, samplesFileOf, toldFileOf } from "#store/paths.ts";
import { stateTroubleWords } from "#store/state-file.ts";
import { createToldMark } from "#store/told-mark.ts";
import { besideOf } from "./beside.ts";
import { queueOf } from "./effects.ts";
import { engineOf } from "./engine.ts";
import { keepingOf } from "./keeping.ts";
import type { WatchParts } from "./parts.ts";
import { measuringOf, probeOf } from "./probes.ts";
import { createRunpodctl } from "./runpodctl.ts";
import { readSaved, type Saved } from "./saved.ts";
import { believedBy, timed } from "./seen-account.ts";

/** What the daemon is made of, which runpodctl its agents have, and what there is to see of it. */
export interface WatchTools extends WatchDeps {
  readonly runpodctl: () => Promise<Runpodctl>;
  /** For what a person asks of the daemon itself. */
  readonly memory: DaemonMemory;
  readonly turns: Turns;
  readonly view: ViewMemory;
}

/** Everything the daemon needs, made of real parts. Throws a UserError when the state cannot be read. */
export async function watchDepsOf(parts: WatchParts): Promise<WatchTools> {
  const { live, log, clock, once, systemd, paces } = parts;
  const { stateFile, maxRuntimeMs } = live.settings();
  const runner = discreet(parts);
  const runpodctl = createRunpodctl(live, { ...parts, runner }, parts.interrupted);
  const telling = tellingOf(parts, runner);

  // The engine hands on to what hands back to it: each is asked for at its use.
  const saved = await readSaved(parts, (input) => engine.take(input));
  const view = viewOf(parts, saved);
  const engine: Engine = engineOf({
    ...parts,
    saved,
    onSkipped: (because) => telling.tell(because),
    onDecided(input, events, state) {
      view.decided(input, state);
      parts.shown?.decided?.(input, events, state);
    },
    queue: (): Queue => queue,
    recording: () => recording,
  });
  const { recording, keepSample, chores } = keepingOf(parts, engine);
  const leases = createLeaseFile(leaseFileOf(stateFile), identityOf);
  const readLeases = createLeaseReading(leases, engine, clock);
  const readMoments = createMomentsReading(calendarOf(live.settings), engine, clock);
  const probe = probeOf(parts, runner);
  const believed = believedBy(engine, live.account);
  const turns = createTurns(clock);
  const deps = { ...parts, engine, runner, runpodctl, readLeases, probe, believed, turns };
  const queue: Queue = queueOf(deps);

  tellOfSaved(saved, parts, engine);
  let wishedAtMs = -Infinity;
  return {
    log,
    clock,
    once,
    systemd,
    paces,
    telling,
    engine,
    queue,
    recording,
    keepSample,
    readLeases,
    readMoments,
    account: timed(parts),
    measuring: measuringOf(parts, engine, probe),
    ...besideOf({ ...parts, engine, before: saved.state, chores, leases, readLeases }),
    policy: live.policy,
    pollIntervalMs: () => live.settings().pollIntervalMs,
    isAdaptive: () => live.settings().poll === "adaptive",
    wishedAtMs: () => wishedAtMs,
    maxRuntimeMs,
    planned: view.planned,
    runpodctl,
    turns,
    view,
    memory: {
      clock,
      settings: live.settings,
      policy: live.policy,
      state: engine.state,
      account: live.account,
      proving: believed,
      readLeases,
      wishForPoll: () => {
        wishedAtMs = clock.nowMs();
      },
    },
  };
}

/** Gives no secret to a program that is not trusted with it, and shows none of what one prints. */
function discreet({ live, runner, env }: WatchParts): Runner {
  return discreetRunner(runner, () => {
    const { apiKey, apiKeyNames, secretNames } = live.settings();
    return { outer: env, apiKey, apiKeyNames, secretNames, redact: live.redact };
  });
}

/** Of bugs, which the guard itself may not be able to tell of. */
function tellingOf({ live, log, clock }: WatchParts, runner: Runner): Telling {
  return createTelling({
    runner,
    settings: live.settings,
    channels: live.channels,
    mark: createToldMark(toldFileOf(live.settings().stateFile, "bug"), clock),
    log,
    clock,
  });
}

function viewOf({ live, log, clock }: WatchParts, { state }: Saved): ViewMemory {
  const { stateFile } = live.settings();
  return createView({
    state,
    settings: live.settings,
    policy: live.policy,
    clock,
    pid: process.pid,
    historyFile: historyFileOf(stateFile),
    samplesFile: samplesFileOf(stateFile),
    onBug: (error) => log.error({ stack: stackOf(error) }, "showing failed; this is a bug"),
  });
}

function tellOfSaved({ troubles }: Saved, { log, clock }: WatchParts, engine: Engine): void {
  for (const trouble of troubles) {
    log.warn({ ...trouble }, "state file is not as expected");
    const because = stateTroubleWords(trouble);
    const what = "reading the state file";
    void engine.take({ kind: "trouble", what, because, atMs: clock.nowMs() });
  }
}
