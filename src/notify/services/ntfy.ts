import type { Severity } from "#guard/model/effect.ts";
import { failed, isGood, jsonOf, taken } from "./answer.ts";
import { bytes, fit } from "#notify/words/fit.ts";
import type { Message } from "#notify/message.ts";
import { plainText } from "#notify/words/plain-text.ts";
import { decoded } from "#notify/secrets.ts";
import { postJson, type Service } from "./service.ts";
import type { ChannelSettings } from "#notify/settings.ts";
import { shortKey } from "#notify/words/short-key.ts";

/**
 * The server makes a file of a message of more than 4096 bytes, phones get hardly 4000 with all that is
 * beside it, and the whole JSON may have twice 4096.
 */
const mostMessageBytes = 3_000;
const mostTitleBytes = 250;
const mostTag = 40;
/** More it refuses. */
const mostActions = 3;
/** What they may take of a phone's room; what a person reads goes before. */
const mostActionBytes = 1_500;

const priorities: Readonly<Record<Severity, number>> = { info: 2, warning: 4, critical: 5 };
const tags: Readonly<Record<Severity, string>> = {
  info: "information_source",
  warning: "warning",
  critical: "rotating_light",
};

/** https://docs.ntfy.sh/publish/#publish-as-json: to the server's root, as headers hold no emoji or line ends. */
export function ntfy({ url, token }: Extract<ChannelSettings, { type: "ntfy" }>): Service {
  const { root, topic } = placeOf(url);
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  return {
    requestFor: (message) => postJson(root, { topic, ...bodyOf(message) }, headers),
    read(answer) {
      const { id, event, error } = jsonOf(answer) ?? {};
      return isGood(answer) && typeof id === "string" && event === "message"
        ? taken(answer, `message ${id}`)
        : failed(answer, { words: error, service: "ntfy" });
    },
    probes: [
      {
        request: { method: "GET", url: new URL("v1/health", root).href, headers },
        read(answer) {
          const { healthy, error } = jsonOf(answer) ?? {};
          if (isGood(answer) && healthy === true) return taken(answer, "healthy");
          const words = healthy === false ? "the server says that it is not healthy" : error;
          return failed(answer, { words, service: "ntfy" });
        },
      },
    ],
  };
}

function bodyOf(message: Message): object {
  const { id, incident, severity, isResolution, title } = message;
  const tag = isResolution ? "white_check_mark" : tags[severity];
  const isQuiet = severity === "info";
  const actions = actionsOf(message);
  // A phone gets them as JSON within JSON.
  const actionBytes = actions.length === 0 ? 0 : bytesAsJson(JSON.stringify(actions));
  return {
    title: fit(title, mostTitleBytes, bytes),
    message: plainText(message, { most: mostMessageBytes - actionBytes, measure: bytesAsJson }),
    ...(actions.length > 0 && { actions }),
    priority: priorities[severity],
    tags: [tag, ...readable(incident)],
    // Phones change a message of the same key in place, and make no sound while the last one still stands
    // there: an alarm has a key of its own, which is the same at each try.
    sequence_id: shortKey(isQuiet ? incident : id),
  };
}

/** Each opens a page: an action that the app carries out itself would ask nobody. */
function actionsOf({ buttons = [] }: Message): readonly object[] {
  const actions = buttons
    .slice(0, mostActions)
    .map(({ label, url }) => ({ action: "view", label, url }));
  while (bytesAsJson(JSON.stringify(actions)) > mostActionBytes) actions.pop();
  return actions;
}

/** A tag is shown, and can be filtered by. */
function readable(incident: string): readonly string[] {
  const words = incident.replaceAll(/[^\p{L}\p{N}_-]+/gu, "-").replaceAll(/^-|-$/g, "");
  return words === "" ? [] : [words.slice(0, mostTag)];
}

function bytesAsJson(text: string): number {
  return bytes(JSON.stringify(text));
}

/** The topic is the last part of the path. What is before it, and a query, is the server's. */
function placeOf(url: string): { readonly root: string; readonly topic: string } {
  const at = new URL(url);
  const parts = at.pathname.split("/").filter((part) => part !== "");
  const topic = parts.pop() ?? "";
  at.pathname = parts.length === 0 ? "/" : `/${parts.join("/")}/`;
  return { root: at.href, topic: decoded(topic) };
}
