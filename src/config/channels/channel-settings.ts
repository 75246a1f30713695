import type { ChannelSettings, ChannelType } from "#notify/settings.ts";
import type { Fault } from "#config/reading/explain.ts";
import { missingOf, type PartOfConfig, partOf } from "#config/secrets/part-of-config.ts";
import type { BriefSettings, HeartbeatSettings } from "#config/settings.ts";
import { isReadableOnTheWay, passwordsIn } from "#config/url.ts";
import { briefSchema, type ChannelFile, channelSchema, heartbeatSchema } from "./notify-schema.ts";
import { channelWarnings } from "./channel-warnings.ts";
import { minuteOf, quietSpan } from "./day-times.ts";
import {
  type FoundSecrets,
  findSecrets,
  noSecrets,
  together,
} from "#config/secrets/found-secrets.ts";
import { findHeaders } from "./headers.ts";
import { heartbeatKey, secretKeysOf } from "./secret-keys.ts";
import { type Entry, isEntry } from "#config/secrets/secret-source.ts";

/** What a config says of how people are told, with its secrets read. */
export interface FoundChannels extends PartOfConfig {
  /** Those that can be used, and those that could be but for a secret that is not there now. */
  readonly channels: readonly ChannelSettings[];
  readonly heartbeat?: HeartbeatSettings;
  readonly brief?: BriefSettings;
}

/**
 * Also of a config that is wrong elsewhere. No fault and no warning holds a secret. An account is named where it is one of
 * many on this machine.
 */
export async function findChannels(
  raw: unknown,
  env: NodeJS.ProcessEnv,
  account?: string,
): Promise<FoundChannels> {
  const { notify, heartbeat, brief } = raw as Entry;
  const entries = Array.isArray(notify) ? notify.map(entryOf) : [];
  const found = await Promise.all(
    entries.map(async (entry, n) => channelOf(entry, `notify[${n}]`, env)),
  );
  const beat = isEntry(heartbeat) ? await heartbeatOf(heartbeat, env) : undefined;
  const daily = briefSchema.safeParse(brief).data;
  const all = partOf(together([...found, ...(beat === undefined ? [] : [beat])]), env);
  return {
    channels: found.flatMap(({ channel }) =>
      channel === undefined ? [] : [{ ...channel, ...(account !== undefined && { account }) }],
    ),
    ...(beat?.settings && { heartbeat: beat.settings }),
    ...(daily && { brief: { atMinute: minuteOf(daily.at) ?? 0, timeZone: daily.timezone } }),
    ...all,
    faults: [...all.faults, ...repeatedNames(entries)],
    missing: [
      ...found.flatMap((each, n) =>
        missingOf(each, {
          of: `channel ${each.channel?.name ?? `notify[${n}]`}`,
          without: "notifications",
        }),
      ),
      ...missingOf(beat ?? noSecrets, { of: "the heartbeat's address", without: "heartbeat" }),
    ],
  };
}

interface FoundChannel extends FoundSecrets {
  readonly channel?: ChannelSettings;
}

async function channelOf(
  entry: Entry,
  where: string,
  env: NodeJS.ProcessEnv,
): Promise<FoundChannel> {
  const type = typeOf(entry);
  if (type === undefined) return noSecrets;
  const keys = secretKeysOf[type];
  const ofKeys = await findSecrets(entry, where, keys, env);
  const ofHeaders = await findHeaders(
    type === "webhook" ? entry["headers"] : undefined,
    where,
    env,
  );
  const found = together([ofKeys, ofHeaders]);
  const file = channelSchema.safeParse(entry).data;
  if (file === undefined || found.faults.length > 0) return found;
  if (found.missing.length > 0) {
    const unreadable = found.missing.map((fault) => `${fault.where} ${fault.what}`).join("; ");
    return { ...found, channel: { ...settingsOf(file, {}, {}), unreadable } };
  }
  const isWhole = keys.every(({ key, isNeeded }) => !isNeeded || ofKeys.values[key] !== undefined);
  if (!isWhole) return found;
  return {
    ...found,
    hidden: [...found.hidden, ...addressesOf(file).flatMap(passwordsIn)],
    warnings: [...found.warnings, ...plainWarnings(file, where), ...channelWarnings(file, where)],
    channel: settingsOf(file, ofKeys.values, ofHeaders.values),
  };
}

