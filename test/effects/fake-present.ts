import type { Present } from "#effects/end-run.ts";

/** A guard to which everything is still owed, and which knows of no runs and no probes. */
export function presentWith(overrides: Partial<Present> = {}): Present {
  return {
    refresh: () => Promise.resolve(true),
    isOwed: () => true,
    hasSeenPods: () => true,
    guardedAs: () => "guard",
    run: () => undefined,
    falls: () => undefined,
    probe: () => Promise.resolve(undefined),
    ...overrides,
  };
}
