import { configOfAccount, isAccountName } from "#config/accounts/account.ts";
import { listAccounts } from "#config/accounts/listed.ts";
import { glimpseOf } from "#config/reading/lenient.ts";
import { loadConfig } from "#config/load.ts";
import { emptyState } from "#guard/model/state.ts";
import type { PodRun } from "#guard/model/run.ts";
import { realAccount } from "#wiring/account.ts";
import { createClock } from "#clock.ts";
import { createStateFile } from "#store/state-file.ts";
import type { Context, GlobalOptions } from "#terminal/context.ts";
import { type CommandTree, completionOf, filesWord, type Wanted } from "./words.ts";

/** Needs no quoting in any shell, and is no option. */
const plainWord = /^\w[\w.-]*$/;

interface Named {
  readonly id: string;
  readonly name: string;
}

/** Prints completions of the last word. Errors print nothing. */
export async function complete(
  words: readonly string[],
  program: CommandTree,
  options: GlobalOptions,
  context: Context,
): Promise<void> {
  const { wanted, typed, before, config = options.config, account } = completionOf(words, program);
  const found = await wordsFor(wanted, { config, account }, context).catch(() => []);
  for (const word of found) {
    if (word === filesWord || word.startsWith(typed)) context.printData(`${before}${word}`);
  }
}

async function wordsFor(
  wanted: Wanted,
  named: { readonly config: string; readonly account: string | undefined },
  context: Context,
): Promise<readonly string[]> {
  const config = named.account === undefined ? named.config : configOfAccount(named.account);
  switch (wanted.kind) {
    case "words":
      return wanted.words;
    case "files":
      return [filesWord];
    case "thresholds": {
      const { thresholdNames } = await glimpseOf(config);
      return remaining(thresholdNames, wanted.named);
    }
    case "channels": {
      const { channelNames } = await glimpseOf(config);
      return remaining(channelNames, wanted.named);
    }
    case "schedules": {
      const { scheduleNames } = await glimpseOf(config);
      return remaining(scheduleNames, wanted.named);
    }
    case "budgets": {
      const { budgetNames } = await glimpseOf(config);
      return remaining(budgetNames, wanted.named);
    }
    case "accounts": {
      const { accounts } = await listAccounts();
      return accounts.flatMap(({ name }) => (isAccountName(name) ? [name] : []));
    }
    case "pods":
      return remaining(podWords(await podsOf(config, context)), wanted.named);
  }
}

function remaining(words: readonly string[], named: readonly string[]): readonly string[] {
  return words.filter((word) => plainWord.test(word) && !named.includes(word));
}

/** Every id, and each name that only one of them has. */
function podWords(pods: readonly Named[]): readonly string[] {
  const names = pods.map(({ name }) => name);
  const unique = names.filter((name) => names.indexOf(name) === names.lastIndexOf(name));
  return [...new Set([...pods.map(({ id }) => id), ...unique])];
}

/** The pods the daemon last saved; if there are none, those of one quick poll. */
async function podsOf(config: string, context: Context): Promise<readonly Named[]> {
  const { stateFile } = await glimpseOf(config);
  const store = createStateFile(stateFile, {
    readOnly: true,
    nowMs: () => Date.now(),
    onTrouble: () => undefined,
  });
  const saved = await store.load().catch(() => emptyState);
  const runs: readonly PodRun[] = Object.values(saved.runs);
  if (runs.length > 0) return runs.map(({ podId: id, name }) => ({ id, name }));
  const settings = await loadConfig(config, context.env, context.paces, "gone-without");
  context.hide(settings.secrets);
  const { request, completionLimitMs } = context.paces;
  const account = realAccount(settings, createClock(), request, saved.source);
  const limit = AbortSignal.any([context.interrupted, AbortSignal.timeout(completionLimitMs)]);
  const look = await account.look(limit);
  return look.kind === "seen" && look.pods !== "unknown" ? look.pods : [];
}
