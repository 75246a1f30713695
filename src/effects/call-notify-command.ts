import type { Seen } from "#guard/model/account.ts";
import type { Notify, Outcome } from "#guard/model/effect.ts";
import type { Clock, Runner } from "#ports.ts";
import { ranOutcome } from "#process/outcome.ts";
import { callsOf, noticeCommand } from "./notice-command.ts";
import type { EffectSettings } from "./settings.ts";

export interface NotifyCommandDeps {
  readonly clock: Clock;
  readonly runner: Runner;
  /** Says, in a dry run, what would have been started. */
  readonly sayWouldStart: (notice: Notify, argv: readonly string[]) => Outcome;
}

type Call = (
  notice: Notify,
  look: Seen | undefined,
  settings: EffectSettings,
  signal: AbortSignal,
) => Promise<Outcome | "interrupted">;

/** Runs the notify command for a notification: once, or once for each pod that it has not worked for yet. */
export function notifyCommandWith({ clock, runner, sayWouldStart }: NotifyCommandDeps): Call {
  /** By notification of which not every pod's call has worked: the pods whose has. */
  const sentFor = new Map<string, Set<string | undefined>>();

  return async (notice, look, settings, signal) => {
    const sent = sentFor.get(notice.id) ?? new Set();
    sentFor.set(notice.id, sent);
    let last: Outcome = { kind: "moot", because: "it was sent for every pod", tail: "" };
    let failure: Outcome | undefined;
    for (const pod of callsOf(notice, look, settings)) {
      if (sent.has(pod?.podId)) continue;
      const command = noticeCommand(notice, look, settings, clock.nowMs(), pod);
      if (command === undefined) return whyNobody(settings);
      if (settings.dryRun) {
        last = sayWouldStart(notice, command.argv);
        continue;
      }
      const ran = await runner.run(command, signal);
      const outcome = ranOutcome(ran, settings.notifyTimeoutMs);
      if (outcome === "interrupted") return outcome;
      if (outcome.kind === "failed") failure = outcome;
      else sent.add(pod?.podId);
      last = outcome;
      // What hangs once will hang again, and others wait.
      if (ran.kind === "timed-out") break;
    }
    if (failure === undefined) sentFor.delete(notice.id);
    return failure ?? last;
  };
}

/**
 * A threshold whose own command is empty is not told, as the config says. Where there is no command at all
 * any more, a reload took away the one that it was owed to: it is kept until there is one again.
 */
function whyNobody({ notifyCommand, thresholds }: EffectSettings): Outcome {
  const isAnyone = [{ notifyCommand }, ...thresholds].some((each) => each.notifyCommand.length > 0);
  const because = "no notify command is configured";
  return { kind: isAnyone ? "moot" : "failed", because, tail: "" };
}
