import { isMute } from "#config/policy.ts";
import { type Auditing, createAuditing } from "#daemon/beside/auditing.ts";
import type { Beside } from "#daemon/beside/beside.ts";
import { type Briefing, createBriefing } from "#daemon/beside/briefing.ts";
import { createHeartbeat, type Heartbeat } from "#daemon/beside/heartbeat.ts";
import { createRehearsing, type Rehearsing } from "#daemon/beside/rehearsing.ts";
import { type Chore, createTidying } from "#daemon/beside/tidying.ts";
import type { Engine } from "#daemon/engine.ts";
import { withKept } from "#guard/account/kept.ts";
import { minuteMs } from "#guard/model/time.ts";
import type { GuardState } from "#guard/model/state.ts";
import { mayShowIdle } from "#guard/pods/rules/load.ts";
import { sendBeat } from "#notify/beat.ts";
import { auditForNotice } from "#report/audit/for-notice.ts";
import { briefNow } from "#report/brief/brief-now.ts";
import { createDueDay } from "#report/brief/due-day.ts";
import { exchange } from "#requests/exchange.ts";
import { rehearse } from "#runpod/auto/rehearse.ts";
import { realInventory } from "./account.ts";
import { type LeaseParts, outsideBeatsOf } from "./outside.ts";
import type { WatchParts } from "./parts.ts";

interface BesideParts
  extends Pick<WatchParts, "live" | "clock" | "log" | "paces" | "once" | "takeWish">, LeaseParts {
  readonly engine: Engine;
  /** What was saved before this process. */
  readonly before: GuardState;
  readonly chores: readonly Chore[];
}

/** What goes on beside the polls, each in its own time. */
export function besideOf(parts: BesideParts): Beside {
  const { chores, clock, engine } = parts;
  return {
    heartbeat: heartbeatOf(parts),
    outside: outsideBeatsOf(parts, engine, parts),
    tidying: createTidying({ chores, clock, take: (input) => engine.take(input) }),
    auditing: auditingOf(parts),
    briefing: briefingOf(parts),
    rehearsing: rehearsingOf(parts),
  };
}

/** From the first byte of a beat to the last of its answer. */
const beatLimitMs = 10_000;
/** The last one that hears of it: who listens to a guard that can tell nobody must look. */
const muteBeat = {
  kind: "fail",
  because: "it guards, and can tell nobody: the secrets of its channels are not there",
} as const;

function heartbeatOf({ live, clock, log, engine }: BesideParts): Heartbeat {
  return createHeartbeat({
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
  });
}

function auditingOf({ live, clock, log, paces, engine }: BesideParts): Auditing {
  return createAuditing({
    async audit(signal) {
      const settings = live.settings();
      const { lastSeen } = engine.state();
      // Without REST nothing would be found.
      if (lastSeen === undefined || settings.restUrl === undefined) return undefined;
      const account = realInventory(settings, clock, paces.request);
      return auditForNotice(lastSeen, account, live.policy(), signal);
    },
    engine,
    clock,
    log,
  });
}

function briefingOf({ live, clock, log, paces, once, engine, before }: BesideParts): Briefing {
  const dueDay = createDueDay(before.lookedAtMs);
  return createBriefing({
    dueDay: (atMs, briefedDay) => dueDay(live.settings().brief, atMs, briefedDay),
    build: (atMs, signal) =>
      briefNow({
        settings: live.settings(),
        nowMs: atMs,
        state: engine.state(),
        policy: withKept(live.policy(), engine.state()),
        clock,
        paces,
        signal,
      }),
    // A single poll has no time for it.
    patienceMs: once ? 0 : 5 * minuteMs,
    engine,
    clock,
    log,
  });
}

function rehearsingOf({ live, clock, log, once, engine, before }: BesideParts): Rehearsing {
  return createRehearsing({
    isWanted: () => live.faces() !== undefined && live.deciding.now().source.api === "graphql",
    rehearse: async (signal) => {
      const faces = live.faces();
      return faces && rehearse(faces, { mayShowIdle, isDry: live.settings().dryRun }, signal);
    },
    lastAtMs: once ? before.rehearsal?.atMs : undefined,
    clock,
    log,
    take: (input) => engine.take(input),
  });
}
