import type { Settings } from "../config/settings.ts";
import { identityOf } from "../effects/process-identity.ts";
import { wordsOf } from "../errors.ts";
import { decide } from "../guard/decide.ts";
import {
  emptyState,
  type GuardState,
  type Input,
  type LeaseBook,
  type Look,
  type Measured,
  type Policy,
} from "../guard/model.ts";
import type { Account } from "../ports.ts";
import { createGraphqlAccount } from "../runpod/graphql.ts";
import { leaseFileOf } from "../store/beside.ts";
import { createLeaseFile } from "../store/lease-file.ts";
import { guardOf } from "../store/lock.ts";
import { createStateFile } from "../store/state-file.ts";
import { policyOf } from "../wiring.ts";

/** The account as it is now, together with what the guard and people have written down of it. */
export interface Situation {
  readonly settings: Settings;
  readonly policy: Policy;
  readonly account: Account;
  readonly nowMs: number;
  readonly look: Look;
  readonly measured: Measured;
  readonly book: LeaseBook | "unknown";
  /** What the guard has saved; the empty state when there is nothing that can be read. */
  readonly saved: GuardState;
  /** What the guard would make of it now: the runs of the pods, with their starts and leases. */
  readonly state: GuardState;
  /** The pid of the guard, when one is watching. */
  readonly guardPid: number | undefined;
  /** What could not be read, in words. */
  readonly troubles: readonly string[];
}

/** Looks once, reads what is beside the state file, and changes nothing. */
export async function situationOf(settings: Settings, signal: AbortSignal): Promise<Situation> {
  const { runpodUrl: url, apiKey, stateFile } = settings;
  const troubles: string[] = [];
  const account = createGraphqlAccount({ url, apiKey, nowMs: () => Date.now() });
  const [look, measured, saved, book, guardPid] = await Promise.all([
    account.look(signal),
    account.measure(signal),
    savedState(stateFile).catch((error: unknown) => {
      troubles.push(wordsOf(error));
      return emptyState;
    }),
    createLeaseFile(leaseFileOf(stateFile), identityOf)
      .read()
      .catch((error: unknown) => {
        troubles.push(wordsOf(error));
        return "unknown" as const;
      }),
    guardOf(stateFile, identityOf),
  ]);
  if (measured.kind === "unmeasured") {
    troubles.push(`what the pods do could not be measured: ${measured.because}`);
  }
  const nowMs = Date.now();
  const policy = policyOf(settings);
  const inputs: readonly Input[] = [
    { kind: "leases", atMs: nowMs, book },
    { kind: "look", look },
    { kind: "measured", measured, activity: {} },
  ];
  const state = inputs.reduce((before, input) => decide(before, input, policy).state, saved);
  return {
    settings,
    policy,
    account,
    nowMs,
    look,
    measured,
    book,
    saved,
    state,
    guardPid,
    troubles,
  };
}

/** What the guard has saved. Throws when it is there and cannot be read; nothing changes on the disk. */
export async function savedState(stateFile: string): Promise<GuardState> {
  let trouble: string | undefined;
  const store = createStateFile(stateFile, {
    readOnly: true,
    nowMs: () => Date.now(),
    onCorrupt: ({ because }) => {
      trouble = `state file ${stateFile} is broken: ${because}`;
    },
  });
  const state = await store.load();
  if (trouble !== undefined) throw new Error(trouble);
  return state;
}
