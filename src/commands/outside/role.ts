import { hostname } from "node:os";
import { commandFor } from "#config/command-for.ts";
import { policyOf } from "#config/policy.ts";
import type { Settings } from "#config/settings.ts";
import { UserError } from "#errors.ts";
import { minuteMs, secondMs } from "#guard/model/time.ts";
import { sendRoleTo } from "#outside/beat/send-role.ts";
import { createSignedSender, type OutsideAddress } from "#outside/beat/send-signed.ts";
import { whatCannotBeDone } from "#outside/orders/from-outside.ts";
import { sendable } from "#outside/orders/policy-schema.ts";
import { identityOf } from "#process/identity.ts";
import { exchange } from "#requests/exchange.ts";
import type { Clock } from "#ports.ts";
import { watcherOf } from "#store/lock/pid-lock.ts";
import type { Context } from "#terminal/context.ts";
import { warn } from "#terminal/warn.ts";
import { ordersOf } from "#wiring/outside.ts";

const sentence = (words: string): string => words.charAt(0).toUpperCase() + words.slice(1);

export interface RoleParts {
  readonly settings: Settings;
  readonly to: OutsideAddress;
  /** It was deployed a moment ago: it may take some seconds until it is there, with its secrets. */
  readonly isNew: boolean;
  readonly clock: Clock;
}

/** What a guard with no machine goes by, of this config. */
export function primaryBody(settings: Settings, paces: Context["paces"], url: string): string {
  const policy = policyOf(settings, paces);
  return JSON.stringify({
    version: 1,
    host: hostname(),
    everyMs: Math.max(minuteMs, settings.pollIntervalMs),
    orders: { ...ordersOf(settings, policy), policy: sendable(policy) },
    url,
  });
}

/** Gives the guard outside its role, and says what that means. Throws a UserError where it does not take it. */
export async function sendRole(
  role: "primary" | "standby",
  { settings, to, isNew, clock }: RoleParts,
  context: Context,
): Promise<void> {
  const { paces, interrupted, print } = context;
  const orders = ordersOf(settings, policyOf(settings, paces));
  const body =
    role === "primary"
      ? primaryBody(settings, paces, to.url)
      : JSON.stringify({ version: 1, role });
  const send = createSignedSender(exchange, () => clock.nowMs());
  const sent = await sendRoleTo(
    (signal) => send("orders", body, to, signal),
    { clock, triesApartMs: isNew ? paces.endByHandRetryMs : undefined },
    interrupted,
  );
  if (sent.kind === "interrupted") return;
  if (sent.kind === "failed") {
    const what = `the guard outside at ${to.url} could not be told its role (${role}): ${sent.because}`;
    const hint = "See that it is deployed, with this account's secrets, and run this again.";
    if (role === "primary" || isNew) throw new UserError(`${sentence(what)}.`, { hint });
    // It may well not be there yet: what is to be typed stands above.
    warn(`${what}. ${hint}`, context);
    return;
  }
  const { account } = to;
  const watch = `${commandFor(settings.configPath)} watch`;
  if (role === "standby") {
    print(
      sent.was === "primary"
        ? `Account ${account} is no longer guarded from there alone: it waits for the beats of your daemon from now on, and tells you if none comes within an hour. Start it: ${watch}. It goes by what it has saved itself, so that it may tell you again of what you were told from there.`
        : `Account ${account} is on standby: it stands in for your daemon when that falls silent.`,
    );
    return;
  }
  print(
    [
      `Account ${account} is guarded from there, with no machine: it looks every ${Math.round(Math.max(minuteMs, settings.pollIntervalMs) / secondMs)} s, by the rules of this config. After you change them, run this again.`,
      ...whatCannotBeDone(orders).map((words) => `  it cannot ${words}`),
      `Do not run ${watch} beside it: two would act side by side, and its beats are refused. To go back to it: ${commandFor(settings.configPath)} outside deploy, without --primary.`,
    ].join("\n"),
  );
  const pid = await watcherOf(settings.stateFile, identityOf);
  if (pid !== undefined) {
    warn(
      `a daemon runs here as well (pid ${pid}): stop it, or both stop pods and tell you`,
      context,
    );
  }
}
