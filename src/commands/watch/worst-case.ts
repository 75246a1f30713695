import type { Settings } from "#config/settings.ts";
import type { Look } from "#guard/model/account.ts";
import type { Log } from "#log.ts";
import type { Paces } from "#paces.ts";
import { worstCaseWords } from "#report/ahead/worst-case.ts";

export interface WorstCaseDeps {
  readonly settings: () => Settings;
  readonly paces: Paces;
  readonly log: Log;
  /** Asks RunPod; undefined: it does not tell. */
  readonly spendLimit: (polled: Pick<Look, "source">) => Promise<number | undefined>;
}

/** Says once, after the first poll that worked, what a crossing may cost. Nothing waits for it. */
export function createWorstCase({ settings, paces, log, spendLimit }: WorstCaseDeps) {
  let isSaid = false;

  async function say(polled: Pick<Look, "source">): Promise<void> {
    const words = worstCaseWords(settings(), paces, await spendLimit(polled));
    if (words !== undefined) log.info({ because: words }, "worst case");
  }

  return {
    polled(look: Pick<Look, "kind" | "source">): void {
      if (isSaid || look.kind === "blind") return;
      isSaid = true;
      say(look).catch((error: unknown) => {
        log.error({ stack: String(error) }, "the worst case could not be told; this is a bug");
      });
    },
  };
}
