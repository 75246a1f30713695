const letters: Readonly<Record<string, string>> = {
  a: "\u0007",
  b: "\b",
  e: "\u001B",
  E: "\u001B",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
};

const escapes =
  /\\(?:x([0-9a-f]{1,2})|x\{([0-9a-f]{1,6})\}|u\{?([0-9a-f]{1,4})\}?|U([0-9a-f]{1,8})|0?([0-7]{1,3})|c(.)|([\s\S]))/gi;

function character(code: number): string {
  // A shell drops it; what is not a character at all is none.
  return code === 0 || code > 0x10_ff_ff ? "" : String.fromCodePoint(code);
}

/** What stands between `$'` and `'`, and what `printf` and `echo -e` make of it. */
export function unescaped(text: string): string {
  if (!text.includes("\\")) return text;
  return text.replaceAll(
    escapes,
    (
      _all,
      hex?: string,
      braced?: string,
      short?: string,
      long?: string,
      octal?: string,
      control?: string,
      letter?: string,
    ) => {
      const digits = hex ?? braced ?? short ?? long;
      if (digits !== undefined) return character(Number.parseInt(digits, 16));
      if (octal !== undefined) return character(Number.parseInt(octal, 8));
      if (control !== undefined) return character(control.charCodeAt(0) % 32);
      return letter === undefined ? "" : (letters[letter] ?? letter);
    },
  );
}
