import type { Answer } from "#requests/answer.ts";
import { failed, isGood, type Json, jsonOf, type Reading, taken } from "./answer.ts";
import { bytes, fit } from "#notify/words/fit.ts";
import { footerOf, markOf } from "#notify/words/look.ts";
import type { Message } from "#notify/message.ts";
import { plainText } from "#notify/words/plain-text.ts";
import { postJson, type Service } from "./service.ts";
import type { ChannelSettings } from "#notify/settings.ts";

/** The whole request may have 28 KB; a line costs what stands around it, too. */
const mostTextBytes = 12_000;
const mostTitleBytes = 500;
const mostLines = 60;

/** A workflow that posts what a webhook receives takes Adaptive Cards; so do the older connectors. */
export function teams({
  webhookUrl,
}: Extract<ChannelSettings, { type: "slack" | "discord" | "teams" }>): Service {
  return {
    requestFor: (message) => postJson(webhookUrl, bodyOf(message)),
    read,
    probes: [],
  };
}

/** A workflow answers 202. A connector answers `1`, and what went wrong in any other text, also with 200. */
function read(answer: Answer): Reading {
  const words = answer.text.trim();
  if (answer.status === 202) return taken(answer);
  if (answer.status === 200 && words === "1") return taken(answer);
  const isPage = answer.type.includes("html") || words.startsWith("<");
  const inside = /HTTP error (\d{3})/.exec(words)?.[1];
  return failed(answer, {
    words: wordsIn(jsonOf(answer)) ?? (isPage || words.startsWith("{") ? undefined : words),
    isRefused: isGood(answer) && inside !== undefined ? /^4(?!08|25|29)/.test(inside) : undefined,
    service: "Teams",
  });
}

function wordsIn(json: Json | undefined): unknown {
  const error = json?.["error"];
  if (typeof error === "object" && error !== null && "message" in error) return error.message;
  return error ?? json?.["message"];
}

function bodyOf(message: Message): object {
  const { severity, isResolution, buttons = [] } = message;
  const style = isResolution
    ? "good"
    : { critical: "attention", warning: "warning", info: "accent" }[severity];
  const title = `${markOf(message)} ${fit(message.title, mostTitleBytes, bytesAsJson)}`;
  const text = plainText(message, { most: mostTextBytes, measure: bytesAsJson });
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  const shown = [...lines.slice(0, mostLines), ...joinedRest(lines.slice(mostLines))];
  return {
    type: "message",
    summary: title,
    attachments: [
      {
        contentType: "application/vnd.microsoft.card.adaptive",
        contentUrl: null,
        content: {
          $schema: "http://adaptivecards.io/schemas/adaptive-card.json",
          type: "AdaptiveCard",
          version: "1.4",
          fallbackText: title,
          msteams: { width: "Full" },
          body: [
            {
              type: "Container",
              style,
              bleed: true,
              items: [lineOf(title, { weight: "Bolder", size: "Medium" })],
            },
            ...shown.map((each) => lineOf(each)),
            lineOf(footerOf(message), { isSubtle: true, size: "Small" }),
          ],
          ...(buttons.length > 0 && {
            actions: buttons.map(({ label, url }) => ({
              type: "Action.OpenUrl",
              title: label,
              url,
            })),
          }),
        },
      },
    ],
  };
}

function joinedRest(lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : [lines.join(" ")];
}

/** Runs of a RichTextBlock are shown as they are: they know no Markdown, no links and no mentions. */
function lineOf(text: string, form: Readonly<Record<string, string | boolean>> = {}): object {
  return { type: "RichTextBlock", inlines: [{ type: "TextRun", text, ...form }] };
}

function bytesAsJson(text: string): number {
  return bytes(JSON.stringify(text));
}
