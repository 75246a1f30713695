import { claudeIn } from "#agent/claude-in.ts";
import { type AskDeps, askRunpodctl, type Runpodctl } from "#agent/runpodctl.ts";
import type { Settings } from "#config/settings.ts";
import type { Live } from "./live.ts";

/** Which one agents have, asked for once with each config. Only Claude Code has rules that depend on it. */
export function createRunpodctl(
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
