import { createEngine, type Engine, type EngineOptions } from "#daemon/engine.ts";
import { isQuiet } from "#notify/quiet-hours.ts";
import { withoutSecrets } from "#redact.ts";
import type { WatchParts } from "./parts.ts";
import type { Saved } from "./saved.ts";

interface EngineParts extends Pick<WatchParts, "live" | "log" | "clock" | "paces"> {
  readonly saved: Saved;
  readonly onDecided: NonNullable<EngineOptions["onDecided"]>;
  readonly onSkipped: (because: string) => void;
  readonly queue: EngineOptions["queue"];
  readonly recording: EngineOptions["recording"];
}

/** Words enter here, whoever said them: what is decided, saved, told and recorded holds no secret. */
export function engineOf(parts: EngineParts): Engine {
  const { live, saved, paces, ...rest } = parts;
  const inner = createEngine({
    ...rest,
    state: saved.state,
    store: saved.store,
    policy: live.policy,
    saveLimitMs: paces.saveLimitMs,
    isQuiet: (name, atMs) =>
      isQuiet(live.settings().channels.find((each) => each.name === name)?.quietHours, atMs),
    onSkipped: (because) => parts.onSkipped(live.redact(because)),
  });
  return {
    ...inner,
    async take(input, askedAtMs) {
      const taken = await inner.take(
        // What is in force holds no secret, and is compared whole.
        input.kind === "config" ? input : withoutSecrets(input, live.redact),
        askedAtMs,
      );
      if (input.kind === "look") saved.heeded();
      return taken;
    },
  };
}
