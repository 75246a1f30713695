import type { Effect, Seen } from "../guard/model.ts";
import { podsJson, render, renderNotify, type Values } from "../guard/render.ts";
import type { Command } from "../ports.ts";

/** What the config says of one threshold's answers. */
interface Answers {
  readonly prompt: string;
  readonly notifyCommand: readonly string[];
}

export interface AnswerSettings {
  readonly thresholds: readonly (Answers & { readonly name: string })[];
  readonly claudeCommand: readonly string[];
  readonly claudeTimeoutMs: number;
}

const notifyTimeoutMs = 30_000;

/**
 * The command that carries out an effect. People are told of the balance at the crossing; an agent
 * is told of the account as it was last seen. Undefined when the threshold is not configured.
 */
export function commandFor(
  effect: Effect,
  look: Seen,
  settings: AnswerSettings,
): Command | undefined {
  const threshold = settings.thresholds.find(({ name }) => name === effect.threshold);
  if (threshold === undefined) return undefined;
  const values: Values = {
    balanceUsd: effect.balanceUsd,
    belowUsd: effect.belowUsd,
    name: effect.threshold,
    podsJson: podsJson(look.pods),
  };
  switch (effect.kind) {
    case "notify":
      return {
        argv: renderNotify(threshold.notifyCommand, values),
        timeLimitMs: notifyTimeoutMs,
      };
    case "call-agent": {
      const prompt = render(threshold.prompt, { ...values, balanceUsd: look.balanceUsd });
      return {
        argv: [...settings.claudeCommand, prompt.text],
        timeLimitMs: settings.claudeTimeoutMs,
      };
    }
  }
}