function settingsOf(
  file: ChannelFile,
  secrets: FoundSecrets["values"],
  headers: FoundSecrets["values"],
): ChannelSettings {
  const { name = file.type, events, min_severity, timeout_seconds, buttons } = file;
  const common = {
    ...(!buttons && { hasButtons: false }),
    name,
    events,
    minSeverity: min_severity,
    quietHours: quietHoursOf(file),
    timeLimitMs: timeout_seconds * 1_000,
  };
  const secret = (key: string): string => secrets[key] ?? "";
  switch (file.type) {
    case "ntfy":
      return { ...common, type: file.type, url: secret("url"), token: secrets["token"] };
    case "slack":
    case "discord":
    case "teams":
      return { ...common, type: file.type, webhookUrl: secret("webhook_url") };
    case "telegram": {
      const { type, api_url: apiUrl } = file;
      return {
        ...common,
        type,
        botToken: secret("bot_token"),
        chatId: String(file.chat_id),
        apiUrl,
      };
    }
    case "pushover": {
      const { type, api_url: apiUrl } = file;
      const [appToken, userKey] = [secret("app_token"), secret("user_key")];
      return { ...common, type, appToken, userKey, apiUrl };
    }
    case "gotify":
      return { ...common, type: file.type, url: file.url, appToken: secret("app_token") };
    case "email": {
      const { type, to, from } = file;
      return { ...common, type, smtpUrl: secret("smtp_url"), to, from };
    }
    case "webhook":
      return { ...common, type: file.type, url: secret("url"), headers, secret: secrets["secret"] };
  }
}

function quietHoursOf({ quiet_hours, timezone }: ChannelFile): ChannelSettings["quietHours"] {
  const span = quiet_hours === undefined ? undefined : quietSpan(quiet_hours);
  return typeof span === "object" ? { ...span, timeZone: timezone } : undefined;
}

interface FoundHeartbeat extends FoundSecrets {
  readonly settings?: HeartbeatSettings;
}

async function heartbeatOf(entry: Entry, env: NodeJS.ProcessEnv): Promise<FoundHeartbeat> {
  const found = await findSecrets(entry, "heartbeat", [heartbeatKey], env);
  const file = heartbeatSchema.safeParse(entry).data;
  const url = found.values["url"];
  if (file === undefined || url === undefined) return found;
  return { ...found, settings: { url, everyMs: file.every_seconds * 1_000 } };
}

/** Addresses that stand there in clear. */
function addressesOf(file: ChannelFile): readonly string[] {
  if (file.type === "gotify") return [file.url];
  return (file.type === "telegram" || file.type === "pushover") && file.api_url !== undefined
    ? [file.api_url]
    : [];
}

function plainWarnings(file: ChannelFile, where: string): readonly string[] {
  return addressesOf(file).some(isReadableOnTheWay)
    ? [
        `${where}.${file.type === "gotify" ? "url" : "api_url"}: is http, so anybody on the way can read the token and what you are told; use https`,
      ]
    : [];
}

/** Two of one name could not be told apart, neither by people nor by what is owed to them. */
function repeatedNames(entries: readonly Entry[]): readonly Fault[] {
  const names = entries.map((entry) => {
    const { name } = entry;
    return typeof name === "string" ? name : typeOf(entry);
  });
  return names.flatMap((name, n) => {
    const first = names.indexOf(name);
    if (name === undefined || first === n) return [];
    const what =
      entries[n]?.["name"] === undefined
        ? `is missing: without one it is called "${name}", and so is notify[${first}]; give it a name of its own`
        : `must be unique: ${JSON.stringify(name)} is the name of notify[${first}]; give this one another`;
    return [{ where: `notify[${n}].name`, what }];
  });
}

function typeOf({ type }: Entry): ChannelType | undefined {
  return typeof type === "string" && Object.hasOwn(secretKeysOf, type)
    ? (type as ChannelType)
    : undefined;
}

function entryOf(value: unknown): Entry {
  return isEntry(value) ? value : {};
}
