import { claudeIn } from "#agent/claude-in.ts";
import { type AskDeps, askRunpodctl, type Runpodctl } from "#agent/runpodctl.ts";
import { isMute } from "#config/policy.ts";
import type { Settings } from "#config/settings.ts";
import { createAuditing } from "#daemon/auditing.ts";
import { deciderAtStart } from "#daemon/decider-at-start.ts";
import { createBriefing } from "#daemon/briefing.ts";
import { createEngine, type Engine, type EngineOptions } from "#daemon/engine.ts";
import { createHeartbeat } from "#daemon/heartbeat.ts";
import { createLeaseReading } from "#daemon/lease-reading.ts";
import { createMeasuring } from "#daemon/measuring.ts";
import { createRehearsing } from "#daemon/rehearsing.ts";
import { createRecording, type Recording } from "#daemon/recording.ts";
import { createSampling } from "#daemon/sampling.ts";
import type { SystemdNotify } from "#daemon/systemd-notify.ts";
import { createTidying } from "#daemon/tidying.ts";
import type { WatchDeps } from "#daemon/watch.ts";
import type { Present } from "#effects/end-run.ts";
import { performWith } from "#effects/perform.ts";
import { createQueue, type Queue } from "#effects/queue.ts";
import type { ButtonsFor } from "#effects/send-notice.ts";
import type { Tally } from "#effects/tally.ts";
import { createTurns, type Turns } from "#effects/turns.ts";
import { withKept } from "#guard/account/kept.ts";
import type { Look } from "#guard/model/account.ts";
import { type Effect, isEnd, type Outcome } from "#guard/model/effect.ts";
import { createTelling, type Telling } from "#effects/tell-directly.ts";
import { acrossChangeOver } from "#guard/account/crossing.ts";
import { believedForProof } from "#guard/account/empty-list.ts";
import { afterRestart } from "#guard/outbox/after-restart.ts";
import { minuteMs } from "#guard/model/time.ts";
import { own } from "#guard/own-value.ts";
import { sendBeat } from "#notify/beat.ts";
import { isQuiet } from "#notify/quiet-hours.ts";
import { boundedProbe } from "#probes/bounded.ts";
import { createBudget } from "#probes/budget.ts";
import { dryProbe } from "#probes/dry-probe.ts";
import { createProbe } from "#probes/probe.ts";
import { createProbing } from "#probes/probing.ts";
import type { ProbeSettings } from "#probes/settings.ts";
import { discreetRunner } from "#process/discreet-runner.ts";
import { identityOf } from "#process/identity.ts";
import { auditForNotice } from "#report/audit/for-notice.ts";
import { briefNow } from "#report/brief/brief-now.ts";
import type { DaemonMemory } from "#report/daemon-snapshot.ts";
import { createDueDay } from "#report/brief/due-day.ts";
import { createView, type ViewMemory } from "#http/view/view.ts";
import { mayShowIdle } from "#guard/pods/rules/load.ts";
import { decidedBy } from "#runpod/auto/change-over.ts";
import { rehearse } from "#runpod/auto/rehearse.ts";
import { createBackMark } from "#store/back-mark.ts";
import { createHistoryFile } from "#store/history/history-file.ts";
import { pruneHistory } from "#store/history/history-pruning.ts";
import { createLeaseFile } from "#store/lease-file.ts";
import { historyFileOf, leaseFileOf, samplesFileOf, toldFileOf } from "#store/paths.ts";
import { createSamplesFile } from "#store/samples-file.ts";
import { createStateFile, type StateTrouble, stateTroubleWords } from "#store/state-file.ts";
import { createToldMark } from "#store/told-mark.ts";
import { exchange } from "./http-request.ts";
import type { Live } from "./live.ts";
import type { Log } from "./log.ts";
import type { Paces } from "./paces.ts";
import { realInventory } from "./real-account.ts";
import type { Account, Clock, OwnProgram, Runner } from "./ports.ts";
import { withoutSecrets } from "./redact.ts";

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
}

