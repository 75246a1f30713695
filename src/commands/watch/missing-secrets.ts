import { isMute } from "#config/policy.ts";
import type { MissingSecret, Settings } from "#config/settings.ts";
import { wordsOf } from "#errors.ts";
import type { Live } from "#wiring/live.ts";
import type { Log } from "#log.ts";
import { noSecretWords } from "#notify/unreadable.ts";
import type { Clock } from "#ports.ts";
import { GivenUp, withinLimit } from "#within-limit.ts";
import type { troubleTeller } from "./troubles.ts";

interface Deps {
  readonly live: Pick<Live, "settings" | "replace">;
  readonly log: Log;
  readonly clock: Clock;
  readonly troubles: Pick<ReturnType<typeof troubleTeller>, "tell">;
  readonly everyMs: number;
  /** How long looking for them may take. */
  readonly limitMs: number;
  readonly hide: (secrets: readonly string[]) => void;
  /** Other settings are in force. */
  readonly onChange: () => void;
}

/**
 * A guard that started at night without the secret of a channel goes on with what works: it says so on all other
 * ways, as a trouble, and looks for the secret until it is there. Never throws; ends when aborted.
 */
export async function goOnWithout(deps: Deps, signal: AbortSignal): Promise<void> {
  const { live, log, clock, everyMs } = deps;
  sayMute(live.settings(), log);
  let known = tellOf(live.settings(), [], deps);
  while (!signal.aborted && live.settings().missing !== undefined) {
    await clock.sleepUntil(clock.nowMs() + everyMs, signal);
    if (signal.aborted) return;
    try {
      await lookAgain(deps);
    } catch (error) {
      const because = error instanceof GivenUp ? "it takes too long" : wordsOf(error);
      log.warn({ because }, "could not look for a missing secret");
    }
    known = tellOf(live.settings(), known, deps);
  }
}

async function lookAgain({ live, clock, log, limitMs, hide, onChange }: Deps): Promise<void> {
  const before = live.settings();
  if (before.missing === undefined) return;
  const found = await withinLimit(before.missing.again(), limitMs, clock);
  // A reload meanwhile has found out for itself.
  if (found === undefined || live.settings() !== before || !isLess(found, before)) return;
  hide(found.secrets);
  live.replace({ ...before, ...found });
  log.info({ config: before.configPath }, "missing secret found");
  onChange();
}

/** In the order of the config, so by their number: what else is missing now is told of as it was. */
function isLess({ missing }: Pick<Settings, "missing">, before: Settings): boolean {
  return placesOf(missing) !== placesOf(before.missing);
}

function placesOf(missing: Settings["missing"]): string {
  return (missing?.secrets ?? []).map(({ where, what }) => `${where} ${what}`).join("\n");
}

function tellOf(
  { missing }: Settings,
  known: readonly string[],
  { troubles }: Pick<Deps, "troubles">,
): readonly string[] {
  const all = missing?.secrets ?? [];
  const now = [...new Set(all.map(({ of }) => of))];
  for (const what of now) {
    const because = troubleWords(all.filter(({ of }) => of === what));
    troubles.tell({ kind: "trouble", what, because });
  }
  for (const what of known) {
    if (!now.includes(what)) troubles.tell({ kind: "recovered", what });
  }
  return now;
}

/** In the words of a channel that fails: it is the same trouble. */
function troubleWords(missing: readonly MissingSecret[]): string {
  const because = noSecretWords(missing.map(({ where, what }) => `${where} ${what}`).join("; "));
  const [{ without } = { without: "notifications" as const }] = missing;
  return `${withoutWords[without]}: ${because}`;
}

const withoutWords: Readonly<Record<MissingSecret["without"], string>> = {
  notifications: "notifications cannot be sent",
  heartbeat: "no heartbeat is sent",
  "the page": "the page is not served",
  "the guard outside": "the guard outside does not hear of this one",
};

function sayMute(settings: Settings, log: Log): void {
  if (!isMute(settings)) return;
  const because = (settings.missing?.secrets ?? [])
    .map(({ of, where, what }) => `${of}: ${where} ${what}`)
    .join("; ");
  log.error({ because }, "nobody can be told of anything");
}
