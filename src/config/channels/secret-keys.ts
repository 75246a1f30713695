import type { ChannelType } from "#notify/settings.ts";
import type { SecretKey } from "./secret-source.ts";
import type { SecretShape } from "./secret-shape.ts";

export interface ShapedKey extends SecretKey {
  readonly shape: SecretShape;
}

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

/** The keys whose values are shown in no fault, whatever is wrong with them. */
export function isSecretPath(path: readonly PropertyKey[]): boolean {
  const [section] = path;
  if (section === "heartbeat") return path[1] === "url" || path[1] === "url_env";
  if (section !== "notify") return false;
  const key = String(path[2]).replace(/_(env|file)$/, "");
  return (
    key === "headers" ||
    Object.values(secretKeysOf).some((keys) => keys.some((each) => each.key === key))
  );
}
