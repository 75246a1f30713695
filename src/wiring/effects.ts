import type { Runpodctl } from "#agent/runpodctl.ts";
import type { Engine } from "#daemon/engine.ts";
import type { Present } from "#effects/end-run.ts";
import { performWith } from "#effects/perform.ts";
import { createQueue, type Queue } from "#effects/queue.ts";
import type { Turns } from "#effects/turns.ts";
import { stackOf } from "#errors.ts";
import { withKept } from "#guard/account/kept.ts";
import { isEnd } from "#guard/model/effect.ts";
import { own } from "#guard/own-value.ts";
import { guardedNow } from "#guard/pods/rules/foreign.ts";
import { hasSeenPods } from "#guard/pods/follow/runs.ts";
import type { Account, Runner } from "#ports.ts";
import type { Probe } from "#probes/probe.ts";
import type { WatchParts } from "./parts.ts";

interface EffectParts extends Pick<
  WatchParts,
  "live" | "clock" | "log" | "env" | "program" | "paces" | "buttonsFor" | "tally" | "shown"
> {
  readonly engine: Engine;
  readonly runner: Runner;
  readonly runpodctl: () => Promise<Runpodctl>;
  readonly readLeases: () => Promise<unknown>;
  readonly probe: Probe;
  /** By which an end is proven. */
  readonly believed: Account;
  /** Of whoever ends a pod. */
  readonly turns: Turns;
}

/** So long the guard waits at most for a person who ends the same pod. */
const personLimitMs = 30_000;

/** Carries out what was decided, and tells the guard how that went. */
export function queueOf(parts: EffectParts): Queue {
  const { live, clock, log, engine, believed, turns, tally, shown } = parts;
  const perform = performWith({
    ...parts,
    account: believed,
    settings: () => withKept(live.settings(), engine.state()),
    channels: live.channels,
    present: presentOf(parts),
  });
  return createQueue({
    perform: (effect, look, signal) =>
      isEnd(effect) || effect.kind === "end-stopped"
        ? turns.take(effect.podId, () => perform(effect, look, signal), {
            by: "guard",
            patienceMs: personLimitMs,
            signal,
          })
        : perform(effect, look, signal),
    settled: async (effect, outcome) => {
      tally?.note(effect, outcome);
      await engine.take({ kind: "settled", id: effect.id, atMs: clock.nowMs(), outcome });
      shown?.settled?.(effect, outcome);
    },
    onBug: (error) => log.error({ stack: stackOf(error) }, "this is a bug"),
  });
}

function presentOf({ engine, live, clock, readLeases, probe }: EffectParts): Present {
  return {
    refresh: async () => (await readLeases()) !== "unknown",
    isOwed: (id) => engine.state().owed.some((effect) => effect.id === id),
    hasSeenPods: () => hasSeenPods(engine.state(), live.policy(), clock.nowMs()),
    guardedAs: (pod) => guardedNow(pod, engine.state(), live.policy().podGuards),
    run: (podId) => own(engine.state().runs, podId),
    falls: () => engine.state().falls,
    async probe(podId, signal) {
      const run = own(engine.state().runs, podId);
      return run && probe({ podId, podName: run.name }, run.counters ?? {}, signal);
    },
  };
}
