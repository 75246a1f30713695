import * as z from "zod";
import { eventNames, severities } from "#guard/model/effect.ts";
import { isHttpUrl } from "#config/reading/fields.ts";
import { quietSpan, timeZoneFault } from "./day-times.ts";
import { isPlaceholder } from "#config/secrets/secret-shape.ts";

const text = z.string().min(1);

/** A secret `X`: itself, or the variable or the file that holds it. That one is given is checked where it is read. */
function secret<const Key extends string>(key: Key, description: string) {
  return {
    [key]: text.optional().describe(description),
    [`${key}_env`]: text.optional().describe(`The environment variable that holds ${key}.`),
    [`${key}_file`]: text.optional().describe(`A file that holds ${key} and nothing else.`),
  } as Record<Key | `${Key}_env` | `${Key}_file`, z.ZodOptional<z.ZodString>>;
}

const timeZone = z
  .string()
  .superRefine((name, context) => {
    const message = timeZoneFault(name);
    if (message !== undefined) context.addIssue({ code: "custom", message });
  })
  .optional();

const common = {
  name: z
    .string()
    .regex(
      /^[\p{L}\p{N}][\p{L}\p{N}._-]{0,39}$/u,
      "must be one word of letters, digits, dots, _ and -, of at most 40 characters",
    )
    .refine((name) => name !== "command", "is what the notify command is called; choose another")
    .optional()
    .describe("Its name in logs and commands; unique. Without one, it is called by its type."),
  events: z
    .array(z.enum(eventNames))
    .min(1)
    .optional()
    .describe("The kinds of event that it is told of; without it, all."),
  min_severity: z
    .enum(severities)
    .default("info")
    .describe("It is told of nothing that matters less: info, warning or critical."),
  quiet_hours: z
    .string()
    .superRefine((words, context) => {
      const found = quietSpan(words);
      if (typeof found === "string") context.addIssue({ code: "custom", message: found });
    })
    .optional()
    .describe('Only what is critical is sent then, such as "23:00-07:00"; the rest waits.'),
  buttons: z
    .boolean()
    .default(true)
    .describe("false: without the buttons of http.public_url, which whoever reads it can press."),
  timezone: timeZone.describe("Whose clock quiet_hours are read on; without it, this machine's."),
  timeout_seconds: z
    .number()
    .positive()
    .max(600)
    .default(30)
    .describe("Seconds until a message that is not taken counts as failed."),
};

const apiUrl = z
  .string()
  .refine(isHttpUrl, "must be an http or https address")
  .optional()
  .describe("The service's address, for proxies and tests; without it, its own.");

/** No line can be put into a mail's head by it. */
const address = z
  .string()
  .max(320)
  .refine(
    (words) => !isPlaceholder(words),
    "still has the example's placeholder in it; put in your own",
  )
  .refine(
    (words) =>
      /^([^<>@\p{Cc}]* )?<[^\s@<>,;:"\p{Cc}]+@[^\s@<>,;:"\p{Cc}]+>$|^[^\s@<>,;:"\p{Cc}]+@[^\s@<>,;:"\p{Cc}]+$/u.test(
        words,
      ),
    'must be an address: "name@host", or "Name <name@host>"',
  );

const ntfy = z.strictObject({
  type: z.literal("ntfy").describe("ntfy.sh, or an ntfy server of your own."),
  ...secret("url", "The address with the topic: https://ntfy.sh/TOPIC."),
  ...secret("token", "An access token, where the topic needs one."),
  ...common,
});

const chat = z.strictObject({
  type: z.enum(["slack", "discord", "teams"]).describe("A webhook of Slack, Discord or Teams."),
  ...secret("webhook_url", "The webhook's address, as the service gives it."),
  ...common,
});

const telegram = z.strictObject({
  type: z.literal("telegram").describe("A bot of Telegram."),
  ...secret("bot_token", "The bot's token, from @BotFather."),
  chat_id: z
    .union([z.string(), z.int()], "must be the chat's number, or the @name of a channel")
    .refine(
      (id) => /^(-?\d+|@\w+)$/.test(String(id)),
      "must be the chat's number, or the @name of a channel",
    )
    .describe("The chat that the bot writes to: a number, or the @name of a channel."),
  api_url: apiUrl,
  ...common,
});

const pushover = z.strictObject({
  type: z.literal("pushover").describe("Pushover."),
  ...secret("app_token", "The application's token."),
  ...secret("user_key", "The key of the user or group."),
  api_url: apiUrl,
  ...common,
});

const gotify = z.strictObject({
  type: z.literal("gotify").describe("A Gotify server of your own."),
  url: z
    .string()
    .refine(
      (url) => !isPlaceholder(url),
      "still has the example's placeholder in it; put in your own",
    )
    .refine(isHttpUrl, "must be an http or https address")
    .describe("The server's address."),
  ...secret("app_token", "The application's token."),
  ...common,
});

const email = z.strictObject({
  type: z.literal("email").describe("Mail, by a server that takes it from you."),
  ...secret("smtp_url", "The mail server: smtps://USER:PASSWORD@HOST:465, or smtp with STARTTLS."),
  to: z.array(address).min(1).max(50).describe("Who gets the mails."),
  from: address
    .optional()
    .describe("Whom they are from; without it, the user of smtp_url, or the first of to."),
  ...common,
});

/** What the program itself says of its requests. */
const ownHeaders =
  /^(content-(type|length|encoding)|host|connection|transfer-encoding|upgrade|expect|te|trailer|idempotency-key|x-runpodboss-.*)$/i;

const headerName = z
  .string()
  .regex(/^[!#$%&'*+.^`|~\w-]+$/, "is no name that a header may have")
  .refine(
    (name) => !ownHeaders.test(name.replace(/_(env|file)$/, "")),
    "is a header that runpodboss sets itself; take it out",
  );

const webhook = z.strictObject({
  type: z.literal("webhook").describe("Any address that takes JSON."),
  ...secret("url", "The address that gets the JSON."),
  headers: z
    .record(headerName, text)
    .default({})
    .describe("Headers that it is sent with; NAME_env and NAME_file work here too."),
  ...secret("secret", "Signs the body: X-RunPodBoss-Signature."),
  ...common,
});

export const channelSchema = z.discriminatedUnion("type", [
  ntfy,
  chat,
  telegram,
  pushover,
  gotify,
  email,
  webhook,
]);

export type ChannelFile = z.output<typeof channelSchema>;

export const notifySchema = z.array(channelSchema).max(20).default([]);

export const heartbeatSchema = z.strictObject({
  ...secret("url", "The address that is asked; healthchecks.io and Uptime Kuma give one."),
  every_seconds: z
    .number()
    .min(1)
    .max(3_600)
    .default(60)
    .describe("Seconds between two heartbeats; they follow good polls."),
});

export const briefSchema = z.strictObject({
  at: z
    .string()
    .regex(/^([01]?\d|2[0-3]):[0-5]\d$/, 'must be a time of the day, such as "09:00"')
    .describe('When it is sent, such as "09:00".'),
  timezone: timeZone.describe("Whose clock that is read on; without it, this machine's."),
});
