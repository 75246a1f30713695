/** Text that shows as it reads, in the markup of one service. None of these makes a text shorter. */

export function escapeHtml(text: string): string {
  return escapeAngles(text).replaceAll('"', "&quot;");
}

/** https://core.telegram.org/bots/api#html-style. A name with an `@` would call whoever is called so. */
export function escapeTelegram(text: string): string {
  return escapeHtml(text).replaceAll(/@(?=\w)/g, "＠");
}

/** Signs that look the same and mean nothing, as mrkdwn has no escape for its own. */
const lookAlikes: Readonly<Record<string, string>> = {
  "*": "∗",
  _: "＿",
  "~": "∼",
  "`": "ˋ",
};

/**
 * Slack's mrkdwn: mentions and links stand in `<>`, https://docs.slack.dev/messaging/formatting-message-text.
 * A sign within a word makes nothing bold there, so that names stay as they are.
 */
export function escapeSlack(text: string): string {
  return escapeAngles(text)
    .replaceAll(
      /(?<![\p{L}\p{N}])[*_~`]|[*_~`](?![\p{L}\p{N}])/gu,
      (sign) => lookAlikes[sign] ?? sign,
    )
    .replaceAll(/:(?=[\w+'-]{1,50}:)/g, "∶");
}

/** What is to be typed: mrkdwn leaves all in it alone but `&<>`, and the sign that ends it. */
export function slackCode(text: string): string {
  return `\`${escapeAngles(withoutBackticks(text))}\``;
}

/** A link with a text: a bar stands between the two. */
export function slackLink(text: string, url: string): string {
  const address = escapeAngles(url).replaceAll("|", "%7C");
  return `<${address}|${escapeSlack(text).replaceAll("|", "∣")}>`;
}

/**
 * Discord's Markdown takes a backslash before any sign. Only where a sign would mean something, as a phone's
 * preview may show the backslash: lists, quotes and headings begin a line, and `:` and `@` make links, emoji
 * and mentions.
 */
export function escapeDiscord(text: string): string {
  return text
    .replaceAll(/[\\*_~`|<[\]]|@(?=\w)|:(?=\/\/|\w{1,32}:)/g, String.raw`\$&`)
    .replaceAll(/^(\s*\d*)([-+.>#])/gm, String.raw`$1\$2`);
}

export function discordCode(text: string): string {
  return `\`${withoutBackticks(text)}\``;
}

/** A link with a text, https://docs.discord.com/developers/reference#message-formatting, in an embed. */
export function discordLink(text: string, url: string): string {
  const address = url.replaceAll(/[()<>\s]/g, encodeURIComponent);
  return `[${escapeDiscord(text)}](${address.replaceAll("(", "%28").replaceAll(")", "%29")})`;
}

function escapeAngles(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

function withoutBackticks(text: string): string {
  return text.replaceAll("`", "'");
}
