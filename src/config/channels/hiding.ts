import type { SecretShape } from "./secret-shape.ts";
import { isReadableOnTheWay, passwordsIn, secretsIn } from "#config/url.ts";

/** What is to be shown nowhere, and whether a part of it can be guessed. */
export interface Hidden {
  readonly texts: readonly string[];
  /** Too short or too ordinary to be blanked out wherever it may stand. */
  readonly isGuessable: boolean;
}

const shortest = 6;
const leastOfWords = 12;

/**
 * What of a secret is blanked out wherever words leave the program. A short or ordinary word (`gpu`,
 * `warning`) is not, by itself: whoever wants to guess it can, and every message with that word in it
 * would be spoilt. In its address it is hidden all the same.
 */
export function hiddenOf(text: string, shape: SecretShape): Hidden {
  switch (shape) {
    case "topic-url":
    case "webhook-url":
      return hiddenOfUrl(text, shape === "topic-url");
    case "smtp-url":
      return hiddenOfMail(text);
    case "header": {
      const value = text.replace(/^[A-Za-z]+ +(?=\S+$)/, "");
      const basic = /^basic /i.test(text) ? Buffer.from(value, "base64").toString() : "";
      return ofAll([value, basic.slice(basic.indexOf(":") + 1)], [text]);
    }
    case "bot-token":
      return ofAll([text, text.slice(text.indexOf(":") + 1)], []);
    case "token":
    case "signing":
      return ofAll([text], []);
  }
}

/** Letters in a word or a few, or a number or date: no secret that anybody made at random. */
function isOrdinary(text: string): boolean {
  if (text.length < shortest) return true;
  return text.length < leastOfWords && /^(\p{L}+([-_ .]\p{L}+)*|[\d.,:-]+)$/u.test(text);
}

function ofAll(secrets: readonly string[], whole: readonly string[]): Hidden {
  const given = secrets.filter((each) => each !== "");
  return {
    texts: unique([...whole, ...given.filter((each) => !isOrdinary(each))]),
    isGuessable: given.some(isOrdinary),
  };
}

function hiddenOfUrl(text: string, hasTopic: boolean): Hidden {
  if (!URL.canParse(text)) return { texts: [text], isGuessable: false };
  const url = new URL(text);
  const { host, pathname, search, href } = url;
  const segments = pathname.split("/").filter((segment) => segment !== "");
  const addressed = pathname === "/" && search === "" ? [] : [`${host}${pathname}${search}`];
  const paths = [pathname, pathname.slice(1), search].filter((path) => !isOrdinaryPath(path));
  const words = [...segments, ...segments.map(decoded), ...secretsIn(text)];
  const topic = segments.at(-1) ?? "";
  return {
    texts: unique([
      ...(addressed.length === 0 ? [] : [text, href, ...addressed, `${host}${pathname}`]),
      ...paths.flatMap((path) => [path, decoded(path)]),
      ...words.filter((word) => !isOrdinary(word)),
    ]),
    isGuessable:
      (hasTopic && isOrdinary(decoded(topic)) && url.password === "" && !isNear(url)) ||
      (url.password !== "" && isOrdinary(decoded(url.password))),
  };
}

/** A slash before an ordinary word makes no secret of it. */
function isOrdinaryPath(path: string): boolean {
  return path.split(/[/?=&]/).every(isOrdinary);
}

function hiddenOfMail(text: string): Hidden {
  if (!URL.canParse(text)) return { texts: [text], isGuessable: false };
  const { username, password, href } = new URL(text);
  if (password === "") return { texts: [], isGuessable: false };
  const [user, secret] = [decoded(username), decoded(password)];
  const base64 = (words: string): string => Buffer.from(words).toString("base64");
  return {
    texts: unique([
      text,
      href,
      `${username}:${password}`,
      // As SMTP's ways to log in send it.
      base64(`\0${user}\0${secret}`),
      ...[...passwordsIn(text), secret, base64(secret)].filter((each) => !isOrdinary(each)),
    ]),
    isGuessable: isOrdinary(secret),
  };
}

function isNear(url: URL): boolean {
  return !isReadableOnTheWay(`http://${url.host}`);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function unique(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)].filter((text) => text.length >= shortest);
}