/** Told of what the daemon does, as it happens. */
interface Shown {
  readonly decided?: EngineOptions["onDecided"];
  readonly settled?: (effect: Effect, outcome: Outcome) => void;
  readonly polled?: (look: Look, tookMs: number) => void;
}

/**
 * What the daemon is made of, which runpodctl its agents have (asked for once with each config), and what
 * there is to see of it.
 */
export interface WatchTools extends WatchDeps {
  readonly runpodctl: () => Promise<Runpodctl>;
  /** For what a person asks of the daemon itself. */
  readonly memory: DaemonMemory;
  readonly turns: Turns;
  readonly view: ViewMemory;
}

/** Everything the daemon needs, made of real parts. Throws a UserError when the state cannot be read. */
export async function watchDepsOf(parts: WatchParts): Promise<WatchTools> {
  const { live, log, clock } = parts;
  const runner = discreetRunner(parts.runner, () => {
    const { apiKey, apiKeyNames, secretNames } = live.settings();
    return { outer: parts.env, apiKey, apiKeyNames, secretNames, redact: live.redact };
  });
  const runpodctl = createRunpodctl(live, { ...parts, runner }, parts.interrupted);
  const { stateFile, dryRun, maxRuntimeMs } = live.settings();
  const nowMs = (): number => clock.nowMs();
  const days = (): number => live.settings().historyDays;
  const telling: Telling = createTelling({
    runner,
    settings: live.settings,
    channels: live.channels,
    mark: createToldMark(toldFileOf(stateFile, "bug"), clock),
    log,
    clock,
  });
  const found: StateTrouble[] = [];
  const store = createStateFile(stateFile, {
    readOnly: dryRun,
    nowMs,
    onTrouble: (trouble) => found.push(trouble),
    onOtherWriter: (because) =>
      void engine.take(
        because === undefined
          ? { kind: "recovered", what: "the state file", atMs: nowMs() }
          : { kind: "trouble", what: "the state file", because, atMs: nowMs() },
      ),
  });
  const saved = afterRestart(withoutSecrets(await store.load(), live.redact));
  const dueDay = createDueDay(saved.lookedAtMs);
  const back = createBackMark(stateFile);
  const { source, hasRestSeen, isBack } = await deciderAtStart(saved, () => back.atMs(), nowMs());
  live.deciding.set(decidedBy(source, hasRestSeen));
  const inner: Engine = createEngine({
    state: saved,
    policy: live.policy,
    store,
    clock,
    log,
    saveLimitMs: parts.paces.saveLimitMs,
    isQuiet: (name, atMs) =>
      isQuiet(live.settings().channels.find((each) => each.name === name)?.quietHours, atMs),
    onSkipped: (because) => telling.tell(live.redact(because)),
    onDecided: (input, events, state) => {
      view.decided(input, state);
      parts.shown?.decided?.(input, events, state);
    },
    queue: (): Queue => queue,
    recording: (): Recording => recording,
  });
  // Words enter here, whoever said them: what is decided, saved, told and recorded holds no secret.
  let isMarked = isBack && !dryRun;
  const engine: Engine = {
    ...inner,
    async take(input, askedAtMs) {
      const taken = await inner.take(
        // What is in force holds no secret, and is compared whole.
        input.kind === "config" ? input : withoutSecrets(input, live.redact),
        askedAtMs,
      );
      // It has been heeded, and who decides now is saved.
      if (isMarked && input.kind === "look") {
        isMarked = false;
        void back.remove();
      }
      return taken;
    },
  };
  const historyFile = historyFileOf(stateFile);
  const view = createView({
    state: saved,
    settings: live.settings,
    policy: live.policy,
    clock,
    pid: process.pid,
    historyFile,
    samplesFile: samplesFileOf(stateFile),
    onBug: (error) => log.error({ stack: stackOf(error) }, "showing failed; this is a bug"),
  });
  const samples = createSamplesFile(samplesFileOf(stateFile));
  const onTrouble = (what: string) => (because: string) =>
    void engine.take({ kind: "trouble", what, because, atMs: nowMs() });
  const recording = createRecording({
    // A dry run changes nothing.
    recorder: dryRun
      ? { append: () => Promise.resolve() }
      : createHistoryFile(historyFile, { identityOf, onTrouble: onTrouble("locking the history") }),
    clock,
    take: (input) => engine.take(input),
  });
  const readLeases = createLeaseReading(
    createLeaseFile(leaseFileOf(stateFile), identityOf),
    engine,
    clock,
  );
  const probes = (): ProbeSettings => live.settings().guards.idle ?? noProbes;
  const probe = dryProbe(
    boundedProbe(createProbe({ runner, settings: probes }), clock, probeLimitMs),
    {
      isDry: () => live.settings().dryRun,
      activityCommand: () => probes().activityCommand,
      onWouldStart: ({ podId }, argv) =>
        log.info({ podId, argv }, "dry run: would have asked whether the pod is active"),
    },
  );
  const present: Present = {
    refresh: async () => (await readLeases()) !== "unknown",
    isOwed: (id) => engine.state().owed.some((effect) => effect.id === id),
    run: (podId) => own(engine.state().runs, podId),
    async probe(podId, signal) {
      const run = own(engine.state().runs, podId);
      return run && probe({ podId, podName: run.name }, run.counters ?? {}, signal);
    },
  };
  const auditWordsNow = async (signal: AbortSignal): Promise<string | undefined> => {
    const settings = live.settings();
    const { lastSeen } = engine.state();
    // Without REST nothing would be found.
    if (lastSeen === undefined || settings.restUrl === undefined) return undefined;
    const account = realInventory(settings, clock, parts.paces.request);
    return auditForNotice(lastSeen, account, live.policy(), signal);
  };
  // What proves the end of a pod, or allows it, is what the guard itself would believe.
  const believed: Account = {
    ...live.account,
    look: async (signal) => {
      const look = await live.account.look(signal);
      return believedForProof(engine.state(), acrossChangeOver(engine.state(), look));
    },
  };
  const perform = performWith({
    ...parts,
    runner,
    account: believed,
    runpodctl,
    settings: () => withKept(live.settings(), engine.state()),
    channels: live.channels,
    present,
  });
  const turns = createTurns(clock);
  let wishedAtMs = -Infinity;
  const queue = createQueue({
    perform: (effect, look, signal) =>
      isEnd(effect)
        ? turns.take(effect.podId, () => perform(effect, look, signal), {
            by: "guard",
            patienceMs: personLimitMs,
            signal,
          })
        : perform(effect, look, signal),
    settled: async (effect, outcome) => {
      parts.tally?.note(effect, outcome);
      await engine.take({ kind: "settled", id: effect.id, atMs: nowMs(), outcome });
      parts.shown?.settled?.(effect, outcome);
    },
    onBug: (error) => log.error({ stack: stackOf(error) }, "this is a bug"),
  });
  for (const trouble of found) {
    log.warn({ ...trouble }, "state file is not as expected");
    onTrouble("reading the state file")(stateTroubleWords(trouble));
  }
  return {
    ...parts,
    view,
    planned: view.planned,
    runpodctl,
    memory: {
      clock,
      settings: live.settings,
      policy: live.policy,
      state: engine.state,
      account: live.account,
      proving: believed,
      readLeases,
      wishForPoll: () => {
        wishedAtMs = nowMs();
      },
    },
    turns,
    wishedAtMs: () => wishedAtMs,
    account: { ...live.account, look: timedLook(live.account, clock, parts.shown) },
    engine,
    queue,
    recording,
    readLeases,
    keepSample: dryRun ? () => undefined : createSampling(samples, engine, clock),
    tidying: createTidying({
      chores: dryRun
        ? []
        : [
            {
              what: "pruning the history",
              run: (signal) =>
                pruneHistory(historyFile, { nowMs: nowMs(), days: days(), identityOf, signal }),
            },
            {
              what: "pruning the balance samples",
              run: (signal) => samples.thin(nowMs(), days(), signal),
            },
          ],
      clock,
      take: (input) => engine.take(input),
    }),
    auditing: createAuditing({
      audit: (signal) => auditWordsNow(signal),
      engine,
      clock,
      log,
    }),
    briefing: createBriefing({
      dueDay: (atMs, briefedDay) => dueDay(live.settings().brief, atMs, briefedDay),
      build: (atMs, signal) =>
        briefNow({
          settings: live.settings(),
          nowMs: atMs,
          state: engine.state(),
          policy: withKept(live.policy(), engine.state()),
          clock,
          paces: parts.paces,
          signal,
        }),
      // A single poll has no time for it.
      patienceMs: parts.once ? 0 : 5 * minuteMs,
      engine,
      clock,
      log,
    }),
    rehearsing: createRehearsing({
      isWanted: () => live.faces() !== undefined && live.deciding.now().source.api === "graphql",
      rehearse: async (signal) => {
        const faces = live.faces();
        return faces && rehearse(faces, { mayShowIdle, isDry: live.settings().dryRun }, signal);
      },
      lastAtMs: parts.once ? saved.rehearsal?.atMs : undefined,
      clock,
      log,
      take: (input) => engine.take(input),
    }),
    telling,
    heartbeat: createHeartbeat({
      // It would stand for the real one, beside which a dry run may go on.
      settings: () => (live.settings().dryRun ? undefined : live.settings().heartbeat),
      send: (beat, url, signal) =>
        sendBeat(beat.kind === "good" && isMute(live.settings()) ? muteBeat : beat, {
          url,
          request: exchange,
          timeLimitMs: beatLimitMs,
          signal,
        }),
      engine,
      policy: live.policy,
      clock,
      log,
      take: (input) => engine.take(input),
    }),
    measuring: createMeasuring({
      account: live.account,
      clock,
      limitMs: parts.paces.measureLimitMs,
      engine,
      policy: () => withKept(live.policy(), engine.state()),
      log,
      probing: (answered) =>
        createProbing({ probe, answered, clock, starting: createBudget(probesPerSecond) }),
    }),
    policy: live.policy,
    pollIntervalMs: () => live.settings().pollIntervalMs,
    maxRuntimeMs,
  };
}

