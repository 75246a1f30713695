import { rounded } from "#guard/text.ts";
import { version } from "#package.json";
import { failed, isGood, taken } from "./answer.ts";
import type { Message } from "#notify/message.ts";
import { postJson, type Service } from "./service.ts";
import type { ChannelSettings } from "#notify/settings.ts";
import { shortKey } from "#notify/words/short-key.ts";
import type { WebhookBody } from "./webhook-schema.ts";

const mostPods = 100;
const longestId = 500;

/** JSON for a program of one's own: `webhook-schema.ts` says what it holds. */
export function webhook({
  url,
  headers,
  secret,
}: Extract<ChannelSettings, { type: "webhook" }>): Service {
  return {
    async requestFor(message) {
      const request = postJson(url, webhookBody(message));
      const { body = "" } = request;
      return {
        ...request,
        headers: {
          ...request.headers,
          ...lowerCase(headers),
          "idempotency-key": asHeader(message.id),
          ...(secret !== undefined && {
            "x-runpodboss-signature": await signature(secret, body, message.sentAtMs),
          }),
        },
      };
    },
    read: (answer) => (isGood(answer) ? taken(answer) : failed(answer, { service: "a webhook" })),
    isByStatus: true,
    probes: [],
  };
}

function webhookBody(message: Message): WebhookBody {
  const { severity, isResolution, threshold, pods, next, remedy, buttons = [] } = message;
  return {
    version: 1,
    id: message.id,
    incident: message.incident,
    status: isResolution ? "resolved" : severity === "info" ? "info" : "firing",
    event: message.event,
    severity,
    title: message.title,
    text: message.text,
    at: isoTime(message.atMs),
    sent_at: isoTime(message.sentAtMs),
    seen_at: message.seenAtMs === undefined ? null : isoTime(message.seenAtMs),
    balance_usd: money(message.balanceUsd),
    burn_per_hour_usd: money(message.burnPerHrUsd),
    hours_left: money(message.hoursLeft),
    threshold: threshold ? { name: threshold.name, below_usd: money(threshold.belowUsd) } : null,
    pods: pods.slice(0, mostPods).map(({ id, name, costPerHrUsd }) => ({
      id,
      name: name === "" ? null : name,
      cost_per_hour_usd: money(costPerHrUsd),
    })),
    pods_left_out: Math.max(0, pods.length - mostPods),
    next: next.map(({ what, atMs }) => ({
      what,
      at: atMs === undefined || !Number.isFinite(atMs) ? null : isoTime(atMs),
    })),
    remedy: remedy ? { words: remedy.words, command: remedy.command ?? null } : null,
    buttons: buttons.map(({ label, url: at }) => ({ label, url: at })),
    sender: { name: "runpodboss", version },
  };
}

/** `t=1795660800,v1=HEX`: HMAC-SHA-256 by the secret over the time, a dot and the body. */
export async function signature(secret: string, body: string, atMs: number): Promise<string> {
  const seconds = Math.floor(atMs / 1_000);
  const utf8 = new TextEncoder();
  const key = await crypto.subtle.importKey(
    "raw",
    utf8.encode(secret),
    { name: "HMAC", hash: "SHA-256" },
    false,
    ["sign"],
  );
  const mac = await crypto.subtle.sign("HMAC", key, utf8.encode(`${seconds}.${body}`));
  const hex = Array.from(new Uint8Array(mac), (byte) => byte.toString(16).padStart(2, "0"));
  return `t=${seconds},v1=${hex.join("")}`;
}

/** Names of headers mean the same in any case: ours are last, and no header goes out twice. */
function lowerCase(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]),
  );
}

/** A header holds no line end and no letter beyond ASCII; an id may hold a threshold's name. */
function asHeader(id: string): string {
  if (id.length > longestId) return shortKey(id);
  return encodeURI(id.replaceAll(/\p{Cs}/gu, "\u{fffd}"));
}

function isoTime(atMs: number): string {
  return new Date(atMs).toISOString();
}

function money(value: number | undefined): number | null {
  return value === undefined ? null : rounded(value);
}
