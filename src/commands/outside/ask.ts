import { commandFor } from "#config/command-for.ts";
import { loadConfig } from "#config/load.ts";
import type { Settings } from "#config/settings.ts";
import { UserError } from "#errors.ts";
import { createSignedSender, type OutsideAddress } from "#outside/beat/send-signed.ts";
import type { SignedKind } from "#outside/beat/signature.ts";
import type { Summary } from "#outside/summary/contract.ts";
import { summaryIn } from "#outside/summary/read-summary.ts";
import { exchange } from "#requests/exchange.ts";
import type { Context, GlobalOptions } from "#terminal/context.ts";

/** The config's guard outside, for a command that asks it. */
export async function outsideIn(
  { config }: GlobalOptions,
  context: Context,
): Promise<{ readonly settings: Settings; readonly to: OutsideAddress }> {
  const settings = await loadConfig(config, context.env, context.paces, "gone-without");
  context.hide(settings.secrets);
  const { outside, configPath, missing } = settings;
  if (outside !== undefined) return { settings, to: outside };
  const gone = missing?.secrets.find(({ without }) => without === "the guard outside");
  throw new UserError(
    gone === undefined
      ? `The config at ${configPath} names no guard outside.`
      : `The key of the guard outside is not there: ${gone.where} ${gone.what}.`,
    {
      hint: `Make one with: ${commandFor(configPath)} outside init. Then put "outside" into the config.`,
    },
  );
}

/** What the guard outside answers. Throws a UserError where it does not. */
export async function askOutside(
  kind: SignedKind,
  to: OutsideAddress,
  { interrupted }: Pick<Context, "interrupted">,
  limitMs?: number,
): Promise<unknown> {
  const send = createSignedSender(exchange, Date.now, limitMs);
  const sent = await send(kind, "{}", to, interrupted);
  switch (sent.kind) {
    case "answered":
      return sent.body;
    case "failed":
      throw new UserError(`The guard outside at ${to.url} could not be asked: ${sent.because}.`, {
        hint: "See that outside.url is its address, and that it has this account's secrets: runpodboss outside deploy",
      });
    case "interrupted":
      throw new UserError("Interrupted.");
  }
}

/** What it knows and does. Throws a UserError where that is not told. */
export async function askForSummary(
  to: OutsideAddress,
  context: Pick<Context, "interrupted">,
): Promise<Summary> {
  const found = summaryIn(await askOutside("status", to, context));
  if (found === undefined) throw isNoGuard(to);
  return found;
}

/** Where what answers is another program, or speaks otherwise. */
export function isNoGuard({ url }: OutsideAddress): UserError {
  return new UserError(`What answers at ${url} is no guard of this version.`, {
    hint: "See that outside.url is its address. If it is, bring both to one version: runpodboss outside init, then runpodboss outside deploy",
  });
}
