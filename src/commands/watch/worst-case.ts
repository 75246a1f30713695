import type { Settings } from "#config/settings.ts";
import type { Look } from "#guard/model/account.ts";
import type { Log } from "#log.ts";
import type { Paces } from "#paces.ts";
import { worstCaseWords } from "#report/worst-case.ts";

export interface WorstCaseDeps {
  readonly settings: () => Settings;
  readonly paces: Paces;
  readonly log: Log;
  /** Asks RunPod; undefined: it does not tell. */
  readonly spendLimit: () => Promise<number | undefined>;
}

/** Says once, after the first poll that worked, what a crossing may cost. Nothing waits for it. */
export function createWorstCase({ settings, paces, log, spendLimit }: WorstCaseDeps) {
  let isSaid = false;

  async function say(): Promise<void> {
    const words = worstCaseWords(settings(), paces, await spendLimit());
    if (words !== undefined) log.info({ because: words }, "worst case");
  }

  return {
    polled({ kind }: Pick<Look, "kind">): void {
      if (isSaid || kind === "blind") return;
      isSaid = true;
      say().catch((error: unknown) => {
        log.error({ stack: String(error) }, "the worst case could not be told; this is a bug");
      });
    },
  };
}
