import type { Answer } from "#requests/answer.ts";
import { failed, isGood, jsonOf, type Reading, taken } from "./answer.ts";
import { escapeHtml, escapeTelegram } from "#notify/words/escape.ts";
import { characters, fit } from "#notify/words/fit.ts";
import { markOf } from "#notify/words/look.ts";
import type { Message } from "#notify/message.ts";
import { plainText } from "#notify/words/plain-text.ts";
import { postJson, type Service } from "./service.ts";
import type { ChannelSettings } from "#notify/settings.ts";

/** 4096 after the markup is taken out; its escapes are counted here, too. */
const mostText = 3_700;
const mostTitle = 250;
const mostHashtag = 60;

/** https://core.telegram.org/bots/api#sendmessage */
export function telegram(settings: Extract<ChannelSettings, { type: "telegram" }>): Service {
  const { botToken, chatId, apiUrl = "https://api.telegram.org" } = settings;
  const token = botToken.replaceAll(/[^\w:-]/g, encodeURIComponent);
  const method = (name: string) => `${apiUrl.replace(/\/+$/, "")}/bot${token}/${name}`;
  return {
    requestFor: (message) =>
      postJson(method("sendMessage"), { chat_id: chatId, ...bodyOf(message) }),
    read: (answer) =>
      read(answer, ({ message_id: id }) => (typeof id === "number" ? `message ${id}` : undefined)),
    probes: [
      {
        request: { method: "GET", url: method("getMe"), headers: {} },
        read: (answer) =>
          read(answer, ({ username }) =>
            typeof username === "string" ? `bot ${username}` : undefined,
          ),
      },
      {
        request: postJson(method("getChat"), { chat_id: chatId }),
        read: (answer) =>
          read(answer, ({ type }) => (typeof type === "string" ? `${type} chat` : undefined)),
      },
    ],
  };
}

type Result = Readonly<Record<string, unknown>>;

/** Success is `ok` and a result of the right kind, whatever the status. */
function read(answer: Answer, wordsOf: (result: Result) => string | undefined): Reading {
  const { ok, result, description, error_code: code, parameters } = jsonOf(answer) ?? {};
  const words = ok === true && isResult(result) ? wordsOf(result) : undefined;
  if (isGood(answer) && words !== undefined) return taken(answer, words);
  const { retry_after: waitSeconds, migrate_to_chat_id: movedTo } = isResult(parameters)
    ? parameters
    : {};
  return failed(answer, {
    words: typeof movedTo === "number" ? `chat_id is now ${movedTo}` : description,
    waitSeconds,
    isRefused: isGood(answer) ? typeof code === "number" && code >= 400 && code < 429 : undefined,
    service: "Telegram",
  });
}

function isResult(value: unknown): value is Result {
  return typeof value === "object" && value !== null;
}

function bodyOf(message: Message): object {
  const title = fit(message.title, mostTitle, characters);
  const { buttons = [] } = message;
  const markup = {
    escape: escapeTelegram,
    code: (text: string) => `<code>${escapeHtml(text)}</code>`,
  };
  const text = plainText(message, { most: mostText, measure: characters }, markup);
  return {
    text: `${markOf(message)} <b>${escapeTelegram(title)}</b>\n${text}\n${hashtagOf(message)}`,
    parse_mode: "HTML",
    disable_notification: message.severity === "info",
    link_preview_options: { is_disabled: true },
    ...(buttons.length > 0 && {
      reply_markup: {
        inline_keyboard: buttons.map(({ label, url }) => [{ text: label, url }]),
      },
    }),
  };
}

/** To be tapped on: it shows all that was said of one incident. */
function hashtagOf({ incident }: Message): string {
  const word = incident.replaceAll(/[^\p{L}\p{N}]+/gu, "_").replaceAll(/^_|_$/g, "");
  return `#${fit(word, mostHashtag, characters).replace("…", "") || "runpodboss"}`;
}
