import { UserError } from "#errors.ts";

/** A setting of a unit, such as `UMask=0077`. */
export interface UnitSetting {
  readonly key: string;
  readonly value: string;
}

/** The settings of a unit's [Service], those of its drop-ins after them; an empty value takes back the earlier ones. */
export function serviceSettings(texts: readonly string[]): readonly UnitSetting[] {
  let settings: UnitSetting[] = [];
  for (const setting of texts.flatMap(settingsIn)) {
    if (setting.value === "") settings = settings.filter(({ key }) => key !== setting.key);
    else settings.push(setting);
  }
  return settings;
}

function settingsIn(text: string): readonly UnitSetting[] {
  let section = "";
  return text
    .replaceAll(/\\\n/g, " ")
    .split("\n")
    .flatMap((raw) => {
      const line = raw.trim();
      if (line.startsWith("[")) section = line;
      const at = line.indexOf("=");
      if (section !== "[Service]" || /^[#;[]/.test(line) || at < 1) return [];
      return [{ key: line.slice(0, at).trim(), value: line.slice(at + 1).trim() }];
    });
}

/** Puts in what systemd puts in for `%h` and its like. Throws a UserError on one that is not known here. */
export function withSpecifiers(
  value: string,
  known: Readonly<Record<string, string | undefined>>,
): string {
  return value.replace(/%(.)/g, (found, letter: string) => {
    const put = letter === "%" ? "%" : known[letter];
    if (put !== undefined) return put;
    throw new UserError(`The unit has ${found} in "${value}", which cannot be put in here.`, {
      hint: "Rehearse with systemd-run by hand: see docs/service.md.",
    });
  });
}

const controls: Readonly<Record<string, string>> = {
  a: "\u0007",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
  s: " ",
};

/**
 * The words of a value as systemd takes them apart, before it puts anything in: quotes hold a word
 * together and a backslash stands before what is meant. Throws a UserError on what has no meaning.
 */
export function wordsIn(value: string): readonly string[] {
  const words: string[] = [];
  let word: string | undefined;
  let quote = "";
  for (let at = 0; at < value.length; at += 1) {
    const character = value.charAt(at);
    if (character === "\\") {
      const { text, length } = unescaped(value.slice(at + 1), value);
      word = (word ?? "") + text;
      at += length;
    } else if (quote !== "") {
      if (character === quote) quote = "";
      else word = (word ?? "") + character;
    } else if (character === '"' || character === "'") {
      quote = character;
      word ??= "";
    } else if (/\s/.test(character)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else {
      word = (word ?? "") + character;
    }
  }
  if (quote !== "") throw notUnderstood(value);
  return word === undefined ? words : [...words, word];
}

function unescaped(
  rest: string,
  value: string,
): { readonly text: string; readonly length: number } {
  const code = /^(?:x([\da-f]{2})|([0-7]{3})|u([\da-f]{4}))/i.exec(rest);
  if (code !== null) {
    const [all, hex, octal, four] = code;
    const number = octal === undefined ? parseInt(hex ?? four ?? "", 16) : parseInt(octal, 8);
    return { text: String.fromCharCode(number), length: all.length };
  }
  const letter = rest.charAt(0);
  const text = /^[\\"']$/.test(letter) ? letter : controls[letter];
  if (text === undefined) throw notUnderstood(value);
  return { text, length: 1 };
}

function notUnderstood(value: string): UserError {
  return new UserError(
    `The unit has the line "${value}", whose quotes or backslashes have no end.`,
    {
      hint: "Mend it with: systemctl --user edit --full runpodboss",
    },
  );
}
