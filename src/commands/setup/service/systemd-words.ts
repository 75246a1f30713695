/** Characters that end a word or mean something else in it, and those that cannot be seen. */
const plain = /^[\w./:@+,=-]+$/;

const named: Readonly<Record<string, string>> = {
  "\\": String.raw`\\`,
  '"': String.raw`\"`,
  "\n": String.raw`\n`,
  "\t": String.raw`\t`,
  "\r": String.raw`\r`,
};

/** As one word of an assignment such as `Environment=`: quoted, nothing in it is put in or cut off. */
export function inAssignment(text: string): string {
  return plain.test(text) ? text : `"${withoutSpecifiers(escaped(text))}"`;
}

/** As one word of a command such as `ExecStart=`, where `$` names a variable too. */
export function inCommand(text: string): string {
  return plain.test(text)
    ? text
    : `"${withoutSpecifiers(escaped(text)).replaceAll("$", () => "$$")}"`;
}

function withoutSpecifiers(text: string): string {
  return text.replaceAll("%", "%%");
}

function escaped(text: string): string {
  // eslint-disable-next-line no-control-regex
  return text.replaceAll(/[\\"\u0001-\u001f\u007f]/g, (found) => {
    return named[found] ?? String.raw`\x${found.charCodeAt(0).toString(16).padStart(2, "0")}`;
  });
}
