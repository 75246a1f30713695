import { claudeIn } from "#agent/claude-in.ts";
import { runpodctlWords } from "#agent/runpodctl.ts";
import { toolWarnings } from "#agent/tool-warnings.ts";
import { ownZone } from "#calendar/zone.ts";
import { programTroubles } from "#commands/missing-programs.ts";
import { inForceOf } from "#config/in-force.ts";
import type { Log } from "#log.ts";
import type { Clock } from "#ports.ts";
import type { Context } from "#terminal/context.ts";
import type { WatchTools } from "#wiring/daemon.ts";
import type { Live } from "#wiring/live.ts";
import type { troubleTeller } from "./troubles.ts";

interface Deps {
  readonly live: Live;
  readonly log: Log;
  readonly clock: Clock;
  readonly context: Pick<Context, "env" | "program">;
  readonly troubles: ReturnType<typeof troubleTeller>;
  readonly daemon: Pick<WatchTools, "engine" | "runpodctl">;
  /** The daemon ends. */
  readonly over: AbortSignal;
}

/** Tells what is in force, at the start and whenever other settings are. */
interface InForceTeller {
  /** It is part of the state, where other commands read it. */
  tellSettings(): void;
  /** Which of the programs they name are missing, and what agents have to work with. Waits for nothing. */
  tellOfPrograms(): void;
  /** Resolves when that was told last. */
  idle(): Promise<void>;
}

export function inForceTeller(deps: Deps): InForceTeller {
  const { live, clock, daemon } = deps;
  let tellingOfTools = Promise.resolve();
  return {
    tellSettings() {
      const by = { pid: process.pid, sinceMs: clock.nowMs(), timeZone: ownZone() };
      const inForce = inForceOf(live.settings(), live.policy(), by);
      void daemon.engine.take({ kind: "config", inForce });
    },
    tellOfPrograms() {
      void tellOfMissing(deps);
      tellingOfTools = tellOfTools(deps);
    },
    idle: () => tellingOfTools,
  };
}

async function tellOfMissing({ live, context, troubles }: Deps): Promise<void> {
  const now = live.settings();
  for (const { what, because } of await programTroubles(now, context.env)) {
    troubles.tell(
      because === undefined ? { kind: "recovered", what } : { kind: "trouble", what, because },
    );
  }
}

async function tellOfTools({ live, log, clock, context, daemon, over }: Deps): Promise<void> {
  const { claudeCommand, agentPermissions, configPath } = live.settings();
  if (claudeIn(claudeCommand) === undefined) return;
  const runpodctl = await daemon.runpodctl();
  if (over.aborted) return;
  log.info({ runpodctl: runpodctlWords(runpodctl) }, "agent's runpodctl");
  const tools = { program: context.program, configPath, runpodctl };
  for (const warning of toolWarnings(tools, agentPermissions, clock.nowMs())) {
    log.warn({ warning }, "agent warning");
  }
}
