import type { Settings } from "#config/settings.ts";
import { UserError } from "#errors.ts";
import type { ChannelSettings } from "#notify/settings.ts";
import { type AccountSecrets, adminTokenName, secretName } from "#outside/worker/accounts.ts";
import { commandFor } from "#config/command-for.ts";
import type { Speaker } from "./addressee.ts";

/** What Cloudflare takes as one secret: 5 KB. */
const mostBytes = 5_000;

/** What the guard outside is given for an account, as JSON. Throws a UserError where that is more than it can be. */
export function accountSecretText(settings: Settings, speaker: Speaker): string {
  const { outside, api, runpodUrl: graphqlUrl, restUrl, restBalancePath } = settings;
  const own = outside?.account === speaker.account ? outside : undefined;
  if (own?.lacksApiKey !== undefined) {
    throw new UserError(`The RunPod key for the guard outside is not there: ${own.lacksApiKey}.`, {
      hint: "Put it there, or take that line out of the config: then it is given the account's own key.",
    });
  }
  const secrets: AccountSecrets = {
    beatKey: speaker.beatKey,
    apiKey: own?.apiKey ?? settings.apiKey,
    api,
    graphqlUrl,
    restUrl,
    restBalancePath,
    channels: settings.channels.filter(worksOutside),
  };
  const text = JSON.stringify(secrets);
  const bytes = Buffer.byteLength(text);
  if (bytes > mostBytes) throw tooLarge(bytes, secrets.channels, settings);
  return text;
}

function tooLarge(
  bytes: number,
  channels: readonly ChannelSettings[],
  { configPath }: Settings,
): UserError {
  const longest = channels
    .map((each) => ({ name: each.name, bytes: Buffer.byteLength(JSON.stringify(each)) }))
    .toSorted((a, b) => b.bytes - a.bytes)
    .slice(0, 3)
    .map((each) => `${each.name} (${each.bytes} bytes)`);
  return new UserError(
    `The secrets of this account take ${bytes} bytes; Cloudflare takes at most ${mostBytes}. The longest channels: ${longest.join(", ")}.`,
    {
      hint: `Deploy it from a copy of the config with fewer channels: ${commandFor(configPath)} outside deploy -c COPY. The daemon goes on with all of them.`,
    },
  );
}

/** Mail needs connections that are not held open from there. */
export function worksOutside({ type }: ChannelSettings): boolean {
  return type !== "email";
}

/** The secrets of an account and of whoever runs it all, by the names that the Worker knows them by. */
export function bindingsOf(
  account: string,
  accountText: string,
  adminToken: string | undefined,
): Readonly<Record<string, string>> {
  return {
    [secretName(account)]: accountText,
    ...(adminToken !== undefined && { [adminTokenName]: adminToken }),
  };
}

/** What tells people here and cannot from there, in words. */
export function unreachableWords(settings: Settings): readonly string[] {
  const mails = settings.channels.filter((each) => !worksOutside(each)).map(({ name }) => name);
  const commands = [settings, ...settings.thresholds].some(
    ({ notifyCommand }) => notifyCommand.length > 0,
  );
  const left = settings.channels.length - mails.length;
  return [
    ...(mails.length === 0
      ? []
      : [`channel ${mails.join(", channel ")}: mail cannot be sent from there`]),
    ...(commands ? ["extra_notify_command: no program can be run there"] : []),
    ...(settings.claudeCommand.length > 0 ? ["claude_command: no agent can be called there"] : []),
    ...(left === 0 ? ["NOBODY is told anything from there: add a channel to notify"] : []),
  ];
}
