import { policyOf } from "#config/policy.ts";
import type { Settings } from "#config/settings.ts";
import type { Policy } from "#guard/model/policy.ts";
import type { Channel } from "#notify/channel.ts";
import type { Accounts, Faces } from "#runpod/account.ts";
import { createDeciding, type Deciding } from "#runpod/auto/account.ts";
import type { Paces } from "#paces.ts";
import type { Account, Clock } from "#ports.ts";
import { realAccounts } from "./account.ts";
import { realChannels } from "./channels.ts";
import { createRedactor } from "#redact.ts";

/** The settings in force and what is made of them; a reload replaces both at once. */
export interface Live {
  readonly settings: () => Settings;
  readonly policy: () => Policy;
  readonly account: Account;
  /** Both interfaces, where either may decide. */
  readonly faces: () => Faces | undefined;
  /** Those of the settings, in their order. */
  readonly channels: () => readonly Channel[];
  /** Who decides, whatever settings are in force. */
  readonly deciding: Deciding;
  /** Takes the secrets of all settings that were ever in force out of a text. */
  readonly redact: (text: string) => string;
  replace(settings: Settings): void;
  /** From now on these are secrets, too, whatever settings come. */
  hide(secrets: readonly string[]): void;
}

export function liveOf(first: Settings, clock: Clock, paces: Paces): Live {
  let settings = first;
  let policy = policyOf(first, paces);
  const deciding = createDeciding();
  const accountsOf = (of: Settings): Accounts => realAccounts(of, clock, paces.request, deciding);
  let accounts = accountsOf(first);
  let channels = realChannels(first.channels, clock);
  let secrets = first.secrets;
  let redact = createRedactor(secrets);
  return {
    settings: () => settings,
    policy: () => policy,
    account: {
      look: (signal) => accounts.account.look(signal),
      measure: (signal) => accounts.account.measure(signal),
      end: (target, action, signal) => accounts.account.end(target, action, signal),
    },
    faces: () => accounts.faces,
    channels: () => channels,
    deciding,
    redact: (text) => redact(text),
    hide(more) {
      secrets = [...new Set([...secrets, ...more])];
      redact = createRedactor(secrets);
    },
    replace(next) {
      // All of it or none: any of these may throw.
      const made = {
        secrets: [...new Set([...secrets, ...next.secrets])],
        policy: policyOf(next, paces),
        accounts: accountsOf(next),
        channels: realChannels(next.channels, clock, { settings: settings.channels, channels }),
      };
      redact = createRedactor(made.secrets);
      ({ secrets, policy, accounts, channels } = made);
      settings = next;
    },
  };
}
