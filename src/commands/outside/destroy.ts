import { runnerFor } from "#commands/runner-for.ts";
import { exitCodes, UserError } from "#errors.ts";
import { secretName } from "#outside/worker/accounts.ts";
import { inShell } from "#shell-word.ts";
import { confirm, isTerminal } from "#terminal/confirm.ts";
import type { Context, GlobalOptions } from "#terminal/context.ts";
import { warn } from "#terminal/warn.ts";
import { askOutside, outsideIn } from "./ask.ts";
import { folderAt } from "./folder.ts";
import { wranglerFor } from "./wrangler.ts";

export interface OutsideDestroyOptions extends GlobalOptions {
  readonly dir: string;
  readonly yes: boolean;
  /** The whole Worker, with all accounts. */
  readonly worker: boolean;
  readonly wrangler: boolean;
}

/** Has the guard outside forget this account, and takes its secrets away. Gives the exit code. */
export async function outsideDestroy(
  options: OutsideDestroyOptions,
  context: Context,
): Promise<number> {
  const { settings, to } = await outsideIn(options, context);
  const folder = folderAt(options.dir);
  const all = options.worker ? ", and the whole Worker, WITH ALL OTHER ACCOUNTS, is deleted" : "";
  if (!options.yes) {
    if (!isTerminal(context)) {
      throw new UserError("Nobody can be asked here, so nothing was done.", {
        hint: "To go on without being asked: --yes",
      });
    }
    const question = `Account ${to.account} is no longer guarded from ${to.url}${all}. Go on?`;
    const answer = await confirm(question, context);
    if (answer === "interrupted") return exitCodes.interrupted;
    if (answer === "no") {
      context.print("Nothing was done.");
      return exitCodes.cancelled;
    }
  }
  let forgotten = true;
  try {
    await askOutside("forget", to, context);
    context.print(
      `The guard outside has forgotten account ${to.account}, and wakes for it no more.`,
    );
  } catch (error) {
    if (!(error instanceof UserError) || context.interrupted.aborted) throw error;
    forgotten = false;
    warn(`it could not be told to forget the account: ${error.message}`, context);
  }
  const steps = [
    ["secret", "delete", secretName(to.account)],
    ...(options.worker ? [["delete"]] : []),
  ];
  const runner = runnerFor(settings, context);
  const wrangler = options.wrangler ? await wranglerFor(folder, runner, context) : undefined;
  if (wrangler === undefined) {
    const config = ` --config ${inShell(folder.wranglerConfig)}`;
    context.print(
      [
        "Its secrets are still there. If it is at Cloudflare, take them away with:",
        ...steps.map((step) => `  npx wrangler ${step.join(" ")}${config}`),
        "If runpodboss outside serve runs it: take the account out of its secrets file, and restart it.",
      ].join("\n"),
    );
  } else {
    for (const step of steps) await wrangler(step);
  }
  context.print(
    [
      `Take "outside" out of ${settings.configPath}, or the daemon goes on sending its beats, and says that nobody hears them.`,
      `On this disk are still: ${folder.path} with its keys. Remove it once no account needs it.`,
    ].join("\n"),
  );
  return forgotten ? exitCodes.done : exitCodes.refused;
}
