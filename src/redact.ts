import { escapeHidden, withoutHidden } from "./control-characters.ts";
import { wordsAtEnd, wordsAtStart } from "./ordinary-words.ts";

const mark = "[redacted]";
/** Shorter ones would blank out ordinary words and numbers. */
const shortestSecret = 6;
/** Texts are cut, also in the midst of a secret: of its start or end a piece this long goes too. */
const shortestPiece = 12;
/** Of an address, so much of what stands behind its host. */
const beyondHost = 5;
/** Words that a person has chosen stand in names, too: the piece goes on so far beyond them. */
const beyondWords = 1;

const keyShape = /rpa_[A-Za-z0-9]{16,}/g;
/** The address of a button in a notification: whoever has it can act by it, once. */
const linkShape = /(\/act\/)[\w.~%-]{16,}/g;
/** The address of a page of the guard outside: whoever has it sees the account. */
const pageShape = /(\/page\/[\w-]+\?until=\d+&sig=)\w+/g;
const bearerShape = /\b(bearer)[ \t]+[\w.~+/=-]+/gi;

/**
 * Blanks out the given secrets, as they are and as JSON and URLs write them, and whatever looks like
 * a RunPod key, a Bearer token or the address of a button. Takes time and memory linear in the text and in the secrets. A line
 * of JSON stays JSON.
 */
export function createRedactor(secrets: readonly string[]): (text: string) => string {
  const long = secrets.filter((secret) => secret.length >= shortestSecret);
  const forms = new Set(long.flatMap(formsOf));
  const longestFirst = [...forms].sort((a, b) => b.length - a.length).map(asPattern);
  const known = longestFirst.length === 0 ? undefined : new RegExp(longestFirst.join("|"), "g");
  const cuttable = [...new Set(long)].filter(canBeCut);

  // Known secrets go first: a shape may end in the middle of one, and would leave the rest standing.
  return (text) => {
    const whole = known === undefined ? text : text.replace(known, mark);
    return cuttable
      .reduce((left, secret) => withoutEnds(withoutStarts(left, secret), secret), whole)
      .replace(keyShape, mark)
      .replace(linkShape, `$1${mark}`)
      .replace(pageShape, `$1${mark}`)
      .replace(bearerShape, `$1 ${mark}`);
  };
}

function formsOf(secret: string): readonly string[] {
  // encodeURIComponent throws on half a surrogate pair.
  const asUrl = encodeURIComponent(secret.replaceAll(/\p{Cs}/gu, "\u{fffd}"));
  return [secret, asJson(secret), asUrl];
}

/** Half an escape, blanked out, would break a line of JSON. */
function canBeCut(secret: string): boolean {
  return secret.length > shortestPiece && asJson(secret) === secret;
}

function asJson(secret: string): string {
  return JSON.stringify(secret).slice(1, -1);
}

/** Without pieces of the secret's start: each is followed as far as it goes, and no character twice. */
function withoutStarts(text: string, secret: string): string {
  const shortest = shortestStart(secret);
  const first = secret.slice(0, shortest);
  let kept = "";
  let from = 0;
  for (let at = text.indexOf(first); at !== -1; at = text.indexOf(first, from)) {
    let length = shortest;
    while (length < secret.length && text[at + length] === secret[length]) length += 1;
    kept += text.slice(from, at) + mark;
    from = at + length;
  }
  return from === 0 ? text : kept + text.slice(from);
}

/** The host of an address is no secret, and others begin with the same one: a name or password in it is. */
function shortestStart(secret: string): number {
  const host = /^[a-z][a-z+.-]*:\/\/[^/?#]*/i.exec(secret)?.[0] ?? "";
  if (host === "") return beyond(wordsAtStart(secret), beyondWords, secret);
  const isAlone = host.length >= secret.length - 1;
  return isAlone || host.includes("@") ? shortestPiece : beyond(host.length, beyondHost, secret);
}

function shortestEnd(secret: string): number {
  return beyond(wordsAtEnd(secret), beyondWords, secret);
}

function beyond(known: number, more: number, secret: string): number {
  if (known === 0) return shortestPiece;
  return Math.max(shortestPiece, Math.min(known + more, secret.length));
}

/** The same for its end, from behind. */
function withoutEnds(text: string, secret: string): string {
  const shortest = shortestEnd(secret);
  const last = secret.slice(-shortest);
  let kept = "";
  let to = text.length;
  for (let at = text.lastIndexOf(last); at !== -1;) {
    const end = at + shortest;
    let length = shortest;
    while (length < secret.length && text[end - length - 1] === secret.at(-length - 1)) length += 1;
    kept = mark + text.slice(end, to) + kept;
    to = Math.max(0, end - length);
    // What reached into the part that is done would be found there again.
    at = to < shortest ? -1 : text.lastIndexOf(last, to - shortest);
  }
  return to === text.length ? text : text.slice(0, to) + kept;
}

function asPattern(literal: string): string {
  return literal.replace(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`);
}

/**
 * What is only compared: ids, globs and what they are held against, names of thresholds and channels, keys
 * that are made of these. A piece of a secret in one of them is chance, and blanked out it would mean another
 * thing, or none: a rule that protects nothing, a channel that is not there.
 */
const comparedKeys: ReadonlySet<string> = new Set([
  "id",
  "ids",
  "podId",
  "podIds",
  "memberIds",
  "goneIds",
  "listed",
  "clusterId",
  "networkVolumeIds",
  "gpuTypeId",
  "rawName",
  "otherNames",
  "rule",
  "threshold",
  "channel",
  "way",
  "toldBy",
  "knownWays",
  "topic",
  "incident",
  "what",
]);

/** The same plain data with every text in it redacted, but for what is only compared. */
export function withoutSecrets<Data>(data: Data, redact: (text: string) => string): Data {
  return redacted(data, redact) as Data;
}

function redacted(data: unknown, redact: (text: string) => string): unknown {
  if (typeof data === "string") return redact(data);
  if (Array.isArray(data)) return data.map((each) => redacted(each, redact));
  if (typeof data !== "object" || data === null) return data;
  return Object.fromEntries(
    Object.entries(data).map(([key, value]) => [
      key,
      comparedKeys.has(key) ? value : redacted(value, redact),
    ]),
  );
}

/**
 * Lines of JSON without secrets, also without those that hidden characters hide from a search and not
 * from a reader: with such a one, they lose their hidden characters.
 */
export function redactedJson(text: string, redact: (text: string) => string): string {
  const escaped = escapeHidden(text);
  if (!escaped.includes(String.raw`\u`)) return redact(text);
  const bare = withoutHidden(escaped);
  const safe = redact(bare);
  return safe === bare ? redact(text) : safe;
}
