import { type AccountList, listAccounts } from "#config/accounts/listed.ts";
import { accountsFolder } from "#config/accounts/account.ts";
import { createClock } from "#clock.ts";
import { defaultPaths } from "#config/paths.ts";
import { exitCodes, UserError, wordsOf } from "#errors.ts";
import type { StatusOptions } from "#commands/status/options.ts";
import { paintFor } from "#terminal/colors.ts";
import type { Context } from "#terminal/context.ts";
import { printJson } from "#terminal/json.ts";
import { columnsOf } from "#terminal/wrap.ts";
import { withinLimit } from "#within-limit.ts";
import { accountJson } from "./json.ts";
import { type AccountStatus, readAll } from "./read-all.ts";
import { accountLines, fewNames } from "./text.ts";

/** So many names are told where accounts could not be seen. */
const mostNamed = 5;

/** Shows every account, also where some cannot be read. Gives the exit code of the worst of them. */
export async function statusOfAll(options: StatusOptions, context: Context): Promise<number> {
  refuseOthers(options);
  const { interrupted, paces } = context;
  const { accounts, because } = await withinLimit(
    listAccounts(),
    paces.statusLimitMs,
    createClock(),
    interrupted,
  ).catch((error: unknown): AccountList => ({ accounts: [], because: wordsOf(error) }));
  const found = await readAll(accounts, context);
  if (interrupted.aborted) return exitCodes.interrupted;
  if (options.json) {
    printJson(found.map(accountJson), context);
  } else if (found.length > 0) {
    context.print(accountLines(found, paintFor(context), columnsOf(context)).join("\n"));
  }
  if (because !== undefined) {
    throw new UserError(`The accounts in ${accountsFolder} cannot be read: ${because}.`, {
      hint: "There may be more of them than these: make it a folder that you can read.",
    });
  }
  if (found.length === 0) {
    throw new UserError(
      `There is no account: neither ${defaultPaths.config} nor a config in ${accountsFolder}.`,
      {
        hint: "Then try: runpodboss setup, or for one of several: runpodboss --account NAME setup",
      },
    );
  }
  return exitCodeOf(found, context);
}

function refuseOthers({ watch, history, plot, hours, isOneNamed }: StatusOptions): void {
  const given = { watch, history, plot, hours: hours !== undefined };
  const [other] = Object.entries(given).flatMap(([name, isGiven]) => (isGiven ? [name] : []));
  if (other !== undefined) {
    throw new UserError(`--all and --${other} cannot be used together.`, {
      hint: `For one account: runpodboss --account NAME status --${other}`,
    });
  }
  if (isOneNamed) {
    throw new UserError(
      "--all shows every account, and cannot be used with --account or --config.",
      {
        hint: "Leave one of them away.",
      },
    );
  }
}

function exitCodeOf(found: readonly AccountStatus[], context: Context): number {
  const errors = found.map((each) =>
    each.found.kind === "read" ? each.found.fault : each.found.error,
  );
  const bug = errors.find((error) => error !== undefined && !(error instanceof UserError));
  if (bug !== undefined) {
    context.sayWhy(bug);
    return exitCodes.bug;
  }
  const names = found.flatMap(({ name }, n) => (errors[n] === undefined ? [] : [name]));
  if (names.length === 0) return exitCodes.done;
  context.sayWhy(
    new UserError(
      `${names.length} of ${found.length} ${found.length === 1 ? "account" : "accounts"} could not be seen: ${fewNames(names, mostNamed)}.`,
      { hint: "What is wrong stands beside each." },
    ),
  );
  return exitCodes.refused;
}
