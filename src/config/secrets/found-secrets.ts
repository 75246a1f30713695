import type { Fault } from "#config/reading/explain.ts";
import { isReadableOnTheWay } from "#config/url.ts";
import { hiddenOf } from "./hiding.ts";
import { secretFault, type SecretShape } from "./secret-shape.ts";
import { type Entry, findSecret, type SecretKey } from "./secret-source.ts";

/** A key whose secret may also stand where `X_env` or `X_file` says. */
export interface ShapedKey extends SecretKey {
  readonly shape: SecretShape;
}

/** The secrets of one object of the config. */
export interface FoundSecrets {
  /** By key, those that can be used. */
  readonly values: Readonly<Record<string, string>>;
  readonly texts: readonly string[];
  /** What must be shown nowhere: also of those that cannot be used. */
  readonly hidden: readonly string[];
  /** Files and variables that hold them. */
  readonly files: readonly string[];
  readonly variables: readonly string[];
  readonly faults: readonly Fault[];
  /** Of those that are rightly named, and not there now. */
  readonly missing: readonly Fault[];
  readonly warnings: readonly string[];
}

export const noSecrets: FoundSecrets = {
  values: {},
  texts: [],
  hidden: [],
  files: [],
  variables: [],
  faults: [],
  missing: [],
  warnings: [],
};

export async function findSecrets(
  entry: Entry,
  where: string,
  keys: readonly ShapedKey[],
  env: NodeJS.ProcessEnv,
): Promise<FoundSecrets> {
  const each = await Promise.all(keys.map((key) => one(entry, where, key, env)));
  return together(each);
}

async function one(
  entry: Entry,
  where: string,
  key: ShapedKey,
  env: NodeJS.ProcessEnv,
): Promise<FoundSecrets> {
  const found = await findSecret(entry, where, key, env);
  const { text, file, variable } = found;
  const at = `${where}.${found.key ?? key.key}`;
  const what = text === undefined ? undefined : secretFault(text, key.shape);
  const { texts, isGuessable } =
    text === undefined ? { texts: [], isGuessable: false } : hiddenOf(text, key.shape);
  // Whoever guesses a topic that needs a login still has none.
  const isOpen = key.shape !== "topic-url" || !hasToken(entry);
  return {
    values: text === undefined || what !== undefined ? {} : { [key.key]: text },
    texts: text === undefined ? [] : [text],
    hidden: texts,
    files: file === undefined ? [] : [file],
    variables: variable === undefined ? [] : [variable],
    faults: [...found.faults, ...(what === undefined ? [] : [{ where: at, what }])],
    missing: found.missing ?? [],
    warnings: [
      ...found.warnings,
      ...(what !== undefined || text === undefined
        ? []
        : warningsOf(text, at, key, isGuessable && isOpen)),
    ],
  };
}

function hasToken(entry: Entry): boolean {
  return ["token", "token_env", "token_file"].some((key) => entry[key] !== undefined);
}

function warningsOf(
  text: string,
  at: string,
  { shape }: ShapedKey,
  isGuessable: boolean,
): readonly string[] {
  return [
    ...(isReadableOnTheWay(text)
      ? [`${at}: is http, so anybody on the way can read it and what you are told; use https`]
      : []),
    ...(shape === "smtp-url" ? portWarnings(text, at) : []),
    ...(isPlainMail(text, shape)
      ? [`${at}: has ?tls=none, so anybody on the way can read the mails and the password`]
      : []),
    ...(isGuessable ? [`${at}: ${guessable(shape)}. Choose a longer one, with digits in it`] : []),
  ];
}

function guessable(shape: ShapedKey["shape"]): string {
  return shape === "topic-url"
    ? "its topic is a short or ordinary word: whoever guesses it reads what you are told, and can write to you"
    : "it is a short or ordinary word: it can be guessed, and is not blanked out where it stands by itself";
}

/** By what these ports are for everywhere; the other way round, one of the two waits for the other. */
function portWarnings(text: string, at: string): readonly string[] {
  const { protocol, port } = new URL(text);
  if (protocol === "smtp:" && port === "465") {
    return [`${at}: port 465 speaks TLS from the start; write smtps:// there`];
  }
  return protocol === "smtps:" && (port === "587" || port === "25")
    ? [`${at}: port ${port} goes over to TLS by STARTTLS; write smtp:// there`]
    : [];
}

function isPlainMail(text: string, shape: ShapedKey["shape"]): boolean {
  if (shape !== "smtp-url") return false;
  const url = new URL(text);
  return url.searchParams.has("tls") && isReadableOnTheWay(`http://${url.host}`);
}

export function together(all: readonly FoundSecrets[]): FoundSecrets {
  return {
    values: Object.assign({}, ...all.map(({ values }) => values)) as FoundSecrets["values"],
    texts: all.flatMap(({ texts }) => texts),
    hidden: all.flatMap(({ hidden }) => hidden),
    files: all.flatMap(({ files }) => files),
    variables: all.flatMap(({ variables }) => variables),
    faults: all.flatMap(({ faults }) => faults),
    missing: all.flatMap(({ missing }) => missing),
    warnings: all.flatMap(({ warnings }) => warnings),
  };
}
