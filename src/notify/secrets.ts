import type { ChannelSettings } from "./settings.ts";

/** What of a channel's settings must be shown nowhere: whoever knows it can send, or read, in its name. */
export function channelSecrets(settings: ChannelSettings): readonly string[] {
  return [...new Set(secretsOf(settings).filter((secret) => secret !== ""))];
}

function secretsOf(settings: ChannelSettings): readonly string[] {
  switch (settings.type) {
    case "ntfy":
      return [...ofUrl(settings.url), topicOf(settings.url), ...some(settings.token)];
    case "slack":
    case "discord":
    case "teams":
      return ofUrl(settings.webhookUrl);
    case "telegram":
      // The second half alone is what nobody may know; the first is the bot's id.
      return [
        settings.botToken,
        ...settings.botToken.split(":").slice(1),
        ...credentials(settings.apiUrl),
      ];
    case "pushover":
      return [settings.appToken, settings.userKey, ...credentials(settings.apiUrl)];
    case "gotify":
      return [settings.appToken, ...credentials(settings.url)];
    case "email":
      return [settings.smtpUrl, ...credentials(settings.smtpUrl)];
    case "webhook":
      return [
        ...ofUrl(settings.url),
        ...Object.values(settings.headers).flatMap((value) => [
          value,
          ...value.split(/\s+/).slice(1),
        ]),
        ...some(settings.secret),
      ];
  }
}

/** A topic is a password: whoever knows it reads along. */
function topicOf(url: string): string {
  return (
    parsed(url)
      ?.pathname.split("/")
      .findLast((part) => part !== "") ?? ""
  );
}

/** The whole, and the parts that give access: its path, what is random in it, and its query. */
function ofUrl(url: string): readonly string[] {
  const { href, pathname = "", search = "", searchParams } = parsed(url) ?? {};
  // Without its first slash: what begins with one are the paths of this machine, too.
  const path = pathname.slice(1);
  const parts = [...path.split("/"), ...(searchParams?.values() ?? [])];
  return [
    url,
    href ?? "",
    `${path}${search}`,
    path,
    path.replace(/\/$/, ""),
    search.slice(1),
    ...parts.flatMap((part) => [part, decoded(part)]).filter(isRandom),
    ...credentials(url),
  ];
}

/** Words such as `webhooks` stand in logs for other reasons. */
function isRandom(part: string): boolean {
  return part.length >= 8 && !/^[a-z_-]+$/.test(part);
}

/** A password in an address, and both as they go into a header. */
function credentials(url: string | undefined): readonly string[] {
  const { username = "", password = "" } = (url === undefined ? undefined : parsed(url)) ?? {};
  if (password === "") return [];
  return [password, decoded(password), basic(decoded(username), decoded(password))];
}

/** As the header `Authorization: Basic` has them. */
export function basic(username: string, password: string): string {
  const utf8 = new TextEncoder().encode(`${username}:${password}`);
  return btoa(String.fromCharCode(...utf8));
}

export function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function parsed(url: string): URL | undefined {
  return URL.canParse(url) ? new URL(url) : undefined;
}

function some(secret: string | undefined): readonly string[] {
  return secret === undefined ? [] : [secret];
}
