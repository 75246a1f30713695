import { isAnyoneTold, isMute } from "#config/policy.ts";
import type { Settings } from "#config/settings.ts";
import { createReloading } from "#daemon/reloading.ts";
import { createSystemdNotify } from "#daemon/systemd-notify.ts";
import { type Ended, watch as watchAccount } from "#daemon/watch.ts";
import { createTally } from "#effects/tally.ts";
import { stackOf, wordsOf } from "#errors.ts";
import { createMetrics, type Metrics } from "#http/metrics/metrics.ts";
import type { Log } from "#log.ts";
import type { Clock } from "#ports.ts";
import { createRunner } from "#process/runner.ts";
import type { Lock } from "#store/lock/pid-lock.ts";
import type { Context } from "#terminal/context.ts";
import { realSpendLimit } from "#wiring/account.ts";
import { watchDepsOf, type WatchTools } from "#wiring/daemon.ts";
import type { Live } from "#wiring/live.ts";
import { type Page, servePage } from "#wiring/page/serve-page.ts";
import type { untilHandled } from "./hangups.ts";
import { goOnWithout } from "./missing-secrets.ts";
import { exitCodeOf, sayIfNothing } from "./outcome.ts";
import { putInForce } from "./put-in-force.ts";
import { sayStarted, warnAtStart } from "./said-at-start.ts";
import { inForceTeller } from "./tell-in-force.ts";
import { tellOfLock, tellOfPage, type troubleTeller } from "./troubles.ts";
import { createWorstCase } from "./worst-case.ts";

interface DaemonParts {
  /** Those it begins with. */
  readonly settings: Settings;
  /** Reads them anew. */
  readonly load: () => Promise<Settings>;
  readonly once: boolean;
  readonly clock: Clock;
  readonly live: Live;
  readonly log: Log;
  readonly troubles: ReturnType<typeof troubleTeller>;
  readonly lock: Lock | undefined;
  readonly hangups: ReturnType<typeof untilHandled>;
  /** It is there, and goes on whatever comes. */
  readonly onStart: () => void;
}

/** With its lock and its log: the daemon, its page, and what follows the config. Resolves to the exit code. */
export async function runDaemon(parts: DaemonParts, context: Context): Promise<number> {
  const { settings, load, once, clock, live, log, troubles, lock, hangups, onStart } = parts;
  const { env, paces, program, hide } = context;
  warnAtStart(settings, log);
  const runner = createRunner(paces.programEnd);
  const systemd = createSystemdNotify({
    env,
    runner,
    onTrouble: (because) => log.error({ because }, "cannot notify systemd"),
  });
  const tally = createTally();
  const over = new AbortController();
  context.interrupted.addEventListener("abort", () => over.abort());
  if (context.interrupted.aborted) over.abort();
  const metrics = metricsOf(parts);
  const worstCase = createWorstCase({
    settings: live.settings,
    paces,
    log,
    spendLimit: (polled) =>
      realSpendLimit(live.settings(), clock, paces.request, polled, over.signal),
  });
  let page: Page | undefined;
  const daemon = await watchDepsOf({
    buttonsFor: (notice, look) => page?.buttonsFor(notice, look) ?? [],
    takeWish: (wish) => page?.takeWish(wish),
    live,
    log,
    once,
    clock,
    runner,
    env,
    program,
    interrupted: over.signal,
    systemd,
    paces,
    tally,
    shown: {
      ...metrics.shown,
      polled: (...polled) => {
        metrics.shown.polled(...polled);
        if (!once) worstCase.polled(polled[0]);
      },
    },
  });
  goOnWithFaults(parts, daemon, context);
  troubles.tellTo(daemon.engine, () => clock.nowMs());
  const teller = inForceTeller({ live, log, clock, context, troubles, daemon, over: over.signal });
  teller.tellSettings();
  // A single poll is nothing to look at.
  page = once
    ? undefined
    : servePage({
        live,
        log,
        clock,
        metrics,
        tools: daemon,
        paces,
        interrupted: over.signal,
        hide,
        againMs: paces.pageAgainMs,
        onTrouble: (because) => tellOfPage(because, live.settings(), { log, troubles }),
      });
  const onSettings = (): void => {
    teller.tellSettings();
    page?.follow();
  };
  void goOnWithout(
    {
      live,
      log,
      clock,
      troubles,
      everyMs: paces.missingSecretMs,
      limitMs: paces.reloadLimitMs,
      hide,
      onChange: onSettings,
    },
    over.signal,
  );
  teller.tellOfPrograms();
  lock?.follow((news) => tellOfLock(news, troubles));
  const reload = createReloading({
    load: async () => {
      await putInForce(await load(), live, log);
      onSettings();
      teller.tellOfPrograms();
    },
    clock,
    limitMs: paces.reloadLimitMs,
    log,
    systemd,
    onDone: (because) => {
      metrics.shown.reloaded(because);
      troubles.tell(
        because === undefined
          ? { kind: "recovered", what: "config" }
          : { kind: "trouble", what: "config", because },
      );
    },
  });
  // One that the last process refused is in force by now, or there would be no start.
  troubles.tell({ kind: "recovered", what: "config" });
  hangups.handle(reload);

  sayStarted(settings, live, log);
  onStart();
  let ended: Ended;
  try {
    ended = await watchAccount(daemon, context.interrupted);
  } finally {
    // What hangs must not outlive us.
    over.abort();
    await page?.close();
  }
  await teller.idle();
  if (ended.kind === "once" && ended.look.kind === "seen" && settings.dryRun)
    sayIfNothing(daemon.engine, tally, log);
  return exitCodeOf(ended, tally);
}

function metricsOf({ live, log, clock }: DaemonParts): Metrics {
  return createMetrics({
    clock,
    log,
    policy: live.policy,
    pollIntervalMs: () => live.settings().pollIntervalMs,
    isDryRun: () => live.settings().dryRun,
    isNobodyTold: () => !isAnyoneTold(live.policy()) || isMute(live.settings()),
    redact: live.redact,
  });
}

/** A guard that goes on with a fault in it is better than none. */
function goOnWithFaults(
  { live, log }: DaemonParts,
  { telling }: Pick<WatchTools, "telling">,
  { onStray }: Context,
): void {
  onStray((error) => {
    log.error({ stack: stackOf(error) }, "this is a bug");
    telling.tell(live.redact(`an error that nobody had expected: ${wordsOf(error)}`));
  });
}
