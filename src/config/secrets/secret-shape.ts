import { isHttpUrl } from "#config/reading/fields.ts";

/** Addresses of webhooks have some 300 characters. */
export const longestSecret = 4_096;

/** What a secret is; each kind has its own faults. */
export type SecretShape =
  "topic-url" | "webhook-url" | "smtp-url" | "token" | "bot-token" | "header" | "signing";

/** What can stand in a request's header. */
const sendable = /^[\x21-\x7e]+$/;
const sendableWords = /^[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?$/;
const printed = /^[^\p{Cc}\p{Cs}]+$/u;
const quoted = /^(["'`]).*\1$/s;

/** What is wrong with a secret, in words that do not hold it; undefined when nothing is. */
export function secretFault(text: string, shape: SecretShape): string | undefined {
  if (text.length > longestSecret) {
    return `is ${text.length} characters long; at most ${longestSecret} are taken`;
  }
  if (isPlaceholder(text)) {
    return "still has the example's placeholder in it; put in your own";
  }
  if (quoted.test(text)) return "has quotes around it that are part of it: take them away";
  switch (shape) {
    case "topic-url":
      return httpFault(text) ?? topicFault(new URL(text));
    case "webhook-url":
      return httpFault(text);
    case "smtp-url":
      return smtpFault(text);
    case "bot-token":
      return /^\d+:[\w-]+$/.test(text)
        ? undefined
        : "must be the token as @BotFather gave it: digits, a colon, and letters";
    case "token":
      return sendable.test(text)
        ? undefined
        : "has spaces, line breaks or characters that no token has; copy it again";
    case "header":
      return sendableWords.test(text)
        ? undefined
        : "has line breaks, spaces at its ends, or characters that no header may have";
    case "signing":
      return printed.test(text) && text === text.trim()
        ? undefined
        : "has line breaks, or spaces at its ends; choose another";
  }
}

/** What stands in examples for what people must put in: `YOUR-TOPIC`, `<token>`, `you@example.com`. */
export function isPlaceholder(text: string): boolean {
  return /(?<![A-Za-z0-9])YOUR[-_/ A-Z]|<[a-z][a-z _-]*>|…|(?<![\w.])you@example\./.test(text);
}

function httpFault(text: string): string | undefined {
  if (!isHttpUrl(text)) return "must be an http or https address";
  if (/\s/.test(text)) return "has a space or a line break in it; copy it again";
  const url = new URL(text);
  return url.hash === "" ? undefined : "has a # in it, and what stands behind that is never sent";
}

function topicFault({ pathname }: URL): string | undefined {
  return /\/[^/]+$/.test(pathname)
    ? undefined
    : "must end in the topic, as in https://ntfy.sh/TOPIC";
}

const smtpExample = "smtps://USER:PASSWORD@HOST:465, or smtp://USER:PASSWORD@HOST:587";

function smtpFault(text: string): string | undefined {
  const url = URL.canParse(text) && !/\s/.test(text) ? new URL(text) : undefined;
  if (url === undefined || !/^smtps?:$/.test(url.protocol) || url.hostname === "") {
    return `must be an address of a mail server: ${smtpExample}. In a password write / as %2F, # as %23, @ as %40, % as %25, a space as %20`;
  }
  if (!/^\/?$/.test(url.pathname) || url.hash !== "") {
    return "has more behind the host than a port; in a password write / as %2F, # as %23, ? as %3F";
  }
  if (!isDecodable(url.username) || !isDecodable(url.password)) {
    return "has a % in its user or password that begins no escape; write it as %25";
  }
  if (url.password !== "" && url.username === "") return "has a password and no user before it";
  const unknown = [...url.searchParams].some(([key, value]) => key !== "tls" || value !== "none");
  if (unknown) {
    return "may have ?tls=none behind the host and port, and nothing else; in a password write ? as %3F";
  }
  return url.protocol === "smtps:" && url.search !== ""
    ? "cannot be smtps with ?tls=none; write smtp, or take that away"
    : undefined;
}

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}
