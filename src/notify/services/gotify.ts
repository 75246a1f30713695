import type { Severity } from "#guard/model/effect.ts";
import { failed, isGood, jsonOf, taken } from "./answer.ts";
import { characters, fit } from "#notify/words/fit.ts";
import { markOf } from "#notify/words/look.ts";
import type { Message } from "#notify/message.ts";
import { plainText } from "#notify/words/plain-text.ts";
import { postJson, type Service } from "./service.ts";
import type { ChannelSettings } from "#notify/settings.ts";

/** Its database takes far more; a phone does not. */
const mostText = 6_000;
const mostTitle = 250;
/** From 4 on its app makes a sound, from 8 on it shows above all else. */
const priorities: Readonly<Record<Severity, number>> = { info: 2, warning: 5, critical: 8 };

/** https://gotify.net/api-docs */
export function gotify({ url, appToken }: Extract<ChannelSettings, { type: "gotify" }>): Service {
  const root = url.endsWith("/") ? url : `${url}/`;
  return {
    requestFor: (message) =>
      postJson(
        new URL("message", root).href,
        {
          title: fit(`${markOf(message)} ${message.title}`, mostTitle, characters),
          message: textOf(message),
          priority: priorities[message.severity],
          extras: {
            "client::display": { contentType: "text/plain" },
            "runpodboss::notification": {
              id: message.id,
              incident: message.incident,
              severity: message.severity,
              is_resolution: message.isResolution,
            },
          },
        },
        { "x-gotify-key": appToken },
      ),
    read(answer) {
      const { id, errorDescription, error } = jsonOf(answer) ?? {};
      return isGood(answer) && typeof id === "number"
        ? taken(answer, `message ${id}`)
        : failed(answer, { words: errorDescription ?? error, service: "Gotify" });
    },
    probes: [
      {
        request: { method: "GET", url: new URL("health", root).href, headers: {} },
        read(answer) {
          const { health, database, errorDescription, error } = jsonOf(answer) ?? {};
          if (isGood(answer) && health === "green" && database === "green")
            return taken(answer, "healthy");
          const isUnwell = typeof health === "string";
          const words = isUnwell
            ? `its health is ${health}, its database ${String(database)}`
            : undefined;
          return failed(answer, { words: words ?? errorDescription ?? error, service: "Gotify" });
        },
      },
    ],
  };
}

/** Its apps make links of addresses, and have no buttons. */
function textOf(message: Message): string {
  const { buttons = [] } = message;
  const links = buttons.map(({ label, url }) => `\n${label}: ${url}`).join("");
  return `${plainText(message, { most: mostText, measure: characters })}${links}`;
}
