import type { Sent } from "#notify/channel.ts";
import type { ChannelType } from "#notify/settings.ts";
import { spanWords } from "#guard/text.ts";

type Failed = Extract<Sent, { readonly kind: "failed" }>;

/** What a person can do about a channel that failed: a sentence. */
export function whatToDo(
  type: ChannelType | "command",
  { isRefused, waitMs, hasNoSecret }: Failed,
): string {
  if (hasNoSecret === true) return "Put it there: a daemon that runs finds it within a minute.";
  if (waitMs !== undefined && waitMs > 0) {
    return `It asks to be left alone for ${spanWords(waitMs)}: try again then.`;
  }
  return isRefused || type === "command" ? whenRefused(type) : whenUnreached(type);
}

function whenRefused(type: ChannelType | "command"): string {
  switch (type) {
    case "ntfy":
      return "Check the topic in url, and token if the topic needs one.";
    case "slack":
      return "Make a new incoming webhook in Slack, and put its address into webhook_url.";
    case "discord":
      return "Make a new webhook in the channel's settings in Discord, and put its address into webhook_url.";
    case "teams":
      return "Make a new webhook in Teams (Workflows), and put its address into webhook_url.";
    case "telegram":
      return "Check bot_token and chat_id, and write to your bot once: before that it may not write to you.";
    case "pushover":
      return "Check app_token and user_key: they are two different ones.";
    case "gotify":
      return "Check url, and app_token: it is an application's, not a client's.";
    case "email":
      return "Check user and password in smtp_url, and the addresses in to and from.";
    case "webhook":
      return "See what the receiver says of it, and check url, headers and secret.";
    case "command":
      return "Run the command by hand, as the user that runs the daemon.";
  }
}

function whenUnreached(type: ChannelType): string {
  switch (type) {
    case "email":
      return "Check host and port in smtp_url: 465 goes with smtps://, 587 with smtp://. Some networks let no mail out.";
    case "slack":
    case "discord":
    case "teams":
      return "Check webhook_url, and whether this machine reaches the internet; then try again.";
    case "telegram":
    case "pushover":
      return "Check whether this machine reaches the internet; then try again.";
    case "ntfy":
    case "gotify":
    case "webhook":
      return "Check url, and whether this machine reaches it; then try again.";
  }
}
