import type { Severity } from "#guard/model/effect.ts";
import { oneLine } from "#control-characters.ts";
import { characters, fit } from "#notify/words/fit.ts";
import type { Button, Message } from "#notify/message.ts";
import { type Markup, plainText } from "#notify/words/plain-text.ts";
import { shortKey } from "#notify/words/short-key.ts";

/** A mail without its sender and receivers. */
export interface MailText {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** Without the brackets around it; the same at each try, so that whoever got it twice sees it once. */
  readonly messageId: string;
  /** What all mails of one incident answer to: that makes them one thread. */
  readonly threadId: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** No subject that is longer is shown anywhere. */
const longestSubject = 180;
/** Far below what any server takes. */
const longestBody = 50_000;

/** `domain` is the sender's. */
export function mailText(message: Message, domain: string): MailText {
  const { id, event, severity, incident, isResolution } = message;
  const title = oneLine(message.title);
  const state = isResolution ? "resolved" : severity;
  const footer = `${event} · ${severity} · ${oneLine(id)}`;
  const room = { most: longestBody, measure: characters };
  const htmlBody = plainText(message, room, html).replaceAll("\n", "<br>\n");
  const { buttons = [] } = message;
  const links = buttons.map(({ label, url }) => `${label}: ${url}\n`).join("");
  return {
    // Mail programs take `=?` for the start of other words in code.
    subject: fit(`[RunPod ${state}] ${title.replaceAll("=?", "= ?")}`, longestSubject, characters),
    text: `${plainText(message, room)}\n\n${links}${links === "" ? "" : "\n"}-- \n${footer}\n`,
    html: page(html.escape(title), htmlBody, html.escape(footer), colours[state], buttons),
    messageId: `${shortKey(`${id} ${message.atMs}`)}@${domain}`,
    threadId: `${shortKey(incident)}.thread@${domain}`,
    headers: {
      ...priorities[severity],
      // No holiday notice shall answer.
      "Auto-Submitted": "auto-generated",
      "X-Auto-Response-Suppress": "All",
      "X-RunPodBoss-Event": event,
      "X-RunPodBoss-Severity": severity,
    },
  };
}

const priorities: Readonly<Record<Severity, Readonly<Record<string, string>>>> = {
  critical: { Importance: "high", "X-Priority": "1" },
  warning: { Importance: "normal", "X-Priority": "3" },
  info: { Importance: "low", "X-Priority": "5" },
};

const colours: Readonly<Record<Severity | "resolved", string>> = {
  critical: "#c62828",
  warning: "#ef6c00",
  info: "#1565c0",
  resolved: "#2e7d32",
};

const escapes: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

const html: Markup = {
  escape: (text) => text.replaceAll(/[&<>"']/g, (found) => escapes[found] ?? found),
  code: (text) => `<code>${html.escape(text)}</code>`,
};

function page(
  title: string,
  body: string,
  footer: string,
  colour: string,
  buttons: readonly Button[],
): string {
  return [
    "<!doctype html>",
    '<html><body style="font-family: sans-serif; font-size: 15px; line-height: 1.5">',
    `<div style="border-left: 4px solid ${colour}; padding-left: 12px">`,
    `<h2 style="font-size: 18px; margin: 0 0 8px">${title}</h2>`,
    `<p style="margin: 0">${body}</p>`,
    ...(buttons.length === 0 ? [] : [buttonLine(buttons, colour)]),
    "</div>",
    `<p style="color: #777; font-size: 12px">${footer}</p>`,
    "</body></html>",
    "",
  ].join("\n");
}

function buttonLine(buttons: readonly Button[], colour: string): string {
  const style = `display: inline-block; margin: 0 8px 8px 0; padding: 10px 16px; border: 2px solid ${colour}; border-radius: 6px; color: #111; text-decoration: none; font-weight: bold`;
  const links = buttons.map(
    ({ label, url }) => `<a href="${html.escape(url)}" style="${style}">${html.escape(label)}</a>`,
  );
  return `<p style="margin: 12px 0 0">${links.join("\n")}</p>`;
}
