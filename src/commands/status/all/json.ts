import { wordsOf } from "#errors.ts";
import { statusJson } from "#report/status/status-json.ts";
import type { AccountStatus } from "./read-all.ts";

/** What `status --json` says of it, with its name. Of one that could not be read, the figures are null. */
export function accountJson({ name, configPath, found, sameKeyAs }: AccountStatus) {
  const shared = { account: name, config: configPath, same_key_as: sameKeyAs };
  return found.kind === "read"
    ? { ...shared, ...statusJson(found.report, found.fault) }
    : {
        ...shared,
        error: wordsOf(found.error),
        balance_usd: null,
        burn_per_hr_usd: null,
        hours_left: null,
        last_balance: null,
        pods: null,
        thresholds: null,
        daemon: null,
        troubles: null,
      };
}
