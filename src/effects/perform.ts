import type { Effect, Outcome, Seen } from "../guard/model.ts";
import type { Log } from "../log.ts";
import type { Command, Ran, Runner } from "../ports.ts";
import { type AnswerSettings, commandFor } from "./command-for.ts";

/** Carries out one effect. "interrupted" leaves it owed. Never throws. */
export type Perform = (
  effect: Effect,
  look: Seen,
  signal: AbortSignal,
) => Promise<Outcome | "interrupted">;

/** Starts the programs that the effects ask for. */
export function performWith(runner: Runner, settings: AnswerSettings): Perform {
  return async (effect, look, signal) => {
    const command = commandFor(effect, look, settings);
    if (command === undefined) return notConfigured;
    return outcomeOf(await runner.run(command, signal), command);
  };
}

/** Starts nothing, and says what would have been started. */
export function performDry(log: Log, settings: AnswerSettings): Perform {
  return async (effect, look) => {
    const command = commandFor(effect, look, settings);
    if (command === undefined) return notConfigured;
    const { kind, threshold } = effect;
    log.info({ effect: kind, threshold, argv: command.argv }, "dry run: would have started this");
    return { kind: "done", because: "dry run", tail: "" };
  };
}

const notConfigured: Outcome = {
  kind: "failed",
  because: "its threshold is no longer in the config",
  tail: "",
};

function outcomeOf(ran: Ran, { timeLimitMs }: Command): Outcome | "interrupted" {
  switch (ran.kind) {
    case "exited": {
      const kind = ran.code === 0 ? "done" : "failed";
      return { kind, because: `exit ${ran.code} after ${seconds(ran.tookMs)}`, tail: ran.tail };
    }
    case "signalled":
      return { kind: "failed", because: `ended by ${ran.by}`, tail: ran.tail };
    case "timed-out":
      return {
        kind: "failed",
        because: `not done after ${seconds(timeLimitMs)}; ended with all it had started`,
        tail: ran.tail,
      };
    case "not-started":
      return { kind: "failed", because: ran.because, tail: "" };
    case "interrupted":
      return "interrupted";
  }
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
