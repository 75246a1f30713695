import { isHttpUrl } from "#config/reading/fields.ts";
import { holdsSecret } from "#config/url.ts";
import type { ChannelType } from "#notify/settings.ts";
import type { ChannelEntry } from "#commands/setup/answers/answers.ts";
import type { Prompter } from "#commands/setup/prompter/prompter.ts";

/** The ways to be told, as people choose among them. */
export const channelTypes: readonly {
  readonly value: ChannelType;
  readonly label: string;
  readonly hint?: string;
}[] = [
  { value: "ntfy", label: "ntfy", hint: "an app on your phone; no account needed" },
  { value: "telegram", label: "Telegram" },
  { value: "slack", label: "Slack" },
  { value: "discord", label: "Discord" },
  { value: "teams", label: "Microsoft Teams" },
  { value: "email", label: "Email" },
  { value: "pushover", label: "Pushover" },
  { value: "gotify", label: "Gotify" },
  { value: "webhook", label: "A webhook of your own", hint: "gets JSON" },
];

const option = "--channel TYPE and --channel-set KEY=VALUE";
/** Arguments can be read by everybody on the machine. */
const secretOption = "--channel TYPE and --channel-set KEY_file=FILE or KEY_env=NAME";

/** Asks what this kind of channel needs, and gives its entry in the config. */
export async function askChannel(
  type: ChannelType,
  prompter: Prompter,
  newTopic: () => string,
): Promise<ChannelEntry> {
  const secret = (message: string, isNeeded = true): Promise<string> =>
    prompter.secret({
      message,
      option: secretOption,
      check: (text) => (isNeeded ? empty(text) : undefined),
    });
  const line = (message: string, check = empty, initial?: string): Promise<string> =>
    prompter.text({ message, option, check, initial });

  switch (type) {
    case "ntfy":
      return askNtfy(prompter, newTopic);
    case "slack":
    case "discord":
    case "teams":
      prompter.say(webhookWords[type]);
      return { type, webhook_url: await secret("The webhook's address (hidden as you paste it):") };
    case "telegram": {
      prompter.say(
        "Write /newbot to @BotFather: it gives you the bot's token. Then write anything to your bot once; the chat's number is then in https://api.telegram.org/botTOKEN/getUpdates as chat, id.",
      );
      const bot_token = await secret("The bot's token:");
      return { type, bot_token, chat_id: await line("The chat's number:", chatFault) };
    }
    case "email":
      return askEmail(prompter);
    case "pushover": {
      const app_token = await secret("The application's token (pushover.net, Your Applications):");
      return { type, app_token, user_key: await secret("Your user key (pushover.net):") };
    }
    case "gotify": {
      const url = await line("The address of your Gotify server:", addressFault);
      return { type, url, app_token: await secret("The application's token (Gotify, Apps):") };
    }
    case "webhook":
      return {
        type,
        url: await secret("The address that gets the JSON (hidden as you paste it):"),
      };
  }
}

const webhookWords = {
  slack:
    "In Slack: https://api.slack.com/apps, Create New App, Incoming Webhooks, Add New Webhook.",
  discord:
    "In Discord: the channel's settings, Integrations, Webhooks, New Webhook, Copy Webhook URL.",
  teams:
    'In Teams: the channel\'s menu, Workflows, "Send webhook alerts to a channel"; copy the address it gives.',
} as const;

/** How to hear what is sent to a topic. */
export function topicWords(server: string, topic: string): string {
  const isUsual = server === "https://ntfy.sh";
  return [
    `Install the ntfy app and subscribe to the topic ${topic}${isUsual ? "" : ` of ${server}`}`,
    `or open ${server.replace(/\/+$/, "")}/${topic} in a browser.`,
    "Whoever knows the topic can read what you are told: keep it to yourself.",
  ].join("\n");
}

async function askNtfy(prompter: Prompter, newTopic: () => string): Promise<ChannelEntry> {
  const server = await prompter.text({
    message: "The ntfy server:",
    option,
    initial: "https://ntfy.sh",
    check: (text) =>
      addressFault(text) ?? (/[?#]/.test(text) ? "Give the server alone." : undefined),
  });
  const topic = newTopic();
  const url = `${server.replace(/\/+$/, "")}/${topic}`;
  prompter.say(topicWords(server, topic));
  if (new URL(server).hostname === "ntfy.sh") return { type: "ntfy", url };
  const token = await prompter.secret({
    message: "Its access token (Enter: none):",
    option: secretOption,
    check: () => undefined,
  });
  return { type: "ntfy", url, ...(token !== "" && { token }) };
}

async function askEmail(prompter: Prompter): Promise<ChannelEntry> {
  const to = await prompter.text({
    message: "Who gets the mails? (a comma between several)",
    option,
    check: (text) => (mailAddresses(text).length > 0 ? undefined : "Give at least one address."),
  });
  const host = await prompter.text({
    message: "The mail server that takes them from you (such as smtp.gmail.com):",
    option,
    check: (text) => (/^[\w.:[\]-]+$/.test(text) ? undefined : "Give the server's name alone."),
  });
  const port = await prompter.text({
    message: "Its port (465: TLS from the start; 587: STARTTLS):",
    option,
    initial: "465",
    check: (text) =>
      /^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= 65_535
        ? undefined
        : "A number from 1 to 65535.",
  });
  const user = await prompter.text({ message: "Your user name there (Enter: none):", option });
  const password =
    user === ""
      ? ""
      : await prompter.secret({
          message: "The password (for Gmail an app password):",
          option: secretOption,
          check: empty,
        });
  const login = user === "" ? "" : `${encodeURIComponent(user)}:${encodeURIComponent(password)}@`;
  const scheme = port === "465" ? "smtps" : "smtp";
  const isLocal = /^(localhost|127\.\d+\.\d+\.\d+)$/.test(host);
  // A server of this machine itself often has no certificate.
  const tls = scheme === "smtp" && isLocal ? "?tls=none" : "";
  return {
    type: "email",
    smtp_url: `${scheme}://${login}${host}:${port}${tls}`,
    to: mailAddresses(to),
  };
}

function mailAddresses(text: string): readonly string[] {
  return text
    .split(",")
    .map((each) => each.trim())
    .filter((each) => each !== "");
}

function empty(text: string): string | undefined {
  return text === "" ? "It must not be empty." : undefined;
}

function addressFault(text: string): string | undefined {
  if (!isHttpUrl(text)) return "It must be an http or https address.";
  return holdsSecret(text)
    ? "Leave user name, password and what follows a ? out of it."
    : undefined;
}

function chatFault(text: string): string | undefined {
  return /^(-?\d+|@\w+)$/.test(text)
    ? undefined
    : "It must be a number, or the @name of a channel.";
}