function stackOf(error: unknown): string | undefined {
  return error instanceof Error ? error.stack : String(error);
}

function timedLook(account: Account, clock: Clock, shown: Shown | undefined): Account["look"] {
  return async (signal) => {
    const askedAtMs = clock.nowMs();
    const seen = await account.look(signal);
    shown?.polled?.(seen, clock.nowMs() - askedAtMs);
    return seen;
  };
}

/** Only Claude Code has rules that depend on it. */
function createRunpodctl(
  live: Live,
  deps: AskDeps,
  signal = new AbortController().signal,
): () => Promise<Runpodctl> {
  let asked: { readonly by: Settings; readonly answer: Promise<Runpodctl> } | undefined;
  return () => {
    const by = live.settings();
    if (asked?.by !== by) {
      const isUsed = claudeIn(by.claudeCommand) !== undefined;
      const answer = isUsed
        ? askRunpodctl(deps, signal)
        : Promise.resolve({ kind: "missing" } as const);
      asked = { by, answer };
    }
    return asked.answer;
  };
}

/** So long the guard waits at most for a person who ends the same pod. */
const personLimitMs = 30_000;
/** More than any probe takes by its own limits. */
const probeLimitMs = 60_000;
/** From the first byte of a beat to the last of its answer. */
const beatLimitMs = 10_000;
/** The last one that hears of it: who listens to a guard that can tell nobody must look. */
const muteBeat = {
  kind: "fail",
  because: "it guards, and can tell nobody: the secrets of its channels are not there",
} as const;
/** A program that starts holds the whole guard for some milliseconds. */
const probesPerSecond = 20;
const noProbes = { activityCommand: [], activityMetrics: [] } as const;
