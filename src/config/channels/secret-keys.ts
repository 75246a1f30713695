import type { ChannelType } from "#notify/settings.ts";
import type { ShapedKey } from "#config/secrets/found-secrets.ts";

const webhookUrl: ShapedKey = { key: "webhook_url", isNeeded: true, shape: "webhook-url" };
const appToken: ShapedKey = { key: "app_token", isNeeded: true, shape: "token" };

/** By channel, the keys that hold its secrets; each may end in `_env` or `_file` instead. */
export const secretKeysOf: Readonly<Record<ChannelType, readonly ShapedKey[]>> = {
  ntfy: [
    { key: "url", isNeeded: true, shape: "topic-url" },
    { key: "token", isNeeded: false, shape: "token" },
  ],
  slack: [webhookUrl],
  discord: [webhookUrl],
  teams: [webhookUrl],
  telegram: [{ key: "bot_token", isNeeded: true, shape: "bot-token" }],
  pushover: [appToken, { key: "user_key", isNeeded: true, shape: "token" }],
  gotify: [appToken],
  email: [{ key: "smtp_url", isNeeded: true, shape: "smtp-url" }],
  webhook: [
    { key: "url", isNeeded: true, shape: "webhook-url" },
    { key: "secret", isNeeded: false, shape: "signing" },
  ],
};

export const heartbeatKey: ShapedKey = { key: "url", isNeeded: true, shape: "webhook-url" };

/** What may be shown of channels and the heartbeat, by key; of all else people may have put a secret there. */
const shownKeys: readonly PropertyKey[] = [
  "type",
  "name",
  "events",
  "min_severity",
  "quiet_hours",
  "timezone",
  "timeout_seconds",
  "chat_id",
  "to",
  "from",
  "every_seconds",
];

const shownOutsideKeys: readonly PropertyKey[] = ["account", "on_silence"];

const shownHttpKeys: readonly PropertyKey[] = ["listen", "allow_remote", "public_url"];

/** Whether what stands there is shown in no fault, whatever is wrong with it. */
export function isSecretPath(path: readonly PropertyKey[]): boolean {
  const [section, ...rest] = path;
  if (section === "http") return !shownHttpKeys.includes(rest[0] ?? "");
  if (section === "outside") return !shownOutsideKeys.includes(rest[0] ?? "");
  if (section === "heartbeat") return !shownKeys.includes(rest[0] ?? "");
  return section === "notify" && !shownKeys.includes(rest[1] ?? "");
}
