import type { SecretShape } from "./secret-shape.ts";
import { isReadableOnTheWay, passwordsIn, secretsIn } from "#config/url.ts";

/** What is to be shown nowhere, and whether a part of it can be guessed. */
export interface Hidden {
  readonly texts: readonly string[];
  /** Too short or too ordinary to be blanked out wherever it may stand. */
  readonly isGuessable: boolean;
}

const shortest = 6;
/** Of a secret the redactor also takes away ends of this length. */
const leastPiece = 12;
const shortestTopic = 8;
const leastOfWords = 16;
const leastOfDigits = 12;
const word = String.raw`(\p{Lu}?\p{Ll}+|\p{Lu}+)`;
const aFewWords = new RegExp(`^${word}([-_ .]${word})*$`, "u");

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
    case "header":
      // Many are no secrets: an ordinary one is not warned of.
      return { texts: ofAll(partsOfHeader(text)).texts, isGuessable: false };
    case "bot-token": {
      const half = ofAll([text.slice(text.indexOf(":") + 1)]);
      return { ...half, texts: half.texts.flatMap((each) => [text, each]) };
    }
    case "token":
    case "signing":
      return ofAll([text]);
  }
}

/** A word or a few, or a number or date: no secret that anybody made at random. */
function isOrdinary(text: string): boolean {
  if (text.length < shortest) return true;
  return (
    (text.length < leastOfWords && aFewWords.test(text)) ||
    (text.length < leastOfDigits && /^[\d.,:-]+$/.test(text))
  );
}

function ofAll(secrets: readonly string[]): Hidden {
  const given = secrets.filter((each) => each !== "");
  return {
    texts: unique(given.filter((each) => !isOrdinary(each))),
    isGuessable: given.some(isOrdinary),
  };
}

/** Of `Bearer x7k2` also what follows the first word, and the password in a `Basic` one. */
function partsOfHeader(text: string): readonly string[] {
  const value = text.replace(/^[A-Za-z]+ +(?=\S+$)/, "");
  if (isOrdinary(value)) return [];
  if (!/^basic /i.test(text)) return [text, value];
  const login = Buffer.from(value, "base64").toString();
  return [text, value, login.slice(login.indexOf(":") + 1)];
}

/**
 * The host alone is no secret, and people need it to see what is wrong: as pieces of a secret's start are
 * blanked out too, none of these begins with a whole one. A topic too ordinary to stand alone is hidden
 * with the host before it.
 */
function hiddenOfUrl(text: string, hasTopic: boolean): Hidden {
  if (!URL.canParse(text)) return { texts: unique([text]), isGuessable: false };
  const url = new URL(text);
  const { host, pathname, search, password } = url;
  const segments = pathname.split("/").filter((segment) => segment !== "");
  const paths = [pathname, pathname.slice(1), search, `${pathname}${search}`].filter(
    (path) => !isOrdinaryPath(path),
  );
  const pieces = [...segments, ...segments.map(decoded), ...secretsIn(text)];
  const topic = decoded(segments.at(-1) ?? "");
  const isWithHost = hasTopic && paths.length === 0 && topic !== "" && hasRoom(host, topic);
  return {
    texts: unique([
      ...(isWithHost ? [`${host}${pathname}${search}`] : []),
      ...paths.flatMap((path) => [path, decoded(path)]),
      ...pieces.filter((piece) => !isOrdinary(piece)),
      ...(password === "" ? [] : [`:${password}@`]),
    ]),
    isGuessable:
      (hasTopic &&
        (isOrdinary(topic) || topic.length < shortestTopic) &&
        password === "" &&
        !isNear(url)) ||
      (password !== "" && isOrdinary(decoded(password))),
  };
}

/** Neither of the two is blanked out by itself then, as an end of both. */
function hasRoom(host: string, topic: string): boolean {
  return host.length < leastPiece && topic.length < leastPiece;
}

/** A slash before an ordinary word makes no secret of it. */
function isOrdinaryPath(path: string): boolean {
  return path.split(/[/?=&]/).every(isOrdinary);
}

function hiddenOfMail(text: string): Hidden {
  if (!URL.canParse(text)) return { texts: unique([text]), isGuessable: false };
  const { username, password } = new URL(text);
  if (password === "") return { texts: [], isGuessable: false };
  const [user, secret] = [decoded(username), decoded(password)];
  const base64 = (words: string): string => Buffer.from(words).toString("base64");
  return {
    texts: unique([
      `:${password}@`,
      // As SMTP's ways to log in send it.
      base64(`\0${user}\0${secret}`),
      ...[...passwordsIn(text), base64(secret)].filter((each) => !isOrdinary(each)),
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
