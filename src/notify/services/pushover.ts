import type { Severity } from "#guard/model/effect.ts";
import type { Answer } from "#requests/answer.ts";
import { failed, isGood, jsonOf, type Reading, taken } from "./answer.ts";
import { characters, fit } from "#notify/words/fit.ts";
import { markOf } from "#notify/words/look.ts";
import type { Message } from "#notify/message.ts";
import { plainText } from "#notify/words/plain-text.ts";
import type { Service, ServiceRequest } from "./service.ts";
import type { ChannelSettings } from "#notify/settings.ts";

/** 250 characters of title and 1024 of message. */
const mostTitle = 250;
const mostText = 1_024;
const mostUrl = 512;
/** Not 2: that is repeated until somebody confirms it. */
const priorities: Readonly<Record<Severity, number>> = { info: -1, warning: 0, critical: 1 };
/** Of a list of errors. */
const mostErrors = 5;

/** https://pushover.net/api: shown as plain text, as no `html` is asked for. */
export function pushover(settings: Extract<ChannelSettings, { type: "pushover" }>): Service {
  const { appToken: token, userKey: user, apiUrl = "https://api.pushover.net" } = settings;
  const root = `${apiUrl.replace(/\/+$/, "")}/1`;
  return {
    requestFor: (message) =>
      postForm(`${root}/messages.json`, { token, user, ...fieldsOf(message) }),
    read,
    probes: [{ request: postForm(`${root}/users/validate.json`, { token, user }), read }],
  };
}

function postForm(url: string, fields: Readonly<Record<string, string>>): ServiceRequest {
  return {
    method: "POST",
    url,
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: new URLSearchParams(fields).toString(),
  };
}

function fieldsOf(message: Message): Readonly<Record<string, string>> {
  // It has room for one.
  const button = message.buttons?.find(({ url }) => url.length <= mostUrl);
  return {
    ...(button !== undefined && { url: button.url, url_title: button.label }),
    title: fit(`${markOf(message)} ${message.title}`, mostTitle, characters),
    message: plainText(message, { most: mostText, measure: characters }),
    priority: String(priorities[message.severity]),
    timestamp: String(Math.floor(message.atMs / 1_000)),
  };
}

function read(answer: Answer): Reading {
  const { status, request, errors } = jsonOf(answer) ?? {};
  if (isGood(answer) && status === 1) {
    return taken(answer, typeof request === "string" ? `request ${request}` : "");
  }
  const words = Array.isArray(errors) ? errors.slice(0, mostErrors).join("; ") : undefined;
  const isSaid = isGood(answer) && status === 0;
  return failed(answer, { words, isRefused: isSaid || undefined, service: "Pushover" });
}
